import { blankOut, lineAt } from './source-text.ts';
import { skipType, type Token, type Tokens, tokenize } from './tokens.ts';

export interface FoundFunction {
  readonly name: string;
  /** Where it starts; 1-based. */
  readonly line: number;
  /** From its name or first parameter to its closing brace. */
  readonly lines: number;
  /** Positional ones; `this` is none, a rest is one. */
  readonly parameters: number;
}

const CONTROL = new Set('if for while switch catch with'.split(' '));
const MODIFIERS = 'async static get set public private protected override abstract'.split(' ');
const BEFORE_METHOD = new Set(['{', '}', ';', ',', '*', ...MODIFIERS]);
/** Words that may stand before the parameters of an arrow function; before any other word it is a call. */
const BEFORE_ARROW = new Set('async return yield await default case of in new extends'.split(' '));

/**
 * Every function, method and arrow function of formatted TypeScript (no JSX; arrows always with round brackets), also
 * function types, for their parameters. TypeScript 7 has no API for this: it is a scanner, not a parser.
 */
export function findFunctions(source: string, code: string = blankOut(source)): FoundFunction[] {
  const tokens = tokenize(code);
  const found: FoundFunction[] = [];
  /** Arrows taken: in `(a): (B) => c` the second bracket is a type, and the arrow belongs to the first. */
  const arrows = new Set<number>();
  for (const [open, token] of tokens.list.entries()) {
    const shape = token.text === '(' ? shapeAt(tokens, open) : undefined;
    if (shape === undefined || (shape.arrow !== undefined && arrows.has(shape.arrow))) continue;
    if (shape.arrow !== undefined) arrows.add(shape.arrow);
    const line = lineAt(code, tokens.list[shape.start]?.offset ?? 0);
    const lines = lineAt(code, tokens.list[shape.end]?.offset ?? code.length) - line + 1;
    found.push({ name: shape.name, line, lines, parameters: countParameters(tokens, open) });
  }
  return found;
}

/** Tokens of a function. */
interface Shape {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Its `=>`, if it has one. */
  readonly arrow: number | undefined;
}

function shapeAt(tokens: Tokens, open: number): Shape | undefined {
  const close = tokens.partner(open);
  if (close === undefined) return undefined;
  const before = beforeGenerics(tokens, open);
  const after = tokens.text(close + 1);
  if (after === '=>') return arrow(tokens, open, close + 1);
  const declaredAt = declaredFunction(tokens, before);
  if (declaredAt !== undefined || isMethodName(tokens, before)) {
    const body = after === ':' ? skipType(tokens, close + 2) : close + 1;
    const end = tokens.text(body) === '{' ? tokens.partner(body) : undefined;
    const name = tokens.text(before);
    const isNamed = declaredAt === undefined || declaredAt !== before;
    if (end === undefined) return undefined;
    return { name: isNamed ? name : '(function)', start: declaredAt ?? before, end, arrow: undefined };
  }
  if (after !== ':' || !mayPrecedeTypedArrow(tokens, before, before !== open - 1)) return undefined;
  const arrowAt = skipType(tokens, close + 2);
  return tokens.text(arrowAt) === '=>' ? arrow(tokens, open, arrowAt) : undefined;
}

/** The token before a bracket and before the `<T>` that may stand there. */
function beforeGenerics(tokens: Tokens, open: number): number {
  if (tokens.text(open - 1) !== '>') return open - 1;
  let depth = 0;
  for (let at = open - 1; at >= 0; at -= 1) {
    if (tokens.text(at) === '>') depth += 1;
    if (tokens.text(at) === '<') depth -= 1;
    if (depth === 0) return at - 1;
  }
  return open - 1;
}

/** Index of `function` in `function`, `function name`, `function* name`, seen from the last of these. */
function declaredFunction(tokens: Tokens, last: number): number | undefined {
  return [last, last - 1, last - 2].find(
    (at) => tokens.text(at) === 'function' && (at >= last - 1 || tokens.text(at + 1) === '*'),
  );
}

function isMethodName(tokens: Tokens, at: number): boolean {
  const name = tokens.list[at];
  if (name === undefined || CONTROL.has(name.text)) return false;
  if (name.text === ']') return BEFORE_METHOD.has(tokens.text((tokens.partner(at) ?? 0) - 1));
  return (isWord(name) || /^['"]/.test(name.text)) && BEFORE_METHOD.has(tokens.text(at - 1));
}

function mayPrecedeTypedArrow(tokens: Tokens, before: number, isGeneric: boolean): boolean {
  const token = tokens.list[before];
  if (token === undefined) return true;
  if (isWord(token)) return BEFORE_ARROW.has(token.text);
  return isGeneric || !')]?'.includes(token.text);
}

function arrow(tokens: Tokens, open: number, arrowAt: number): Shape {
  return { name: arrowName(tokens, open), start: open, end: endOfArrow(tokens, arrowAt + 1), arrow: arrowAt };
}

function endOfArrow(tokens: Tokens, body: number): number {
  if (tokens.text(body) === '{') return tokens.partner(body) ?? body;
  // No value is followed by a brace: this is the result of a function type, and the brace starts somebody else's body.
  const afterType = skipType(tokens, body);
  return tokens.text(afterType) === '{' ? afterType - 1 : endOfExpression(tokens, body);
}

function arrowName(tokens: Tokens, open: number): string {
  const before = beforeGenerics(tokens, open);
  const at = tokens.text(before) === 'async' ? before - 1 : before;
  const owner = tokens.list[at - 1];
  return (tokens.text(at) === '=' || tokens.text(at) === ':') && owner && isWord(owner) ? owner.text : '(arrow)';
}

function endOfExpression(tokens: Tokens, start: number): number {
  let at = start;
  while (at < tokens.list.length && !/^[,;)\]}]$/.test(tokens.text(at))) at = tokens.after(at);
  return Math.max(start, at - 1);
}

function countParameters(tokens: Tokens, open: number): number {
  const close = tokens.partner(open) ?? open;
  let angles = 0;
  let commas = 0;
  for (let at = open + 1; at < close; at = tokens.after(at)) {
    const token = tokens.text(at);
    const previous = tokens.list[at - 1];
    if (token === '<' && previous && isWord(previous)) angles += 1;
    if (token === '>' && angles > 0) angles -= 1;
    if (token === ',' && angles === 0 && at !== close - 1) commas += 1;
  }
  const hasThis = tokens.text(open + 1) === 'this';
  return close === open + 1 ? 0 : commas + 1 - (hasThis ? 1 : 0);
}

function isWord(token: Token): boolean {
  return /^[A-Za-z_$#]/.test(token.text);
}
