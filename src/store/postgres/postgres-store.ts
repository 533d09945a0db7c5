import pg from 'pg';
import { AppError } from '../../errors.ts';
import { text, UnreadableRow } from '../cells.ts';
import { type SqlDatabase, SqlFailure, type SqlReading, type SqlSession } from '../sql-database.ts';
import { SQL_SCHEMA_VERSION } from '../sql-schema.ts';
import { SqlStore } from '../sql-store.ts';
import type { Store } from '../store.ts';
import { Claims } from './claims.ts';
import { isPassing, toSqlFailure } from './failure.ts';
import { maskPassword } from './location.ts';
import { migrate, readSchemaVersion } from './schema.ts';
import { execute, openQuery, openSession } from './session.ts';

/** Rejects with STORE_UNREADABLE or STORE_TOO_NEW. */
export async function openPostgresStore(url: string, mode: 'write' | 'read'): Promise<Store> {
  const location = maskPassword(url);
  let client: pg.Client | undefined;
  try {
    client = await connectTwice(url);
    const [row = {}] = await openQuery(client)('SELECT current_schema() AS name');
    if (row['name'] === null) throw new UnreadableRow('its search_path leads to no schema');
    await bringUpToDate(client, { location, mode });
    return new SqlStore(new PostgresDatabase({ url, location, client, schema: text(row, 'name') }));
  } catch (error) {
    await client?.end().catch(() => undefined);
    if (!(error instanceof SqlFailure || error instanceof UnreadableRow)) throw error;
    throw new AppError('STORE_UNREADABLE', { db: location, reason: error.message, hint: HINT }, { cause: error });
  }
}

const HINT = 'check the URL, that its server runs and that its user may use the database; or use another --db';

/** A server that has just restarted lets a first connection fall; nothing has been asked by then. */
async function connectTwice(url: string): Promise<pg.Client> {
  try {
    return await connect(url);
  } catch (error) {
    if (!(error instanceof SqlFailure && isPassing(error.cause))) throw error;
    return await connect(url);
  }
}

const CONNECT_TIMEOUT_MS = 10_000;

async function connect(url: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'llm-bench',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    // A connection that is lost says so again to whoever asks for something next.
    client.on('error', () => undefined);
    await client.connect();
    // Servers before 12 would round numbers.
    await execute(client, 'SET extra_float_digits = 3');
    return client;
  } catch (error) {
    throw toSqlFailure(error);
  }
}

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
  /** The connection that writes, and that holds the claims. */
  readonly client: pg.Client;
  readonly schema: string;
}

class PostgresDatabase implements SqlDatabase {
  readonly location: string;
  readonly hint = HINT;
  readonly #url: string;
  readonly #client: pg.Client;
  readonly #session: SqlSession;
  readonly #claims: Claims;

  constructor({ url, location, client, schema }: PostgresParts) {
    this.location = location;
    this.#url = url;
    this.#client = client;
    this.#session = openSession(client);
    this.#claims = new Claims(this.#session.query, schema);
  }

  async write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    await execute(this.#client, 'BEGIN');
    try {
      const result = await work(this.#session);
      await execute(this.#client, 'COMMIT');
      return result;
    } catch (error) {
      // On a connection that is lost there is nothing to roll back.
      await execute(this.#client, 'ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async startReading(): Promise<SqlReading> {
    const client = await connect(this.#url);
    await execute(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return { query: openQuery(client), close: () => client.end().catch(() => undefined) };
  }

  claim(runId: string): Promise<boolean> {
    return this.#claims.claim(runId);
  }

  release(runId: string): Promise<void> {
    return this.#claims.release(runId);
  }

  async findClaimed(runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const reading = await this.startReading();
    try {
      return await this.#claims.findClaimed(reading.query, runIds);
    } finally {
      await reading.close();
    }
  }

  async close(): Promise<void> {
    // The server takes the claims back with the connection.
    await this.#client.end().catch(() => undefined);
  }
}
