import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Row } from '../cells.ts';
import { appendRows, type Table } from './append.ts';

export type ParquetTable = Table;

/** Gathers rows of several tables and writes each to a Parquet file. */
export interface ParquetWriter {
  append(table: string, rows: readonly Row[]): Promise<void>;
  /** Whatever was there is replaced. */
  write(table: string, file: string): Promise<void>;
  /** Takes away what lay on the disk meanwhile. */
  close(): Promise<void>;
}

/**
 * Rows wait in a database of their own beside `near`, so that a large run never lies in memory. Rejects with what the file system or
 * DuckDB says.
 */
export async function openParquetWriter(near: string, tables: readonly Table[]): Promise<ParquetWriter> {
  const folder = await mkdtemp(join(dirname(near), '.llm-bench-parquet-'));
  const instance = await DuckDBInstance.create(join(folder, 'rows.duckdb'), {
    threads: '1',
    memory_limit: '512MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const byName = new Map(tables.map((table) => [table.name, table]));
  await createTables(connection, tables);
  return {
    async append(name, rows) {
      const table = byName.get(name);
      if (table === undefined) throw new Error(`no table ${name}`);
      await appendRows(connection, table, rows);
    },
    async write(name, file) {
      await connection.run(
        `COPY (FROM ${name}) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)`,
      );
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const TYPES = { text: 'VARCHAR', integer: 'INTEGER', double: 'DOUBLE', boolean: 'BOOLEAN' } as const;

async function createTables(connection: DuckDBConnection, tables: readonly Table[]): Promise<void> {
  for (const { name, columns } of tables) {
    const list = Object.entries(columns).map(([column, type]) => `${column} ${TYPES[type]}`);
    await connection.run(`CREATE TABLE ${name} (${list.join(', ')})`);
  }
}
