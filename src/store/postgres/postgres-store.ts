import type pg from 'pg';
import { createClock, takeOrigin } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import { text, UnreadableRow } from '../cells.ts';
import { type SqlDatabase, SqlFailure, type SqlReading, type SqlSession } from '../sql-database.ts';
import { SQL_SCHEMA_VERSION } from '../sql-schema.ts';
import { SqlStore } from '../sql-store.ts';
import type { Store, StoreWatch } from '../store.ts';
import { Claims } from './claims.ts';
import { connect, openConnection, openConnectionTwice } from './connection.ts';
import { maskPassword, takePatience } from './location.ts';
import { migrate, readSchemaVersion } from './schema.ts';
import { execute, openQuery } from './session.ts';
import { Writer } from './writer.ts';

/**
 * Rejects with STORE_UNREADABLE or STORE_TOO_NEW. A server that goes away later is waited for: 60 s, or as many as
 * `?reconnect_timeout=` of the URL says.
 */
export async function openPostgresStore(
  given: string,
  mode: 'write' | 'read',
  { say }: StoreWatch = { say: () => undefined },
): Promise<Store> {
  const location = maskPassword(given);
  const { url, patienceMs } = takePatience(given);
  let client: pg.Client | undefined;
  try {
    const connection = await openConnectionTwice(url);
    client = connection.client;
    const [row = {}] = await openQuery(client)('SELECT current_schema() AS name');
    if (row['name'] === null) throw new UnreadableRow('its search_path leads to no schema');
    const schema = text(row, 'name');
    await bringUpToDate(client, { location, mode });
    const writer = new Writer({
      connection,
      connect: () => openConnection(url),
      schema,
      patienceMs,
      clock: createClock(takeOrigin()),
      say: (line) => say(`${location}: ${line}`),
    });
    return new SqlStore(new PostgresDatabase({ url, location, writer, schema }));
  } catch (error) {
    await client?.end().catch(() => undefined);
    if (!(error instanceof SqlFailure || error instanceof UnreadableRow)) throw error;
    throw new AppError('STORE_UNREADABLE', { db: location, reason: error.message, hint: HINT }, { cause: error });
  }
}

const HINT = 'check the URL, that its server runs and that its user may use the database; or use another --db';

async function bringUpToDate(
  client: pg.Client,
  { location, mode }: { readonly location: string; readonly mode: 'write' | 'read' },
): Promise<void> {
  const readKnown = async (): Promise<number> => {
    const version = await readSchemaVersion(client);
    if (version <= SQL_SCHEMA_VERSION) return version;
    throw new AppError('STORE_TOO_NEW', { db: location, found: version, known: SQL_SCHEMA_VERSION });
  };
  const version = await readKnown();
  if (mode === 'read' && version === 0) throw new UnreadableRow('it holds no llm-bench tables');
  if (version < SQL_SCHEMA_VERSION) await migrate(client, readKnown);
}

interface PostgresParts {
  readonly url: string;
  readonly location: string;
  readonly writer: Writer;
  readonly schema: string;
}

class PostgresDatabase implements SqlDatabase {
  readonly location: string;
  readonly hint = HINT;
  readonly #url: string;
  readonly #writer: Writer;
  readonly #schema: string;

  constructor({ url, location, writer, schema }: PostgresParts) {
    this.location = location;
    this.#url = url;
    this.#writer = writer;
    this.#schema = schema;
  }

  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#writer.write(work);
  }

  async startReading(): Promise<SqlReading> {
    const client = await connect(this.#url);
    await execute(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return { query: openQuery(client), close: () => client.end().catch(() => undefined) };
  }

  claim(runId: string): Promise<boolean> {
    return this.#writer.claim(runId);
  }

  release(runId: string): Promise<void> {
    return this.#writer.release(runId);
  }

  async findClaimed(runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const reading = await this.startReading();
    try {
      return await new Claims(reading.query, this.#schema).findClaimed(runIds);
    } finally {
      await reading.close();
    }
  }

  /** Space within our tables is free for later runs; to hand it to the system would lock readers out. */
  async compact(): Promise<void> {
    const client = await connect(this.#url);
    try {
      await execute(client, 'VACUUM token_events, requests, runs, providers, window_metrics_1s');
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}
