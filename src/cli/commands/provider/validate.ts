import { findProvider, loadProviders } from '../../../app/providers/load.ts';
import { type ProviderTrial, tryProviders } from '../../../app/providers/try.ts';
import { toProviderTrialsDocument } from '../../../contract/provider-trials-document.ts';
import { renderProviderTrials } from '../../../report/provider-trials.ts';
import { createStyle } from '../../../report/style.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { surroundingsOf } from '../../flags/surroundings.ts';
import { writeResult } from '../../output/streams.ts';
import { type NameFlags, nameOf, placeOf } from './place.ts';

export type ValidateFlags = NameFlags & { readonly prompt?: string; readonly json?: boolean };

/** `provider validate`: one tiny call to each model. */
export const providerValidate: Command<ValidateFlags> = async (flags, context, names) => {
  const place = placeOf(flags, context);
  const found = await loadProviders(place);
  const isOne = names.length > 0 || flags.name !== undefined;
  const providers = isOne ? [findProvider(found, nameOf(flags, names))] : found.providers;
  const trials = await tryProviders(
    context.createApp(context.settings.logLevel),
    { ...found, providers, prompt: flags.prompt },
    surroundingsOf(context, { isRehearsal: false }),
  );
  const scope = isOne ? (providers[0]?.name ?? '') : 'all';
  await writeResult(
    flags.json === true
      ? JSON.stringify(toProviderTrialsDocument({ scope, trials }), undefined, 2)
      : renderProviderTrials(trials, createStyle(process.stdout)),
  );
  return exitCodeOfTrials(trials);
};

/** A key outweighs all else: nothing is to be learnt without one. */
export function exitCodeOfTrials(trials: readonly ProviderTrial[]): number {
  const failures = trials.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome] : []));
  if (failures.some(({ isKeyProblem }) => isKeyProblem)) return EXIT.key;
  return failures.length > 0 ? EXIT.nothingMeasured : EXIT.ok;
}
