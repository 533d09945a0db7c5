import { stringify } from 'csv-stringify/sync';

type Cell = string | number | boolean | null;

/**
 * Lines of CSV for rows by column name, or as lists. Texts stand in quotes and numbers do not, so that an empty text is told from a
 * missing value. A text that a spreadsheet could take for a formula, and one that begins with an apostrophe, gets an apostrophe in
 * front: to undo it, take away one apostrophe wherever a text begins with one. Numbers are written in full, −0 as `-0`.
 */
export function renderRows(
  columns: readonly string[],
  rows: readonly (readonly Cell[] | Readonly<Record<string, Cell>>)[],
): string {
  const lines = rows.map((row) => (isList(row) ? row : columns.map((name) => row[name] ?? null)).map(toCsvCell));
  return stringify(lines, { quoted_string: true, cast: { boolean: String, number: writeNumber } });
}

function isList(row: readonly Cell[] | Readonly<Record<string, Cell>>): row is readonly Cell[] {
  return Array.isArray(row);
}

function toCsvCell(cell: Cell): Cell {
  return typeof cell === 'string' ? neutralize(cell) : cell;
}

/** Signs that begin a formula in some spreadsheet, wide forms included, and the apostrophe that marks a text as neutralised. */
const RISKY = /^[=+\-@\t\r\n'＝＋－＠]/;

export function neutralize(text: string): string {
  return RISKY.test(text) ? `'${text}` : text;
}

function writeNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
