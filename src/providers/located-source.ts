import { extname } from 'node:path';
import { AppError } from '../errors.ts';
import type { TomlPath } from './toml/source.ts';

/** What a file says, with the lines that say it. */
export interface LocatedSource {
  readonly value: unknown;
  /** Of a field, or of the nearest thing around it. */
  readonly lineOf: (path: TomlPath) => number;
}

/** Reads TOML where the file's name says so, else YAML, of which JSON is a part. Rejects with FILE_MALFORMED. */
export async function readLocated(file: string, text: string, mend: string): Promise<LocatedSource> {
  if (extname(file).toLowerCase() !== '.toml') return (await import('./yaml-source.ts')).readYaml(file, text, mend);
  const { readToml, TomlError } = await import('./toml/source.ts');
  try {
    const source = readToml(text);
    return { value: source.value, lineOf: (path) => source.lineOf(path) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const problem = `this is not TOML (${error.message})`;
    throw new AppError('FILE_MALFORMED', { file, line: error.line, problem, hint: mend });
  }
}
