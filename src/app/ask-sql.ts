import type { JsonValue } from '../model/units.ts';
import { renderRows } from '../report/csv-rows.ts';
import { askSql, openStore } from '../store/open.ts';
import { findRunId } from './find-run-id.ts';

export interface SqlInput {
  readonly db: string;
  readonly sql: string;
  /** An id or the name of a baseline; undefined: all runs. */
  readonly run: string | undefined;
  readonly format: 'table' | 'csv' | 'json';
  readonly write: (text: string) => Promise<void>;
  /** Lays out a table of texts; the first row is its head. */
  readonly layOut: (rows: readonly (readonly string[])[]) => string;
}

/** More rows than this nobody reads as a table. */
const TABLE_ROWS = 1_000;

/** Asks the stored runs in SQL and writes the answer as it comes. Resolves to a note, if the table had to be cut. Rejects with SQL_REFUSED, RUN_NOT_FOUND or STORE_*. */
export async function answerSql(input: SqlInput): Promise<string | undefined> {
  const { db, sql, run, write } = input;
  const runId = run === undefined ? undefined : await resolve(db, run);
  return askSql({ location: db, sql, runId }, async ({ columns, blocks }) => {
    if (input.format === 'table') return writeTable(input, columns, blocks);
    let count = 0;
    if (input.format === 'csv') await write(renderRows(columns, [columns]));
    for await (const block of blocks) {
      if (input.format === 'csv')
        await write(
          renderRows(
            columns,
            block.map((row) => row.map(toCell)),
          ),
        );
      else
        await write(
          block.map((row, index) => `${count + index === 0 ? '[\n' : ',\n'}${toObject(columns, row)}`).join(''),
        );
      count += block.length;
    }
    if (input.format === 'json') await write(count === 0 ? '[]\n' : '\n]\n');
    return undefined;
  });
}

async function resolve(db: string, run: string): Promise<string> {
  const store = await openStore(db, 'read');
  try {
    return await findRunId(store, run);
  } finally {
    await store.close();
  }
}

async function writeTable(
  { layOut, write }: SqlInput,
  columns: readonly string[],
  blocks: AsyncIterable<readonly (readonly JsonValue[])[]>,
): Promise<string | undefined> {
  const rows: (readonly string[])[] = [];
  let isCut = false;
  for await (const block of blocks) {
    rows.push(...block.map((row) => row.map(toText)));
    isCut = rows.length > TABLE_ROWS;
    if (isCut) break;
  }
  await write(`${layOut([columns, ...rows.slice(0, TABLE_ROWS)])}\n`);
  return isCut ? `only the first ${TABLE_ROWS} rows are shown; --format csv or json gives all` : undefined;
}

function toText(value: JsonValue): string {
  if (value === null) return '';
  // What would break a line of the table, or draw on the terminal.
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/\p{Cc}/gu, (sign) => JSON.stringify(sign).slice(1, -1));
}

function toCell(value: JsonValue): string | number | boolean | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function toObject(columns: readonly string[], row: readonly JsonValue[]): string {
  return JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
}
