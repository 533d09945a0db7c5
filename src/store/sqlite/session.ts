import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { type Cell, fitCell, type Row, UnreadableRow } from '../cells.ts';
import type { Query, SqlSession, SqlTable } from '../sql-database.ts';
import { escapeNul, unescapeNul } from '../sql-text.ts';
import { toSqlFailure } from './failure.ts';

/** Statements on one connection. They are done at once; promises are only what the port asks for. */
export function openSession(database: DatabaseSync): SqlSession {
  return {
    query: openQuery(database),
    insert: async (table, rows) => runForEach(database, insertSql(table, rows[0]), { table, rows }),
    replace: async (table, rows) => runForEach(database, replaceSql(table, rows[0]), { table, rows }),
    update: async (table, rows) => {
      // The key comes last in the statement, and so in each row.
      const keyLast = rows.map((row) => ({ ...pick(row, columnsToSet(table, row)), ...pick(row, table.key) }));
      runForEach(database, updateSql(table, rows[0]), { table, rows: keyLast });
    },
  };
}

export function openQuery(database: DatabaseSync): Query {
  return async (sql, values = []) => {
    try {
      const statement = database.prepare(sql);
      const booleans = new Set(statement.columns().flatMap(({ name, type }) => (type === 'BOOLEAN' ? [name] : [])));
      return statement.all(...values.map(toBound)).map((row) => toRow(row, booleans));
    } catch (error) {
      throw toSqlFailure(error);
    }
  };
}

/** Runs a statement without values and rows. */
export function execute(database: DatabaseSync, sql: string): void {
  try {
    database.exec(sql);
  } catch (error) {
    throw toSqlFailure(error);
  }
}

interface RowsOf {
  readonly table: SqlTable;
  readonly rows: readonly Row[];
}

function runForEach(database: DatabaseSync, sql: string, { table, rows }: RowsOf): void {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  try {
    const statement = database.prepare(sql);
    for (const row of rows) run(statement, table, { row, columns });
  } catch (error) {
    throw toSqlFailure(error);
  }
}

function run(
  statement: StatementSync,
  table: SqlTable,
  { row, columns }: { readonly row: Row; readonly columns: readonly string[] },
): void {
  statement.run(
    ...columns.map((name) => {
      const type = table.columns[name];
      if (type === undefined) throw new Error(`table ${table.name} has no column ${name}`);
      return toBound(fitCell(type, row[name] ?? null));
    }),
  );
}

function insertSql(table: SqlTable, row: Row = {}): string {
  const columns = Object.keys(row);
  return `INSERT INTO ${table.name} (${columns}) VALUES (${columns.map(() => '?')})`;
}

function replaceSql(table: SqlTable, row: Row = {}): string {
  const assignments = columnsToSet(table, row).map((name) => `${name} = excluded.${name}`);
  return `${insertSql(table, row)} ON CONFLICT (${table.key}) DO UPDATE SET ${assignments}`;
}

function updateSql(table: SqlTable, row: Row = {}): string {
  const assignments = columnsToSet(table, row).map((name) => `${name} = ?`);
  return `UPDATE ${table.name} SET ${assignments} WHERE ${table.key.map((name) => `${name} = ?`).join(' AND ')}`;
}

function columnsToSet(table: SqlTable, row: Row): readonly string[] {
  return Object.keys(row).filter((name) => !table.key.includes(name));
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

function toBound(cell: Cell): SQLInputValue {
  if (typeof cell === 'string') return escapeNul(cell);
  return typeof cell === 'boolean' ? Number(cell) : cell;
}

function toRow(found: Record<string, SQLOutputValue>, booleans: ReadonlySet<string>): Row {
  const row: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(found)) row[name] = toPlainCell(value, name, booleans.has(name));
  return row;
}

function toPlainCell(value: SQLOutputValue, column: string, isBoolean: boolean): Cell {
  if (typeof value === 'string') return unescapeNul(value);
  if (typeof value === 'number' && isBoolean && (value === 0 || value === 1)) return value === 1;
  if (value === null || typeof value === 'number') return value;
  throw new UnreadableRow(`column ${column} is of an unknown type`);
}
