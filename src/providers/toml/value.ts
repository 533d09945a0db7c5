import type { TomlPath } from './source.ts';

type Table = Readonly<Record<string, unknown>>;

/** The value with another one at that path; tables on the way are made. */
export function withValue(value: Table, [name, ...rest]: TomlPath, set: unknown): Table {
  if (name === undefined) return value;
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  return { ...value, [name]: rest.length === 0 ? set : withValue(isTable(inner) ? inner : {}, rest, set) };
}

/** The value without what is at that path. */
export function withoutValue(value: Table, [name, ...rest]: TomlPath): Table {
  if (name === undefined || !Object.hasOwn(value, name)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== name);
  const inner = value[name];
  if (rest.length === 0 || !isTable(inner)) return Object.fromEntries(rest.length === 0 ? kept : Object.entries(value));
  return { ...value, [name]: withoutValue(inner, rest) };
}

/** Whether two values say the same; tables without anything in them count as absent, for a header may imply them. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(comparable(one)) === JSON.stringify(comparable(other));
}

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item) ?? {});
  if (value instanceof Date) return `date ${value.constructor.name} ${value.toISOString()}`;
  if (typeof value === 'bigint') return `integer ${value}`;
  if (typeof value === 'string') return `text ${value}`;
  if (typeof value === 'number') return `number ${value}`;
  if (!isTable(value)) return value;
  const pairs = Object.entries(value).flatMap(([key, item]) => {
    const inner = comparable(item);
    return inner === undefined ? [] : [[key, inner] as const];
  });
  return pairs.length === 0 ? undefined : pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
