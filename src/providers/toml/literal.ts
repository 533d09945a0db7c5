/** What can be written into a TOML file by a command. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | { readonly [key: string]: TomlValue };

/** On one line. Throws for a text that is no Unicode, and for a number that is none. */
export function tomlLiteral(value: TomlValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('only finite numbers can be written');
    return String(value);
  }
  if (typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(tomlLiteral).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${tomlKey(key)} = ${tomlLiteral(item)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** Bare where TOML allows it. */
export function tomlKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name);
}

/** JSON's escapes are TOML's too, but for the delete character, which only TOML wants escaped. */
function quoted(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('a text holds half of a character');
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F');
}

function isList(value: TomlValue): value is readonly TomlValue[] {
  return Array.isArray(value);
}
