/**
 * Text without NUL, from which the first is got back: PostgreSQL takes no NUL, and SQLite as it comes with Node 24 ends a text
 * there. SUB, as rare, marks what stands for another character; all other text is kept as it is, to be read by anyone.
 */
export function escapeNul(text: string): string {
  return /[\0\x1a]/.test(text) ? text.replaceAll('\x1a', '\x1a1').replaceAll('\0', '\x1a0') : text;
}

export function unescapeNul(text: string): string {
  return text.includes('\x1a') ? text.replaceAll('\x1a0', '\0').replaceAll('\x1a1', '\x1a') : text;
}

/**
 * Text of a model or server that UTF-8 can write. JSON can smuggle in half of a character (a lone surrogate), which is written as
 * SUB, `u` and its four digits; so that this is no other text, what was SUB and `u` before becomes SUB `uu`.
 */
export function escapeHalves(text: string): string {
  const escaped = text.includes('\x1au') ? text.replaceAll('\x1au', '\x1auu') : text;
  if (escaped.isWellFormed()) return escaped;
  return escaped.replaceAll(/\p{Surrogate}/gu, (half) => `\x1au${half.charCodeAt(0).toString(16)}`);
}

export function unescapeHalves(text: string): string {
  if (!text.includes('\x1au')) return text;
  return text.replaceAll(/\x1au(u|d[89a-f][0-9a-f]{2})/g, (_, what: string) =>
    what === 'u' ? '\x1au' : String.fromCharCode(Number.parseInt(what, 16)),
  );
}
