export interface Token {
  readonly text: string;
  readonly offset: number;
}

/** Tokens of blanked code, with the bracket that closes each bracket. */
export interface Tokens {
  readonly list: readonly Token[];
  /** Empty past either end. */
  text(index: number): string;
  /** Index of the other bracket of `()`, `[]`, `{}`; undefined for other tokens and for a bracket without one. */
  partner(index: number): number | undefined;
  /** Index of the next token on the same level: past the whole of a bracket that opens here. */
  after(index: number): number;
}

const TOKEN = /[\w$#]+|'[^']*'|"[^"]*"|=>|\.\.\.|\?\.|\?\?|&&|\|\||[=!<>]=+|\S/g;
const CLOSING = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/** What a type goes on after. */
const TYPE_OPERATORS = new Set('| & . ? extends is keyof typeof readonly asserts infer unique new -'.split(' '));

export function tokenize(code: string): Tokens {
  const list = [...code.matchAll(TOKEN)].map(({ 0: text, index }) => ({ text, offset: index }));
  const partners = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { text }] of list.entries()) {
    if (CLOSING.has(text)) open.push(index);
    if (!')]}'.includes(text)) continue;
    const start = open.pop();
    if (start === undefined || CLOSING.get(list[start]?.text ?? '') !== text) continue;
    partners.set(start, index);
    partners.set(index, start);
  }
  return {
    list,
    text: (index) => list[index]?.text ?? '',
    partner: (index) => partners.get(index),
    after: (index) => Math.max(index, partners.get(index) ?? index) + 1,
  };
}

/** Index of the first token after a type: the `{` of a body, the `=>` of an arrow, whatever else ends it. */
export function skipType(tokens: Tokens, start: number): number {
  let at = start;
  let isOperandNext = true;
  let conditions = 0;
  while (at < tokens.list.length) {
    const token = tokens.text(at);
    if (token === '<') {
      at = afterAngle(tokens, at);
    } else if (token === ':' && conditions > 0) {
      conditions -= 1;
      isOperandNext = true;
      at += 1;
    } else if (TYPE_OPERATORS.has(token)) {
      if (token === '?') conditions += 1;
      isOperandNext = true;
      at += 1;
    } else if (isOperandNext && /^[([{'"`\w$]/.test(token)) {
      const next = afterOperand(tokens, at);
      isOperandNext = isFunctionType(tokens, at) && tokens.text(next) === '=>';
      at = isOperandNext ? next + 1 : next;
    } else if (token === '[') {
      at = afterOperand(tokens, at);
    } else {
      return at;
    }
  }
  return at;
}

function afterOperand(tokens: Tokens, at: number): number {
  if (tokens.text(at) !== '`') return tokens.after(at);
  let end = at + 1;
  while (end < tokens.list.length && tokens.text(end) !== '`') end = tokens.after(end);
  return end + 1;
}

function afterAngle(tokens: Tokens, start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.list.length; at = tokens.after(at)) {
    if (/[)\]};]/.test(tokens.text(at))) return at;
    if (tokens.text(at) === '<') depth += 1;
    if (tokens.text(at) === '>') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.list.length;
}

/** Whether a `(` starts a function type and no type in brackets; told, as TypeScript does, by what follows. */
function isFunctionType(tokens: Tokens, at: number): boolean {
  if (tokens.text(at) !== '(') return false;
  return [')', '...', '{', '['].includes(tokens.text(at + 1)) || [':', ',', '?', '='].includes(tokens.text(at + 2));
}
