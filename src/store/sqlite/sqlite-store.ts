import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../errors.ts';
import { text, UnreadableRow } from '../cells.ts';
import { type SqlDatabase, SqlFailure, type SqlReading, type SqlSession } from '../sql-database.ts';
import { SQL_SCHEMA_VERSION } from '../sql-schema.ts';
import { SqlStore } from '../sql-store.ts';
import type { Store } from '../store.ts';
import { Claims } from './claims.ts';
import { BUSY_TIMEOUT_MS, toSqlFailure } from './failure.ts';
import { migrate, readSchemaVersion } from './schema.ts';
import { execute, openQuery, openSession } from './session.ts';

export interface SqliteLocation {
  /** As the user wrote it. */
  readonly location: string;
  readonly path: string;
  readonly mode: 'write' | 'read';
}

/** Rejects with STORE_NOT_FOUND, STORE_UNREADABLE, STORE_TOO_NEW or (no space to create it) STORE_WRITE_FAILED. */
export async function openSqliteStore({ location, path, mode }: SqliteLocation): Promise<Store> {
  // An absolute path is never taken for `:memory:`.
  const file = { location, path: resolve(path) };
  try {
    const bytes = await sizeOf(file.path);
    if (mode === 'write') return new SqlStore(await openWriting(file));
    if (bytes === undefined) throw new AppError('STORE_NOT_FOUND', { db: location });
    if (bytes === 0) throw new UnreadableRow('it is empty');
    return new SqlStore(await openReading(file));
  } catch (error) {
    if (!(error instanceof SqlFailure || error instanceof UnreadableRow)) throw error;
    const details = { db: location, reason: error.message, hint: HINT };
    const code = error.message === 'the disk is full' ? 'STORE_WRITE_FAILED' : 'STORE_UNREADABLE';
    throw new AppError(code, details, { cause: error });
  }
}

const HINT = 'is it an SQLite file of llm-bench? Use another: --db sqlite:other.db';

type SqliteFile = Pick<SqliteLocation, 'location' | 'path'>;

/** Undefined when there is no such file. */
async function sizeOf(path: string): Promise<number | undefined> {
  if ((await lookAt(dirname(path))) === undefined) throw new UnreadableRow('its folder does not exist');
  const entry = await lookAt(path);
  if (entry?.isDirectory() === true) throw new UnreadableRow('it is a folder');
  return entry?.size;
}

function lookAt(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'ENOTDIR') throw new UnreadableRow('a part of its path is not a folder');
    throw new UnreadableRow(error.code === 'EACCES' ? 'permission denied' : error.message);
  });
}

async function openWriting(file: SqliteFile): Promise<SqliteDatabase> {
  const connection = connect(file.path, false);
  try {
    // Before a foreign file is touched.
    await readKnownVersion(connection, file.location);
    // Readers see the last commit while one process writes. A commit outlives its process; the last ones may fall to a power cut.
    execute(connection, 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    await inTransaction(connection, async () => {
      // Another process may have led it on meanwhile.
      const version = await readKnownVersion(connection, file.location);
      if (version < SQL_SCHEMA_VERSION) migrate(connection, version);
    });
    const database = new SqliteDatabase(file, connection);
    await database.sweepClaims();
    return database;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function openReading(file: SqliteFile): Promise<SqliteDatabase> {
  const connection = connect(file.path, true);
  try {
    const version = await readKnownVersion(connection, file.location);
    if (version === SQL_SCHEMA_VERSION) return new SqliteDatabase(file, connection);
    if (version === 0) throw new UnreadableRow('it holds no llm-bench tables');
  } catch (error) {
    connection.close();
    throw error;
  }
  // Written by an older version of this program: bring it up to date first.
  connection.close();
  await (await openWriting(file)).close();
  return new SqliteDatabase(file, connect(file.path, true));
}

async function readKnownVersion(connection: DatabaseSync, location: string): Promise<number> {
  const version = await readSchemaVersion(connection);
  if (version > SQL_SCHEMA_VERSION) {
    throw new AppError('STORE_TOO_NEW', { db: location, found: version, known: SQL_SCHEMA_VERSION });
  }
  return version;
}

function connect(path: string, readOnly: boolean): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw toSqlFailure(error);
  }
}

/** A writer asks for its turn at once: to read first and write later would fail if another wrote in between. */
async function inTransaction<T>(connection: DatabaseSync, work: () => Promise<T>): Promise<T> {
  execute(connection, 'BEGIN IMMEDIATE');
  try {
    const result = await work();
    execute(connection, 'COMMIT');
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (connection.isTransaction) execute(connection, 'ROLLBACK');
    throw error;
  }
}

class SqliteDatabase implements SqlDatabase {
  readonly location: string;
  readonly hint = HINT;
  readonly #path: string;
  readonly #connection: DatabaseSync;
  readonly #session: SqlSession;
  readonly #claims: Claims;

  constructor({ location, path }: SqliteFile, connection: DatabaseSync) {
    this.location = location;
    this.#path = path;
    this.#connection = connection;
    this.#session = openSession(connection);
    this.#claims = new Claims(path);
  }

  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return inTransaction(this.#connection, () => work(this.#session));
  }

  async startReading(): Promise<SqlReading> {
    const connection = connect(this.#path, true);
    // The moment that it sees is that of its first query.
    execute(connection, 'BEGIN');
    return { query: openQuery(connection), close: async () => connection.close() };
  }

  async claim(runId: string): Promise<boolean> {
    return this.#claims.claim(runId);
  }

  async release(runId: string): Promise<void> {
    this.#claims.release(runId);
  }

  async findClaimed(runIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(runIds.filter((runId) => this.#claims.isClaimed(runId)));
  }

  async sweepClaims(): Promise<void> {
    const running = await this.#session.query("SELECT run_id FROM runs WHERE state = 'running'");
    this.#claims.sweep(running.map((row) => text(row, 'run_id')));
  }

  async compact(): Promise<void> {
    execute(this.#connection, 'VACUUM');
    execute(this.#connection, 'PRAGMA wal_checkpoint(TRUNCATE)');
  }

  async close(): Promise<void> {
    this.#claims.releaseAll();
    this.#connection.close();
  }
}
