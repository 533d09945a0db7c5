/** The way to a place within a JSON value: names of members and places in lists; a negative place counts from the end. */
export type JsonPath = readonly (string | number)[];

/**
 * Reads `choices[0].delta.content`, also with `$.` before it; `["odd name"]` for a name that holds a dot, a bracket or a blank;
 * `[-1]` for the last of a list; `$` alone for the value itself. Undefined for anything else.
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  const path: (string | number)[] = [];
  let rest = text === '$' ? '' : text.replace(/^\$(?=[.[])/, '');
  // Without a `$` the first name has no dot before it.
  if (rest === text && !text.startsWith('[')) rest = `.${text}`;
  while (rest !== '') {
    const [step, name, quoted, place] = STEP.exec(rest) ?? [];
    if (step === undefined) return undefined;
    if (name !== undefined) path.push(name);
    else if (quoted !== undefined) path.push(JSON.parse(quoted) as string);
    else path.push(Number(place));
    rest = rest.slice(step.length);
  }
  return path;
}

const STEP = /^(?:\.([^.[\]\s"'$*]+)|\[("(?:[^"\\]|\\["\\/])*")\]|\[(-?\d{1,6})\])/;

type Members = Readonly<Record<string, unknown>>;

/** What is there; undefined when nothing is. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    if (Array.isArray(here)) here = typeof step === 'number' ? here.at(step) : undefined;
    else here = typeof step === 'string' && Object.hasOwn(here, step) ? (here as Members)[step] : undefined;
  }
  return here;
}
