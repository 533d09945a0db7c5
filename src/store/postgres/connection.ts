import pg from 'pg';
import { isPassing, toSqlFailure } from './failure.ts';
import { execute, openQuery } from './session.ts';

export interface Connection {
  readonly client: pg.Client;
  /** Of the server's process at the other end; another has the same number, but not since the same moment. */
  readonly backendId: number;
  readonly backendStart: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** No batch of ours takes a server that long: the way to it is cut, and no word of that came through. */
const ANSWER_TIMEOUT_MS = 120_000;

/** One to write on: it takes no answer for a long time as lost. Rejects with a `SqlFailure`. */
export async function openConnection(url: string): Promise<Connection> {
  const client = await connect(url, ANSWER_TIMEOUT_MS);
  try {
    const [row] = await openQuery(client)(
      `SELECT pid, CAST(extract(epoch FROM backend_start) AS text) AS start
        FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
    );
    return { client, backendId: Number(row?.['pid']), backendStart: String(row?.['start']) };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** A server that has just restarted lets a first connection fall; nothing has been asked by then. */
export async function openConnectionTwice(url: string): Promise<Connection> {
  try {
    return await openConnection(url);
  } catch (error) {
    if (!isPassing(error)) throw error;
    return await openConnection(url);
  }
}

/** Rejects with a `SqlFailure`. */
export async function connect(url: string, answerTimeoutMs?: number): Promise<pg.Client> {
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'llm-bench',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: CONNECT_TIMEOUT_MS,
      ...(answerTimeoutMs === undefined ? {} : { query_timeout: answerTimeoutMs }),
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
