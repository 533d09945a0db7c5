import { AppError } from '../errors.ts';
import type { ProviderDefaults, ProviderEntry } from '../model/provider-entry.ts';
import { NO_DEFAULTS, toDefaults, toProviderEntry } from './entry.ts';
import { checkRegistry } from './entry-schema.ts';
import { MEND, malformedFile, type Problem, pathText } from './problems.ts';
import { decodeText, readIfThere, replaceFile } from './replace-file.ts';
import { editToml, type TomlEdit, TomlEditError } from './toml/edit.ts';
import { readToml, TomlError, type TomlSource } from './toml/source.ts';

/** What a file says of providers, whatever its kind. */
export interface ProvidersFile {
  /** As the user named it. */
  readonly file: string;
  /** In the file's order. */
  readonly providers: readonly ProviderEntry[];
  readonly defaults: ProviderDefaults;
  /** Keys that stand in the file itself, by provider: only where its format has them. Secrets. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Reads the bytes of a `providers.toml`. Throws FILE_MALFORMED with all that is wrong in it. */
export function parseRegistry(file: string, bytes: Uint8Array): ProvidersFile {
  return parseText(file, decoded(file, bytes));
}

/**
 * Changes `providers.toml`, made if it is not there. Only what the changes mean is written anew: all else keeps every byte. Changes
 * are made from what stands in the file at that moment, and a file that is broken, or would be, is left alone.
 * Throws FILE_UNREADABLE, FILE_MALFORMED, FILE_NOT_CHANGED and whatever `plan` throws.
 */
export async function changeRegistry(file: string, plan: ChangePlan): Promise<void> {
  await replaceFile(file, (bytes) => {
    const { text, changed } = applyPlan(file, bytes, plan);
    return changed === text ? undefined : changed;
  });
}

/** What the file would say after a change; nothing is written. Throws the same. */
export async function previewRegistry(file: string, plan: ChangePlan): Promise<ProvidersFile> {
  return applyPlan(file, await readIfThere(file), plan).after;
}

/** Gets what the file says, and the fields as they stand there. */
export type ChangePlan = (before: ProvidersFile, written: WrittenFields) => readonly TomlEdit[];

interface Changed {
  readonly text: string;
  readonly changed: string;
  readonly after: ProvidersFile;
}

function applyPlan(file: string, bytes: Uint8Array | undefined, plan: ChangePlan): Changed {
  const text = bytes === undefined ? '' : decoded(file, bytes);
  const before = parseText(file, text);
  const edits = plan(before, readToml(text).value as WrittenFields);
  const changed = edited(file, { text, edits });
  return { text, changed, after: checkedAfter(file, changed) };
}

/** Fields as they stand in the file. */
export interface WrittenFields {
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly providers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export type { TomlEdit, TomlTable } from './toml/edit.ts';
export type { TomlValue } from './toml/literal.ts';

function decoded(file: string, bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch {
    throw notToml(file, { line: lineOfBadByte(bytes), problem: 'this is not UTF-8' });
  }
}

/** Each line is decoded by itself. */
function lineOfBadByte(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found + 1;
    try {
      decodeText(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return line;
}

function parseText(file: string, text: string): ProvidersFile {
  const source = parseToml(file, text);
  const result = toProvidersFile(file, source);
  if ('problems' in result) throw malformedFile(file, result.problems, source);
  return result;
}

function parseToml(file: string, text: string): TomlSource {
  try {
    return readToml(text);
  } catch (error) {
    if (error instanceof TomlError)
      throw notToml(file, { line: error.line, problem: `this is not TOML (${error.message})` });
    throw error;
  }
}

function toProvidersFile(file: string, source: TomlSource): ProvidersFile | { readonly problems: readonly Problem[] } {
  const fields = checkRegistry(source.value);
  if (!('providers' in fields)) return { problems: fields };
  const problems: Problem[] = [];
  const providers = Object.entries(fields.providers).map(([name, own]) => toProviderEntry(name, own, problems));
  if (problems.length > 0) return { problems };
  const defaults = fields.defaults === undefined ? NO_DEFAULTS : toDefaults(fields.defaults);
  return { file, providers, defaults, keys: new Map() };
}

function notToml(file: string, { line, problem }: { readonly line: number; readonly problem: string }): AppError {
  return new AppError('FILE_MALFORMED', { file, line, problem, hint: MEND });
}

function edited(file: string, { text, edits }: { readonly text: string; readonly edits: readonly TomlEdit[] }): string {
  try {
    return editToml(text, edits);
  } catch (error) {
    if (!(error instanceof TomlEditError)) throw error;
    throw notChanged(file, { reason: error.message, hint: 'change it by hand' });
  }
}

/** What the change would make of a file that was in order before. */
function checkedAfter(file: string, text: string): ProvidersFile {
  const result = toProvidersFile(file, readToml(text));
  if (!('problems' in result)) return result;
  const reason = result.problems.map(({ path, text: problem }) => `${pathText(path)}: ${problem}`).join('; ');
  throw notChanged(file, { reason, hint: 'give what is missing, or another value' });
}

function notChanged(file: string, { reason, hint }: { readonly reason: string; readonly hint: string }): AppError {
  return new AppError('FILE_NOT_CHANGED', { file, reason, hint });
}
