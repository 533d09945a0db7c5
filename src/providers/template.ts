/** A text with `{name}` for a placeholder; `{name?}` may stay unknown, and then the whole text is left out. */
const PLACEHOLDER = /\{(\w+)(\??)\}/g;

export interface Filled {
  /** Undefined: a placeholder is unknown. */
  readonly text: string | undefined;
  /** Unknown placeholders that must be known. */
  readonly missing: readonly string[];
}

/** Puts values in, each through `write`. */
export function fill(
  template: string,
  read: (name: string) => string | undefined,
  write: (value: string) => string = (value) => value,
): Filled {
  const missing: string[] = [];
  let isComplete = true;
  const text = template.replaceAll(PLACEHOLDER, (_, name: string, optional: string) => {
    const value = read(name);
    if (value !== undefined) return write(value);
    isComplete = false;
    if (optional === '') missing.push(name);
    return '';
  });
  return { text: isComplete ? text : undefined, missing };
}

/** One segment of a path. `@` is legal there and stands in many names of models. */
export function toSegment(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replaceAll('%40', '@');
}

/** Puts a path behind another, which may end with a part of it or all of it already. */
export function joinPaths(base: string, path: string): string {
  const head = segmentsOf(base);
  const tail = segmentsOf(path);
  for (let shared = Math.min(head.length, tail.length); shared > 0; shared -= 1) {
    const end = head.slice(head.length - shared);
    if (end.every((segment, index) => segment === tail[index])) return `/${[...head, ...tail.slice(shared)].join('/')}`;
  }
  const joined = [...head, ...tail].join('/');
  return joined === '' ? '' : `/${joined}`;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}
