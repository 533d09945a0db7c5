import type { ClientBase } from 'pg';
import { type Cell, type CellType, fitCell, type Row, UnreadableRow } from '../cells.ts';
import type { Query, SqlSession, SqlTable } from '../sql-database.ts';
import { escapeNul, unescapeNul } from '../sql-text.ts';
import { CopyIn } from './copy-in.ts';
import { toSqlFailure } from './failure.ts';

type Client = Pick<ClientBase, 'query'>;

export function openSession(client: Client): SqlSession {
  const each = async (table: SqlTable, rows: readonly Row[], build: BuildSql): Promise<void> => {
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      await runWith(client, table, { rows: rows.slice(start, start + ROWS_AT_ONCE), build });
    }
  };
  return {
    query: openQuery(client),
    insert: (table, rows) => copyInto(client, table, rows),
    replace: (table, rows) => each(table, rows, replaceSql),
    update: (table, rows) => each(table, rows, updateSql),
  };
}

export function openQuery(client: Client): Query {
  return async (sql, values = []) => {
    let count = 0;
    const numbered = sql.replaceAll('?', () => `$${++count}`);
    const rows = await ask(client, numbered, values.map(toParameter));
    return rows.map(toRow);
  };
}

/** Runs a statement without values and rows. */
export async function execute(client: Client, sql: string): Promise<void> {
  await ask(client, sql, []);
}

async function ask(client: Client, sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows;
  } catch (error) {
    throw toSqlFailure(error);
  }
}

async function copyInto(client: Client, table: SqlTable, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const copy = new CopyIn(table, rows);
  client.query(copy);
  try {
    await copy.done;
  } catch (error) {
    throw copy.mistake ?? toSqlFailure(error);
  }
}

/** Bounds what is held as text at a time. */
const ROWS_AT_ONCE = 20_000;

type BuildSql = (table: SqlTable, columns: readonly string[], given: string) => string;

/** All rows travel in one statement: each column as one array. For what `COPY` cannot do, to replace and to update. */
async function runWith(
  client: Client,
  table: SqlTable,
  { rows, build }: { readonly rows: readonly Row[]; readonly build: BuildSql },
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const arrays = columns.map((name) => {
    const type = typeOf(table, name);
    return rows.map((row) => toParameter(fitCell(type, row[name] ?? null)));
  });
  const casts = columns.map((name, index) => `$${index + 1}::${ARRAY_TYPES[typeOf(table, name)]}`);
  await ask(client, build(table, columns, `unnest(${casts}) AS given(${columns})`), arrays);
}

function typeOf(table: SqlTable, column: string): CellType {
  const type = table.columns[column];
  if (type === undefined) throw new Error(`table ${table.name} has no column ${column}`);
  return type;
}

const ARRAY_TYPES: Readonly<Record<CellType, string>> = {
  text: 'text[]',
  integer: 'integer[]',
  double: 'double precision[]',
  boolean: 'boolean[]',
};

function insertSql(table: SqlTable, columns: readonly string[], given: string): string {
  return `INSERT INTO ${table.name} (${columns}) SELECT * FROM ${given}`;
}

function replaceSql(table: SqlTable, columns: readonly string[], given: string): string {
  const assignments = columnsToSet(table, columns).map((name) => `${name} = excluded.${name}`);
  return `${insertSql(table, columns, given)} ON CONFLICT (${table.key}) DO UPDATE SET ${assignments}`;
}

function updateSql(table: SqlTable, columns: readonly string[], given: string): string {
  const assignments = columnsToSet(table, columns).map((name) => `${name} = given.${name}`);
  const same = table.key.map((name) => `${table.name}.${name} = given.${name}`).join(' AND ');
  return `UPDATE ${table.name} SET ${assignments} FROM ${given} WHERE ${same}`;
}

function columnsToSet(table: SqlTable, columns: readonly string[]): readonly string[] {
  return columns.filter((name) => !table.key.includes(name));
}

function toParameter(cell: Cell): string | boolean | null {
  if (typeof cell === 'string') return escapeNul(cell);
  // JavaScript writes −0 without its sign.
  if (typeof cell === 'number') return Object.is(cell, -0) ? '-0' : String(cell);
  return cell;
}

function toRow(found: Record<string, unknown>): Row {
  const row: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(found)) row[name] = toPlainCell(value, name);
  return row;
}

function toPlainCell(value: unknown, column: string): Cell {
  if (typeof value === 'string') return unescapeNul(value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new UnreadableRow(`column ${column} is of an unknown type`);
}
