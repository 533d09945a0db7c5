import { AppError } from '../errors.ts';
import type { TomlPath } from './toml/source.ts';

/** Something in a file that cannot be used, and where. */
export interface Problem {
  readonly path: TomlPath;
  readonly text: string;
}

export const MEND = 'mend it, or name another file by --config';

/** More would only push the first off the screen. */
const MAX_PROBLEMS = 20;

/** What is said of a file's mistakes besides. */
interface Telling {
  readonly lineOf: (path: TomlPath) => number;
  /** What to do, where it is no providers file. */
  readonly mend?: string;
}

/** All that is wrong with a file, a line for each. */
export function malformedFile(file: string, problems: readonly Problem[], { lineOf, mend = MEND }: Telling): AppError {
  const placed = problems
    .map(({ path, text }) => ({ line: lineOf(path), problem: path.length === 0 ? text : `${pathText(path)}: ${text}` }))
    .sort((one, other) => one.line - other.line)
    .slice(0, MAX_PROBLEMS);
  const [first, ...others] = placed;
  const further = others.map(({ line, problem }) => `\n${file}:${line}: ${problem}`).join('');
  return new AppError('FILE_MALFORMED', {
    file,
    line: first?.line ?? 1,
    problem: `${first?.problem ?? ''}${further}`,
    hint: mend,
  });
}

/** FILE_UNREADABLE, in words where the system has only a code. */
export function unreadableFile(file: string, error: unknown): AppError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ''] ?? code ?? String(error);
  return new AppError('FILE_UNREADABLE', { file, reason }, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** What a parser says may quote the text, line breaks and all. */
export function parserWords(error: unknown): string {
  return (error as Error).message.replaceAll(/\s+/g, ' ');
}

/** `providers."my gateway".models[1].temperature`. */
export function pathText(path: TomlPath): string {
  return path
    .map((part, depth) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
      return depth === 0 ? name : `.${name}`;
    })
    .join('');
}
