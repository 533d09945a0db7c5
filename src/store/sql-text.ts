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
