import { AppError } from '../../errors.ts';
import { readStudioFile } from '../../providers/read-providers.ts';
import { changeRegistry, type TomlEdit, type TomlTable, type TomlValue } from '../../providers/registry-file.ts';
import type { StudioConfig } from '../../providers/studio-config.ts';
import { checkPlace, promptFormatOf, writePrompts } from '../prompts/prompts-file.ts';
import { fileToChange } from './change.ts';
import type { RegistryPlace } from './load.ts';

export interface ImportInput {
  /** A Studio's `config.yaml`. */
  readonly from: string;
  /** Where its prompt templates go; undefined: nowhere. */
  readonly promptsFile: string | undefined;
  /** Puts providers in the place of those that have the same name, and overwrites the prompts. */
  readonly isForced: boolean;
}

export interface ImportedConfig {
  readonly file: string;
  readonly names: readonly string[];
  /** How many prompts were written; undefined: none were asked for. */
  readonly prompts: number | undefined;
  /** What the user has to know or do, a line each. */
  readonly notes: readonly string[];
}

/**
 * Takes over what a Studio's file says; keys stay behind. Rejects with FILE_UNREADABLE or FILE_MALFORMED (of either file),
 * NO_PROVIDERS, PROVIDER_EXISTS, FILE_EXISTS and FILE_NOT_CHANGED.
 */
export async function importConfig(place: RegistryPlace, input: ImportInput): Promise<ImportedConfig> {
  const studio = await readStudioFile(input.from);
  if (studio.providers.length === 0) throw new AppError('NO_PROVIDERS', { reason: `there is none in ${input.from}` });
  // The source may be what LLM_BENCH_CONFIG names, for it can be run as it is.
  const file = place.config === input.from ? 'providers.toml' : await fileToChange(place);
  const { promptsFile, isForced } = input;
  const format = promptsFile === undefined ? undefined : formatOf(promptsFile);
  if (promptsFile !== undefined) await checkPlace(promptsFile, isForced);
  let hadDefaults = false;
  await changeRegistry(file, ({ providers }, written) => {
    hadDefaults = written.defaults !== undefined;
    const names = new Set(providers.map(({ name }) => name));
    const edits = [...studio.fields.keys()].flatMap((name) => {
      if (names.has(name) && !isForced) throw new AppError('PROVIDER_EXISTS', { name, file });
      return providerEdits(studio, name, names.has(name));
    });
    const defaults = toTable(studio.defaultFields);
    if (hadDefaults || Object.keys(defaults).length === 0) return edits;
    return [...edits, { kind: 'add-table', path: ['defaults'], value: defaults }];
  });
  if (promptsFile !== undefined && format !== undefined) {
    await writePrompts(promptsFile, studio.prompts, { format, isForced });
  }
  return {
    file,
    names: [...studio.fields.keys()],
    prompts: promptsFile === undefined ? undefined : studio.prompts.length,
    notes: notesOn(studio, { input, file, hadDefaults }),
  };
}

/** A template may be of several lines, which a text file cannot keep apart. */
function formatOf(file: string): 'yaml' | 'jsonl' {
  const format = promptFormatOf(file);
  if (format === 'yaml' || format === 'jsonl') return format;
  const problem = `${file} must end in .yaml or .jsonl`;
  throw new AppError('FLAG_INVALID', { flag: '--prompts', problem, command: 'provider import' });
}

function providerEdits(studio: StudioConfig, name: string, isThere: boolean): readonly TomlEdit[] {
  const path = ['providers', name];
  const value = toTable({ ...studio.fields.get(name), api_key_env: keyVariable(studio, name) });
  const added: TomlEdit = { kind: 'add-table', path, value };
  return isThere ? [{ kind: 'remove', path }, added] : [added];
}

/** Names of models alone stay names; what TOML cannot say is nothing. */
function toTable(fields: object): TomlTable {
  const pairs = Object.entries(fields).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'models' && Array.isArray(value) && value.every((model) => Object.keys(model).length === 1)) {
      return [[key, value.map(({ id }) => id)]];
    }
    const kept = toValue(value);
    return kept === undefined ? [] : [[key, kept]];
  });
  return Object.fromEntries(pairs);
}

function toValue(value: unknown): TomlValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(toValue).filter((item) => item !== undefined);
  if (typeof value === 'object') return toTable(value);
  return value as TomlValue;
}

/** Where the file had the key itself, a variable takes its place. */
function keyVariable({ fields, keys }: StudioConfig, name: string): string | undefined {
  const own = fields.get(name)?.api_key_env;
  return own ?? (keys.has(name) ? `${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_API_KEY` : undefined);
}

interface ImportFacts {
  readonly input: ImportInput;
  readonly file: string;
  readonly hadDefaults: boolean;
}

function notesOn(studio: StudioConfig, { input, file, hadDefaults }: ImportFacts): readonly string[] {
  const keys = [...studio.keys.keys()].map(
    (name) => `the key of ${name} was not copied: set ${keyVariable(studio, name)} to it`,
  );
  const prompts = studio.prompts.length;
  return [
    ...keys,
    ...(hadDefaults ? [`${file} has defaults already: those of ${input.from} were left out`] : []),
    ...(input.promptsFile === undefined && prompts > 0
      ? [`${prompts} prompt templates were left out; take them over by --prompts prompts.yaml`]
      : []),
    ...studio.leftOut.map((what) => `${what} was left out: it means nothing here`),
  ];
}
