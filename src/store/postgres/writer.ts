import { type Clock, sleep } from '../../clock.ts';
import { SqlFailure, type SqlSession } from '../sql-database.ts';
import { endBackend, wasCommitted } from './backend.ts';
import { Claims } from './claims.ts';
import type { Connection } from './connection.ts';
import { isPassing, PassingFailure } from './failure.ts';
import { execute, openQuery, openSession } from './session.ts';

export interface WriterParts {
  readonly connection: Connection;
  readonly connect: () => Promise<Connection>;
  readonly schema: string;
  readonly clock: Clock;
  /** How long a server that is gone is waited for. */
  readonly patienceMs: number;
  /** Tells people, in one line, that the server is gone or back. */
  readonly say: (line: string) => void;
}

/** A transaction whose end was asked for. */
interface Commit<T> {
  readonly transactionId: string;
  readonly result: T;
}

/**
 * The connection that writes and holds the claims. When it is lost, another is opened and the write is done again, unless the server
 * says that it was done: nothing is lost and nothing is there twice. The claims are taken again before anything is written.
 */
export class Writer {
  readonly #parts: WriterParts;
  readonly #claims: Claims;
  readonly #held = new Set<string>();
  #connection: Connection;
  #isLost = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#connection = parts.connection;
    this.#claims = new Claims((sql, values) => openQuery(this.#connection.client)(sql, values), parts.schema);
  }

  /** All of the work happens, once. It may be called again when what it did is lost. */
  async write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    let commit: Commit<T> | undefined;
    return await this.#persist(async () => {
      const { client } = this.#connection;
      if (commit !== undefined && (await wasCommitted(client, commit.transactionId))) return commit.result;
      commit = undefined;
      await execute(client, 'BEGIN');
      try {
        const result = await work(openSession(client));
        const [row] = await openQuery(client)('SELECT CAST(txid_current() AS text) AS id');
        commit = { transactionId: String(row?.['id']), result };
        await execute(client, 'COMMIT');
        return result;
      } catch (error) {
        // On a connection that is lost there is nothing to roll back.
        if (!isPassing(error)) await execute(client, 'ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  async claim(runId: string): Promise<boolean> {
    const isOurs = await this.#persist(() => this.#claims.claim(runId));
    if (isOurs) this.#held.add(runId);
    return isOurs;
  }

  async release(runId: string): Promise<void> {
    this.#held.delete(runId);
    await this.#persist(() => this.#claims.release(runId));
  }

  async close(): Promise<void> {
    // The server takes the claims back with the connection.
    await this.#connection.client.end().catch(() => undefined);
  }

  /** Tries again, each time a little later, for as long as only the way to the server is at fault. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    const { clock, patienceMs, say } = this.#parts;
    let lostAtMs: number | undefined;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        if (this.#isLost) await this.#restore();
        const result = await work();
        if (lostAtMs !== undefined) say('the database is back; nothing was lost');
        return result;
      } catch (error) {
        if (!isPassing(error)) throw error;
        this.#isLost = true;
        if (lostAtMs === undefined && patienceMs > 0)
          say(`${wordsOf(error)}; trying again for ${patienceMs / 1_000} s`);
        lostAtMs ??= clock.nowMs();
        if (clock.nowMs() + pauseMs - lostAtMs > patienceMs) throw withPatience(error, patienceMs);
        await sleep(clock, pauseMs);
      }
    }
  }

  async #restore(): Promise<void> {
    const old = this.#connection;
    // It is gone, or hangs: its end is not waited for.
    void old.client.end().catch(() => undefined);
    const connection = await this.#parts.connect();
    try {
      await endBackend(connection.client, old);
      const claims = new Claims(openQuery(connection.client), this.#parts.schema);
      for (const runId of this.#held) {
        if (!(await claims.claim(runId))) throw new PassingFailure(`another process writes run ${runId}`);
      }
    } catch (error) {
      void connection.client.end().catch(() => undefined);
      throw error;
    }
    this.#connection = connection;
    this.#isLost = false;
  }
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withPatience(error: unknown, patienceMs: number): unknown {
  if (patienceMs === 0) return error;
  return new SqlFailure(`${wordsOf(error)}, and it did not come back within ${patienceMs / 1_000} s`, { cause: error });
}
