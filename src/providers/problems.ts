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

/** All that is wrong with a file, a line for each. */
export function malformedFile(
  file: string,
  problems: readonly Problem[],
  lineOf: (path: TomlPath) => number,
): AppError {
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
    hint: MEND,
  });
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
