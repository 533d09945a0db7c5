import { link, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../../errors.ts';
import { UnreadableRow } from '../cells.ts';
import { toOpenFailure } from './failure.ts';
import { inTransaction } from './query.ts';
import { migrate, readSchemaVersion, SCHEMA_VERSION } from './schema.ts';

/** A DuckDB file that is open, with the newest schema in it. */
export interface Database {
  readonly instance: DuckDBInstance;
  /** The connection that writes; one, so that writes queue. */
  readonly connection: DuckDBConnection;
  /** Absolute. */
  readonly path: string;
}

export type Mode = 'write' | 'read';

/** Rejects with STORE_NOT_FOUND, STORE_LOCKED, STORE_UNREADABLE, STORE_TOO_NEW or (no space to create it) STORE_WRITE_FAILED. */
export async function openDatabase(location: string, mode: Mode): Promise<Database> {
  // An absolute path is never taken for a URL, `:memory:` or another database to attach.
  const path = resolve(location);
  try {
    const bytes = await sizeOf(path);
    if (mode === 'write') {
      if (bytes === undefined || bytes === 0) await createFile(path);
      return await openWriting(location, path);
    }
    if (bytes === undefined) throw new AppError('STORE_NOT_FOUND', { db: location });
    if (bytes === 0) throw new UnreadableRow('it is empty');
    return await openReading(location, path);
  } catch (error) {
    throw toOpenFailure(error, location);
  }
}

/** Undefined when there is no such file. It is not opened for that: to close it again would end this process's lock on it. */
async function sizeOf(path: string): Promise<number | undefined> {
  const entry = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (entry?.isDirectory() === true) throw new UnreadableRow('it is a folder');
  return entry?.size;
}

/**
 * Makes a file with our tables elsewhere and then puts it in its place, so that a process killed meanwhile leaves no half of one:
 * DuckDB cannot open a file whose first blocks are not yet written.
 */
async function createFile(path: string): Promise<void> {
  // The log of a file that somebody deleted would be replayed into the new one.
  await rm(`${path}.wal`, { force: true });
  const folder = await mkdtemp(`${path}.new-`);
  try {
    const fresh = join(folder, 'fresh.duckdb');
    const instance = await DuckDBInstance.create(fresh, OPTIONS);
    const connection = await instance.connect();
    await inTransaction(connection, () => migrate(connection, 0));
    await connection.run('CHECKPOINT');
    connection.closeSync();
    instance.closeSync();
    await moveUnlessThere(fresh, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file that another process has put there meanwhile stays; one without content does not. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  if ((await sizeOf(to)) === 0) return rename(from, to);
  await link(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    // File systems without hard links.
    return rename(from, to);
  });
}

async function openWriting(location: string, path: string): Promise<Database> {
  const database = await connect(path, 'READ_WRITE');
  try {
    const version = await readKnownVersion(database, location);
    if (version < SCHEMA_VERSION) {
      await inTransaction(database.connection, () => migrate(database.connection, version));
    }
    return database;
  } catch (error) {
    closeDatabase(database);
    throw error;
  }
}

async function openReading(location: string, path: string): Promise<Database> {
  // What a killed process left in the write-ahead log is read without touching the file, by any number of readers.
  const database = await connect(path, 'READ_ONLY').catch((error: unknown) => repair(path, error));
  try {
    const version = await readKnownVersion(database, location);
    if (version === SCHEMA_VERSION) return database;
    if (version === 0) throw new UnreadableRow('it holds no llm-bench tables');
  } catch (error) {
    closeDatabase(database);
    throw error;
  }
  // Written by an older version of this program: bring it up to date first.
  closeDatabase(database);
  closeDatabase(await openWriting(location, path));
  return connect(path, 'READ_ONLY');
}

/** A log that only a writer can restore (a checkpoint broken off) is restored by one; else the first error stands. */
async function repair(path: string, error: unknown): Promise<Database> {
  if ((await sizeOf(`${path}.wal`)) === undefined) throw error;
  const writing = await connect(path, 'READ_WRITE').catch(() => {
    throw error;
  });
  closeDatabase(writing);
  return connect(path, 'READ_ONLY');
}

async function readKnownVersion({ connection }: Database, location: string): Promise<number> {
  const version = await readSchemaVersion(connection);
  if (version > SCHEMA_VERSION) {
    throw new AppError('STORE_TOO_NEW', { db: location, found: version, known: SCHEMA_VERSION });
  }
  return version;
}

async function connect(path: string, accessMode: 'READ_WRITE' | 'READ_ONLY'): Promise<Database> {
  // From the cache: a process that opens a file twice must share one instance, for the file's lock does not hold within it.
  const instance = await DuckDBInstance.fromCache(path, { ...OPTIONS, access_mode: accessMode });
  return { instance, connection: await instance.connect(), path };
}

export function closeDatabase({ instance, connection }: Database): void {
  connection.closeSync();
  instance.closeSync();
}

const OPTIONS = {
  // No pool of threads beside the measuring one on a small machine: work is done on the calling thread of Node's own pool.
  threads: '1',
  // Large sorts go to disk instead; by default DuckDB would take 80 % of the machine.
  memory_limit: '512MB',
  // Nothing is fetched from the net, whatever a file claims to need.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};
