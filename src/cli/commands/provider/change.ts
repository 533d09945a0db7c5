import { addProvider, editProvider, previewAddition, removeProvider } from '../../../app/providers/change.ts';
import { type TryInput, tryProviders } from '../../../app/providers/try.ts';
import { AppError } from '../../../errors.ts';
import type { CliContext, Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { type FieldFlagValues, readFields } from '../../flags/provider-fields.ts';
import { surroundingsOf } from '../../flags/surroundings.ts';
import { say, writeResult } from '../../output/streams.ts';
import { type NameFlags, nameOf, placeOf } from './place.ts';
import { exitCodeOfTrials } from './validate.ts';

export type AddFlags = NameFlags &
  FieldFlagValues & {
    readonly force?: boolean;
    readonly template?: string;
    /** False with `--no-test`. */
    readonly test: boolean;
  };

/** `provider add`: a new provider at the end of the file, if it answers one tiny call. */
export const providerAdd: Command<AddFlags> = async (flags, context, names) => {
  const name = nameOf(flags, names);
  const fields = readFields(flags, 'provider add');
  if (fields['model'] === undefined && fields['models'] === undefined) {
    const hint = 'name the model, as --model gpt-4o-mini or --model groq/llama-3.3-70b-versatile';
    throw new AppError('FLAG_MISSING', { flag: '--model', hint });
  }
  const place = placeOf(flags, context);
  const addition = { name, fields, templateFile: flags.template, isForced: flags.force === true };
  if (flags.test) {
    const code = await tryAddition(await previewAddition(place, addition), name, context);
    if (code !== EXIT.ok) return code;
  }
  const { file } = await addProvider(place, addition);
  await writeResult(`Provider added: ${name}`);
  say(`in ${file}`);
  return EXIT.ok;
};

/** Says what is wrong, and why nothing was added; the exit code of that. */
async function tryAddition(after: Omit<TryInput, 'prompt'>, name: string, context: CliContext): Promise<number> {
  const providers = after.providers.filter((provider) => provider.name === name);
  const app = context.createApp(context.settings.logLevel);
  const trials = await tryProviders(
    app,
    { ...after, providers, prompt: undefined },
    surroundingsOf(context, { isRehearsal: false }),
  );
  const failures = trials.flatMap(({ model, outcome }) =>
    outcome.kind === 'failed' ? [`${model}: ${outcome.failure}: ${outcome.message}`] : [],
  );
  if (failures.length > 0) {
    say(`error: ${name} was not added: ${failures.join('; ')}; mend it, or add it untried by --no-test`);
  }
  return exitCodeOfTrials(trials);
}

export type EditFlags = NameFlags & FieldFlagValues & { readonly unset?: readonly string[] };

/** `provider edit`: only the fields that are named change. */
export const providerEdit: Command<EditFlags> = async (flags, context, names) => {
  const name = nameOf(flags, names);
  const set = readFields(flags, 'provider edit');
  const unset = flags.unset ?? [];
  if (Object.keys(set).length === 0 && unset.length === 0) {
    const hint = 'name what is to change, as --temperature 0.2 or --unset temperature';
    throw new AppError('FLAG_MISSING', { flag: 'a field', hint });
  }
  const { file } = await editProvider(placeOf(flags, context), { name, set, unset });
  await writeResult(`Provider changed: ${name}`);
  say(`in ${file}`);
  return EXIT.ok;
};

/** `provider remove`: a provider with all that is said of it. */
export const providerRemove: Command<NameFlags> = async (flags, context, names) => {
  const name = nameOf(flags, names);
  const { file } = await removeProvider(placeOf(flags, context), name);
  await writeResult(`Provider removed: ${name}`);
  say(`from ${file}`);
  return EXIT.ok;
};
