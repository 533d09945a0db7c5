import { AppError } from '../errors.ts';
import type { ParquetTable, ParquetWriter } from './duckdb/parquet.ts';
import type { SqlAnswer, SqlQuestion } from './duckdb/sql.ts';
import { createMemoryStore } from './memory.ts';
import type { Store, StoreWatch } from './store.ts';

/**
 * Opens the store of a location: `memory:`, a URL, or a path (`parseLocation`). `write` creates what is missing; `read` lets several
 * processes look at the same time. The adapter is loaded only now, so that a command without a store does not pay for it.
 * Rejects with STORE_NOT_FOUND, STORE_LOCKED, STORE_UNREADABLE, STORE_TOO_NEW or (a URL of no database that is known) FLAG_INVALID.
 */
export async function openStore(
  location: string,
  mode: 'write' | 'read',
  watch: StoreWatch = { say: () => undefined },
): Promise<Store> {
  const { kind, path } = parseLocation(location);
  switch (kind) {
    case 'memory':
      return createMemoryStore();
    case 'sqlite': {
      const { openSqliteStore } = await import('./sqlite/sqlite-store.ts');
      return openSqliteStore({ location, path, mode });
    }
    case 'postgres': {
      const { openPostgresStore } = await import('./postgres/postgres-store.ts');
      return openPostgresStore(path, mode, watch);
    }
    case 'duckdb': {
      const { openDuckDbStore } = await import('./duckdb/duckdb-store.ts');
      return openDuckDbStore(path, mode);
    }
  }
}

/** Asks a DuckDB file in SQL. Rejects with SQL_REFUSED, also where the runs are kept elsewhere, or STORE_*. */
export async function askSql<T>(question: SqlQuestion, use: (answer: SqlAnswer) => Promise<T>): Promise<T> {
  const { kind, path } = parseLocation(question.location);
  if (kind !== 'duckdb') {
    const hint = 'copy the runs first: llm-bench report copy --from … --to runs.duckdb';
    throw new AppError('SQL_REFUSED', { reason: `only runs in a DuckDB file can be asked in SQL, not ${kind}`, hint });
  }
  const { askDuckDb } = await import('./duckdb/sql.ts');
  return askDuckDb({ ...question, location: path }, use);
}

/** Writes Parquet, for runs of any store; loaded only now, as the stores are. */
export async function openParquet(near: string, tables: readonly ParquetTable[]): Promise<ParquetWriter> {
  const { openParquetWriter } = await import('./duckdb/parquet.ts');
  return openParquetWriter(near, tables);
}

export interface StoreLocation {
  readonly kind: 'memory' | 'duckdb' | 'sqlite' | 'postgres';
  /** Of its file, where it has one; all of a URL of PostgreSQL. */
  readonly path: string;
}

/**
 * `sqlite:x.db` and `duckdb:x` are paths as they stand; so is what follows `sqlite://` but for one slash, so that `sqlite:///./x.db`
 * lies in the working folder, as other tools have it. A path without a scheme is SQLite's by its ending, or else DuckDB's. `postgresql://` and `postgres://` are as PostgreSQL's own tools
 * take them.
 */
export function parseLocation(location: string): StoreLocation {
  if (location === 'memory:') return { kind: 'memory', path: '' };
  if (/^postgres(?:ql)?:\/\//.test(location)) return { kind: 'postgres', path: location };
  const [, kind, rest = ''] = /^(sqlite|duckdb):(.*)$/s.exec(location) ?? [];
  const path = rest.replace(/^\/\/(?:\/(?=\.{1,2}\/))?/, '');
  if ((kind === 'sqlite' || kind === 'duckdb') && path !== '') return { kind, path };
  const scheme = kind ?? /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1];
  if (scheme === undefined) return { kind: /\.(?:db|sqlite3?)$/i.test(location) ? 'sqlite' : 'duckdb', path: location };
  const problem = `no runs can be kept in ${scheme}:…; name a file, sqlite:FILE or postgresql://…`;
  throw new AppError('FLAG_INVALID', { flag: '--db', problem, command: 'run' });
}
