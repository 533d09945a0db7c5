import {
  DuckDBArrayValue,
  type DuckDBConnection,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { AppError } from '../../errors.ts';
import type { JsonValue } from '../../model/units.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { queryRows } from './query.ts';

/** What a query of a user gives. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  /** In blocks; each value as JSON can hold it. */
  readonly blocks: AsyncIterable<readonly (readonly JsonValue[])[]>;
}

export interface SqlQuestion {
  readonly location: string;
  readonly sql: string;
  /** Tables then hold only this run; undefined: all runs. */
  readonly runId: string | undefined;
}

const OF_ONE_RUN = ['runs', 'providers', 'requests', 'token_events', 'window_metrics_1s', 'baselines'] as const;

/**
 * Asks a DuckDB file, which nothing can change meanwhile: it is open for reading only, and no file beside it can be read or written.
 * `use` is done before the file is closed. Rejects with SQL_REFUSED or STORE_*.
 */
export async function askDuckDb<T>(question: SqlQuestion, use: (answer: SqlAnswer) => Promise<T>): Promise<T> {
  const database = await openDatabase(question.location, 'read');
  const { connection } = database;
  try {
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    if (question.runId !== undefined) await narrow(connection, question.runId);
    const result = await connection.stream(question.sql);
    const columns = result.columnNames();
    return await use({ columns, blocks: blocksOf(result) });
  } catch (error) {
    throw toRefusal(error);
  } finally {
    closeDatabase(database);
  }
}

async function narrow(connection: DuckDBConnection, runId: string): Promise<void> {
  const quoted = `'${runId.replaceAll("'", "''")}'`;
  const [row] = await queryRows(connection, 'SELECT current_database() AS name');
  // By its full name, or the view would be a view of itself.
  const database = `"${String(row?.['name']).replaceAll('"', '""')}"`;
  for (const table of OF_ONE_RUN) {
    const from = `${database}.main.${table}`;
    await connection.run(`CREATE TEMP VIEW ${table} AS SELECT * FROM ${from} WHERE run_id = ${quoted}`);
  }
}

async function* blocksOf(
  result: Awaited<ReturnType<DuckDBConnection['stream']>>,
): AsyncGenerator<readonly (readonly JsonValue[])[]> {
  while (true) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk.getRows().map((row) => row.map(toJson));
  }
}

/** Numbers that JSON cannot write, and those beyond 2^53, as text; times and the like as DuckDB writes them. */
function toJson(value: DuckDBValue): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toJson);
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map(({ key, value: of }) => [String(key), toJson(of)]));
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, of]) => [name, toJson(of)]));
  }
  return String(value);
}

const TABLES_HINT = `there are the tables ${OF_ONE_RUN.join(', ')}; the file is open for reading only`;

function toRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const [first = ''] = error.message.split('\n');
  if (!/^[A-Z][A-Za-z ]* Error: /.test(first)) return error;
  return new AppError('SQL_REFUSED', { reason: first, hint: TABLES_HINT }, { cause: error });
}
