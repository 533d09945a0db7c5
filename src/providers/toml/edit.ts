import { type TomlValue, tomlKey, tomlLiteral } from './literal.ts';
import { removeLines } from './remove-lines.ts';
import { readToml, type TomlBlock, TomlError, type TomlPair, type TomlPath, type TomlSource } from './source.ts';
import { isSame, withoutValue, withValue } from './value.ts';

/** One change. Paths hold names only: nothing within a list is changed. */
export type TomlEdit =
  | { readonly kind: 'set'; readonly path: readonly string[]; readonly value: TomlValue }
  /** A table of its own at the end of the file. */
  | { readonly kind: 'add-table'; readonly path: readonly string[]; readonly value: TomlTable }
  /** With all beneath; nothing happens when it is not there. */
  | { readonly kind: 'remove'; readonly path: readonly string[] };

export type TomlTable = { readonly [key: string]: TomlValue };

/** The text is written in a way that cannot be changed without losing something. */
export class TomlEditError extends Error {}

/**
 * Changes a text and leaves every other byte of it as it was. The result is read again: it must say what was there before, and the
 * change, and nothing else. Throws TomlError for a text that is no TOML, TomlEditError when it cannot be done.
 */
export function editToml(text: string, edits: readonly TomlEdit[]): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  let changed = text.slice(mark.length);
  let expected = readToml(changed).value;
  for (const edit of edits) {
    changed = applyEdit(readToml(changed), edit);
    expected = edit.kind === 'remove' ? withoutValue(expected, edit.path) : withValue(expected, edit.path, edit.value);
  }
  if (!isSame(rereadValue(changed), expected)) throw new TomlEditError('the way it is written is not understood');
  return mark + changed;
}

function rereadValue(text: string): unknown {
  try {
    return readToml(text).value;
  } catch (error) {
    throw error instanceof TomlError ? new TomlEditError('the way it is written leaves no place for it') : error;
  }
}

function applyEdit(source: TomlSource, edit: TomlEdit): string {
  if (edit.kind === 'set') return setValue(source, edit.path, edit.value);
  return edit.kind === 'remove' ? removeAll(source, edit.path) : addTable(source, edit.path, edit.value);
}

function addTable(source: TomlSource, path: readonly string[], value: TomlTable): string {
  const { text } = source;
  // Under an inline table no header may stand.
  if (findPair(source, path.slice(0, -1))?.isInlineTable === true) return setValue(source, path, value);
  const line = newLineOf(text);
  const end = text === '' ? '' : /\n[ \t\r]*\n$/.test(text) ? text : `${text.replace(/\r?\n$/, '')}${line}${line}`;
  return end + tableText(path, value, { line });
}

function tableText(path: readonly string[], value: TomlTable, { line, isListed = false }: Style): string {
  const pairs = Object.entries(value);
  const own = pairs.filter(([, item]) => !isTable(item) && !isTables(item));
  const inner = pairs.flatMap(([key, item]) => {
    if (isTables(item)) return item.map((one) => tableText([...path, key], one, { line, isListed: true }));
    return isTable(item) ? [tableText([...path, key], item, { line })] : [];
  });
  const header = isListed ? `[${headerText(path)}]` : headerText(path);
  const lines = [header, ...own.map(([key, item]) => `${tomlKey(key)} = ${tomlLiteral(item)}`), ''];
  return [lines.join(line), ...inner].join(line);
}

interface Style {
  readonly line: string;
  /** One of a list of tables. */
  readonly isListed?: boolean;
}

function headerText(path: readonly string[]): string {
  // The name a user gave is always quoted, as in the files that this one grew out of.
  const names = path.map((name, depth) => (depth === 1 ? tomlLiteral(name) : tomlKey(name)));
  return `[${names.join('.')}]`;
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}

function isTables(value: TomlValue): value is readonly TomlTable[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

function setValue(source: TomlSource, path: readonly string[], value: TomlValue): string {
  const { text } = source;
  const pair = findPair(source, path);
  if (pair !== undefined) {
    if (isSame(valueAt(source.value, path), value)) return text;
    if (source.comments.some(({ start }) => start > pair.valueStart && start < pair.end)) {
      throw new TomlEditError(`${path.at(-1)} holds comments that would be lost`);
    }
    return splice(text, { start: pair.valueStart, end: pair.end }, tomlLiteral(value));
  }
  if (everyPlace(source).some((place) => isBeneath(place, path))) {
    throw new TomlEditError(`${path.at(-1)} is written as tables there`);
  }
  return insertValue(source, path, value);
}

function insertValue(source: TomlSource, path: readonly string[], value: TomlValue): string {
  const parent = path.slice(0, -1);
  const key = path.at(-1) ?? '';
  const inline = findPair(source, parent);
  if (inline?.isInlineTable === true)
    return insertInline(source.text, inline, `${tomlKey(key)} = ${tomlLiteral(value)}`);
  const block = source.blocks.find((one) => isEqual(one.path, parent));
  const neighbour = block?.pairs.at(-1) ?? dottedNeighbour(source, parent);
  const home = block ?? source.blocks.find(({ pairs }) => neighbour !== undefined && pairs.includes(neighbour));
  if (home === undefined || parent.length === 0) return insertParent(source, path, value);
  const names = path.slice(home.path.length).map(tomlKey).join('.');
  return insertLine(source.text, { block: home, neighbour }, `${names} = ${tomlLiteral(value)}`);
}

/** The table is not there yet: with a header of its own where its own parent has one, else inline. */
function insertParent(source: TomlSource, path: readonly string[], value: TomlValue): string {
  const parent = path.slice(0, -1);
  const key = path.at(-1) ?? '';
  if (parent.length === 0) throw new TomlEditError('the way it is written leaves no place for it');
  const block = source.blocks.find((one) => isEqual(one.path, parent.slice(0, -1)));
  if (block === undefined || parent.length === 1) return insertValue(source, parent, { [key]: value });
  const line = newLineOf(source.text);
  const table = tableText(parent, { [key]: value }, { line }).replace(/\r?\n$/, '');
  return insertLine(source.text, { block, neighbour: block.pairs.at(-1) }, `${line}${table}`);
}

interface Spot {
  readonly block: TomlBlock;
  /** The pair that it follows; undefined: the header. */
  readonly neighbour: TomlPair | undefined;
}

function insertLine(text: string, { block, neighbour }: Spot, written: string): string {
  const anchor = neighbour ?? { start: block.start, end: block.headerEnd };
  const isTable = written.startsWith('\n') || written.startsWith('\r');
  const indent = isTable ? '' : (/[ \t]*$/.exec(text.slice(0, anchor.start))?.[0] ?? '');
  const lineEnd = text.indexOf('\n', anchor.end);
  const line = newLineOf(text);
  if (lineEnd === -1) return `${text}${line}${indent}${written}`;
  return splice(text, { start: lineEnd + 1, end: lineEnd + 1 }, `${indent}${written}${line}`);
}

function insertInline(text: string, table: TomlPair, written: string): string {
  const last = table.inner.at(-1);
  if (last === undefined) return splice(text, { start: table.valueStart, end: table.end }, `{ ${written} }`);
  return splice(text, { start: last.end, end: last.end }, `, ${written}`);
}

/** The last pair that is written out from a higher table, as `x.headers.b = 1` for `x.headers`. */
function dottedNeighbour({ blocks }: TomlSource, parent: readonly string[]): TomlPair | undefined {
  return blocks
    .filter((block) => block.path.length < parent.length)
    .flatMap((block) => block.pairs)
    .findLast((pair) => isBeneath(pair.path, parent));
}

/** Inline ones one by one, for each changes where the others stand. */
function removeAll(source: TomlSource, path: readonly string[]): string {
  const inline = everyInlineTable(source).find(({ inner }) => inner.some((pair) => isAtOrBeneath(pair.path, path)));
  if (inline === undefined || isAtOrBeneath(inline.path, path)) {
    return removeLines(source, (place) => isAtOrBeneath(place, path));
  }
  const index = inline.inner.findIndex((pair) => isAtOrBeneath(pair.path, path));
  const text = removeInline(source, inline, index);
  return removeAll(readToml(text), path);
}

function removeInline({ text, comments }: TomlSource, table: TomlPair, index: number): string {
  const pair = table.inner[index];
  const next = table.inner[index + 1];
  const previous = table.inner[index - 1];
  if (pair === undefined) return text;
  let span = { start: pair.start, end: pair.end };
  if (next !== undefined) span = { start: pair.start, end: next.start };
  else if (previous !== undefined) span = { start: previous.end, end: pair.end };
  else span = { start: pair.start, end: pair.end + (/^\s*,/.exec(text.slice(pair.end))?.[0].length ?? 0) };
  const isOutside = (at: number): boolean => at < pair.start || at >= pair.end;
  if (comments.some(({ start }) => start >= span.start && start < span.end && isOutside(start))) {
    throw new TomlEditError(`beside ${pair.path.at(-1)} there are comments that would be lost`);
  }
  return splice(text, span, '');
}

function everyInlineTable(source: TomlSource): readonly TomlPair[] {
  return everyPair(source).filter((pair) => pair.isInlineTable);
}

function everyPair({ blocks }: TomlSource): readonly TomlPair[] {
  const withInner = (pair: TomlPair): readonly TomlPair[] => [pair, ...pair.inner.flatMap(withInner)];
  return blocks.flatMap((block) => block.pairs.flatMap(withInner));
}

function everyPlace(source: TomlSource): readonly TomlPath[] {
  return [...source.blocks, ...everyPair(source)].map(({ path }) => path);
}

function findPair(source: TomlSource, path: TomlPath): TomlPair | undefined {
  return everyPair(source).find((pair) => isEqual(pair.path, path));
}

function isEqual(one: TomlPath, other: TomlPath): boolean {
  return one.length === other.length && isAtOrBeneath(one, other);
}

function isBeneath(path: TomlPath, root: TomlPath): boolean {
  return path.length > root.length && isAtOrBeneath(path, root);
}

function isAtOrBeneath(path: TomlPath, root: TomlPath): boolean {
  return root.every((name, index) => path[index] === name);
}

function valueAt(value: unknown, path: TomlPath): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>>)[name], value);
}

function splice(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  written: string,
): string {
  return text.slice(0, start) + written + text.slice(end);
}

function newLineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
