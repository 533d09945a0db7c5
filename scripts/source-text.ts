/** Words after which a slash starts a regular expression and not a division. */
const WORDS_BEFORE_REGEX = new Set(
  'return typeof case in of do else void delete instanceof new throw yield await default'.split(' '),
);

/**
 * The source with comments, contents of strings and regular expressions turned into blanks: same length, same lines, so
 * an offset found here is an offset in the source. Quotes stay; a regular expression looks like a string; the
 * substitutions of a template stay code, in round brackets. Assumes formatted source (no slash after `)` starts a regex).
 */
export function blankOut(source: string): string {
  const out = source.split('');
  /** Depth of braces at which each template substitution now open was entered. */
  const openTemplates: number[] = [];
  let depth = 0;
  let at = source.startsWith('#!') ? endOfLine(source, 0) : 0;
  blank(out, 0, at);
  while (at < source.length) {
    const from = at;
    const char = source[at];
    if (source.startsWith('//', at)) {
      at = endOfLine(source, at);
      blank(out, from, at);
    } else if (source.startsWith('/*', at)) {
      at = endOfComment(source, at);
      blank(out, from, at);
    } else if (char === "'" || char === '"') {
      at = endOfString(source, at);
      blank(out, from + 1, at - 1);
    } else if (char === '/' && startsRegex(out, at)) {
      at = endOfRegex(source, at);
      blank(out, from, at);
      out[from] = "'";
      out[at - 1] = "'";
    } else if (char === '`') {
      at = blankTemplate(source, out, at + 1);
      if (source[at - 1] === '{') openTemplates.push(depth);
    } else if (char === '}' && openTemplates.at(-1) === depth) {
      openTemplates.pop();
      out[at] = ')';
      at = blankTemplate(source, out, at + 1);
      if (source[at - 1] === '{') openTemplates.push(depth);
    } else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      at += 1;
    }
  }
  return out.join('');
}

/** 1-based line of an offset. */
export function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Lines as an editor counts them: a closing line break starts no further line. */
export function countLines(source: string): number {
  if (source === '') return 0;
  return lineAt(source, source.length) - (source.endsWith('\n') ? 1 : 0);
}

function blank(out: string[], from: number, to: number): void {
  for (let at = from; at < to; at += 1) if (out[at] !== '\n') out[at] = ' ';
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end;
}

function endOfComment(source: string, at: number): number {
  const end = source.indexOf('*/', at + 2);
  return end === -1 ? source.length : end + 2;
}

function endOfString(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== source[start] && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, source.length);
}

function endOfRegex(source: string, start: number): number {
  let isInClass = false;
  let at = start + 1;
  while (at < source.length && source[at] !== '\n' && (isInClass || source[at] !== '/')) {
    if (source[at] === '[') isInClass = true;
    if (source[at] === ']') isInClass = false;
    at += source[at] === '\\' ? 2 : 1;
  }
  at += 1;
  while (/[a-z]/.test(source[at] ?? '')) at += 1;
  return Math.min(at, source.length);
}

/** Blanks template text from `start`; returns the offset after the closing backtick or after the next `${`. */
function blankTemplate(source: string, out: string[], start: number): number {
  let at = start;
  while (at < source.length && source[at] !== '`' && !source.startsWith('${', at)) at += source[at] === '\\' ? 2 : 1;
  blank(out, start, Math.min(at, source.length));
  if (source[at] !== '$') return at + 1;
  out[at] = ' ';
  out[at + 1] = '(';
  return at + 2;
}

function startsRegex(out: readonly string[], slash: number): boolean {
  let at = slash - 1;
  while (at >= 0 && /\s/.test(out[at] ?? '')) at -= 1;
  const last = out[at];
  if (last === undefined) return true;
  if (!/[\w$]/.test(last)) return !/[)\]}'"`]/.test(last);
  let start = at;
  while (start > 0 && /[\w$]/.test(out[start - 1] ?? '')) start -= 1;
  return WORDS_BEFORE_REGEX.has(out.slice(start, at + 1).join(''));
}
