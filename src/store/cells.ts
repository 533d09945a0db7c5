import { escapeHalves, unescapeHalves } from './sql-text.ts';

/** What one column of one row may hold; null is a missing value. */
export type Cell = string | number | boolean | null;

/** A row as it comes from a database, by column name. */
export type Row = Readonly<Record<string, Cell | undefined>>;

/** `integer` is signed, of 32 bits: for counts of our own. What others count, or measure, is `double`. */
export type CellType = 'text' | 'integer' | 'double' | 'boolean';

/** Columns of one table, in their order in the database. */
export type Columns = Readonly<Record<string, CellType>>;

/** A row that holds what we would never have written. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}

/** For a missing value, null. */
export function toCell<T extends Exclude<Cell, null>>(value: T | undefined): T | null {
  return value ?? null;
}

/** Text as any database takes it; `textIfAny` gives it back as it was. */
export function toTextCell(value: string | undefined): string | null {
  return value === undefined ? null : escapeHalves(value);
}

export function text(row: Row, column: string): string {
  return present(row, column, textIfAny(row, column));
}

export function textIfAny(row: Row, column: string): string | undefined {
  const cell = row[column] ?? undefined;
  if (cell === undefined) return undefined;
  if (typeof cell === 'string') return unescapeHalves(cell);
  throw unreadable(column, cell);
}

export function number(row: Row, column: string): number {
  return present(row, column, numberIfAny(row, column));
}

export function numberIfAny(row: Row, column: string): number | undefined {
  const cell = row[column] ?? undefined;
  if (cell === undefined || typeof cell === 'number') return cell;
  throw unreadable(column, cell);
}

export function boolean(row: Row, column: string): boolean {
  return present(row, column, booleanIfAny(row, column));
}

export function booleanIfAny(row: Row, column: string): boolean | undefined {
  const cell = row[column] ?? undefined;
  if (cell === undefined || typeof cell === 'boolean') return cell;
  throw unreadable(column, cell);
}

/** One of the words that are the keys of `words`. */
export function word<K extends string>(row: Row, column: string, words: Readonly<Record<K, unknown>>): K {
  return present(row, column, wordIfAny(row, column, words));
}

export function wordIfAny<K extends string>(
  row: Row,
  column: string,
  words: Readonly<Record<K, unknown>>,
): K | undefined {
  const cell = textIfAny(row, column);
  if (cell === undefined || isKeyOf(words, cell)) return cell;
  throw unreadable(column, cell);
}

/** The value of a cell of JSON text, unchecked. */
export function parseJsonCell(json: string, column: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new UnreadableRow(`column ${column} holds no JSON`, { cause });
  }
}

/** The cell, if a column of that type holds it as it is; no database may round it or cut it. */
export function fitCell(type: CellType, cell: Cell): Cell {
  const isFit = cell === null || (type === 'integer' ? (Number(cell) | 0) === cell : typeof cell === TYPE_OF[type]);
  if (!isFit) throw new Error(`${JSON.stringify(cell)} does not fit a column of type ${type}`);
  return cell;
}

const TYPE_OF = { text: 'string', double: 'number', boolean: 'boolean' } as const;

function isKeyOf<K extends string>(words: Readonly<Record<K, unknown>>, value: string): value is K {
  return Object.hasOwn(words, value);
}

function present<T>(row: Row, column: string, value: T | undefined): T {
  if (value === undefined) throw unreadable(column, row[column]);
  return value;
}

function unreadable(column: string, cell: Cell | undefined): UnreadableRow {
  return new UnreadableRow(`column ${column} holds ${JSON.stringify(cell)}`);
}
