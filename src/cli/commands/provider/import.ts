import { importConfig } from '../../../app/providers/import.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { say, writeResult } from '../../output/streams.ts';
import { type PlaceFlags, placeOf } from './place.ts';

export type ImportFlags = PlaceFlags & { readonly prompts?: string; readonly force?: boolean };

/** `provider import`: a Studio's config.yaml into providers.toml. */
export const providerImport: Command<ImportFlags> = async (flags, context, [from = '']) => {
  const { prompts: promptsFile, force } = flags;
  const imported = await importConfig(placeOf(flags, context), { from, promptsFile, isForced: force === true });
  await writeResult(imported.names.map((name) => `Provider added: ${name}`).join('\n'));
  say(`in ${imported.file}`);
  if (promptsFile !== undefined) say(`${imported.prompts} prompts in ${promptsFile}`);
  for (const note of imported.notes) say(note);
  return EXIT.ok;
};
