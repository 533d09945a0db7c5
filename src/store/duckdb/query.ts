import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { type Cell, type Row, UnreadableRow } from '../cells.ts';
import type { Query } from '../sql-database.ts';

/** A value to bind, with its type where DuckDB cannot guess it (lists). */
export interface Bound {
  readonly values: DuckDBValue[];
  readonly types?: DuckDBType[];
}

export async function queryRows(connection: DuckDBConnection, sql: string, bound?: Bound): Promise<Row[]> {
  const result = await connection.run(sql, bound?.values, bound?.types);
  const names = result.columnNames();
  const chunks = await result.fetchAllChunks();
  return chunks.flatMap((chunk) => toRows(chunk, names));
}

/** The same for statements that are written once for all databases. */
export function queryOn(connection: DuckDBConnection): Query {
  return (sql, values) => queryRows(connection, sql, values && { values: [...values] });
}

/** Runs `work` in a transaction: all of it happens, or none. */
export async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    // When it was the commit that failed, DuckDB has rolled back by itself and says that there is nothing to roll back.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function toRows(chunk: DuckDBDataChunk, names: readonly string[]): Row[] {
  const columns = chunk.getColumns();
  return Array.from({ length: chunk.rowCount }, (_, rowIndex) => {
    const row: Record<string, Cell> = {};
    for (const [columnIndex, name] of names.entries()) row[name] = toPlainCell(columns[columnIndex]?.[rowIndex], name);
    return row;
  });
}

function toPlainCell(value: DuckDBValue | undefined, column: string): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  // Counts come as 64 bits.
  if (typeof value === 'bigint') return Number(value);
  throw new UnreadableRow(`column ${column} is of an unknown type`);
}
