import { createHash } from 'node:crypto';
import type { Query } from '../sql-database.ts';

/**
 * Tells other processes which runs this one is at: by a lock that the server holds for this connection and takes back when the
 * connection ends, however the process at its other end died.
 */
export class Claims {
  readonly #query: Query;
  readonly #schema: string;

  /** What is claimed through `query` lasts as long as its connection. */
  constructor(query: Query, schema: string) {
    this.#query = query;
    this.#schema = schema;
  }

  async claim(runId: string): Promise<boolean> {
    const [row] = await this.#query('SELECT pg_try_advisory_lock(CAST(? AS bigint)) AS is_ours', [this.#keyOf(runId)]);
    return row?.['is_ours'] === true;
  }

  async release(runId: string): Promise<void> {
    await this.#query('SELECT pg_advisory_unlock(CAST(? AS bigint)) AS was_ours', [this.#keyOf(runId)]);
  }

  /** Those of `runIds` that any connection has claimed. */
  async findClaimed(runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const held = new Set((await this.#query(HELD_SQL)).map((row) => row['key']));
    return new Set(runIds.filter((runId) => held.has(this.#keyOf(runId))));
  }

  /** Locks are numbers, and those of one database are shared by all its schemas. */
  #keyOf(runId: string): string {
    const digest = createHash('sha256').update(`llm-bench\0${this.#schema}\0${runId}`).digest();
    return String(digest.readBigInt64BE());
  }
}

const HELD_SQL = `
  SELECT CAST((CAST(classid AS bigint) << 32) | CAST(objid AS bigint) AS text) AS key FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
