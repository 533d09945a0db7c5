import { addProvider, editProvider, removeProvider } from '../../../app/providers/change.ts';
import { AppError } from '../../../errors.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { type FieldFlagValues, readFields } from '../../flags/provider-fields.ts';
import { say, writeResult } from '../../output/streams.ts';
import { type NameFlags, nameOf, placeOf } from './place.ts';

export type AddFlags = NameFlags & FieldFlagValues & { readonly force?: boolean };

/** `provider add`: a new provider at the end of the file. */
export const providerAdd: Command<AddFlags> = async (flags, context, names) => {
  const name = nameOf(flags, names);
  const fields = readFields(flags, 'provider add');
  if (fields['model'] === undefined && fields['models'] === undefined) {
    const hint = 'name the model, as --model gpt-4o-mini or --model groq/llama-3.3-70b-versatile';
    throw new AppError('FLAG_MISSING', { flag: '--model', hint });
  }
  const { file } = await addProvider(placeOf(flags, context), { name, fields, isForced: flags.force === true });
  await writeResult(`Provider added: ${name}`);
  say(`in ${file}`);
  return EXIT.ok;
};

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
