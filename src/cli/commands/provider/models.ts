import { describeModels } from '../../../app/providers/models.ts';
import { toModelListDocument } from '../../../contract/model-list-document.ts';
import { renderKnownModels } from '../../../report/known-models.ts';
import { createStyle } from '../../../report/style.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { surroundingsOf } from '../../flags/surroundings.ts';
import { writeResult } from '../../output/streams.ts';
import { type NameFlags, nameOf, placeOf } from './place.ts';

export type ModelsFlags = NameFlags & { readonly catalog?: readonly string[]; readonly json?: boolean };

/** `provider models`: what is known of a provider's models. Sends nothing. */
export const providerModels: Command<ModelsFlags> = async (flags, context, names) => {
  const provider = nameOf(flags, names);
  const models = await describeModels(
    { ...placeOf(flags, context), name: provider, catalogs: flags.catalog ?? [] },
    surroundingsOf(context, { isRehearsal: true }),
  );
  await writeResult(
    flags.json === true
      ? JSON.stringify(toModelListDocument({ provider, models }), undefined, 2)
      : renderKnownModels(models, createStyle(process.stdout)),
  );
  return models.some(({ problem }) => problem !== undefined) ? EXIT.usage : EXIT.ok;
};
