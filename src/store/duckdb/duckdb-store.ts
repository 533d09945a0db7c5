import { DOUBLE, type DuckDBConnection, VARCHAR } from '@duckdb/node-api';
import { AppError } from '../../errors.ts';
import type { RequestRecord } from '../../model/record.ts';
import type { Baseline, Run, RunOverview, RunState } from '../../model/run.ts';
import type { Window } from '../../model/window.ts';
import {
  BASELINE_COLUMNS,
  fromWindowRow,
  PROVIDER_COLUMNS,
  RUN_COLUMNS,
  toBaselineRow,
  toProviderRows,
  toRunRow,
} from '../run-rows.ts';
import { readBaselines, readGroup, readOverviews, readRecords, readRun } from '../sql-read.ts';
import type { RequestCount, RunBatch, RunEnd, Store, StoredRun } from '../store.ts';
import { appendBatch, appendRows, setCounts } from './append.ts';
import { closeDatabase, type Database, type Mode, openDatabase } from './database.ts';
import { toReadFailure, toWriteFailure } from './failure.ts';
import { inTransaction, queryOn, queryRows } from './query.ts';
import { TABLES } from './schema.ts';

/** Rejects with STORE_NOT_FOUND, STORE_LOCKED, STORE_UNREADABLE or STORE_TOO_NEW. */
export async function openDuckDbStore(location: string, mode: Mode): Promise<Store> {
  return new DuckDbStore(location, await openDatabase(location, mode));
}

/**
 * Runs in one DuckDB file. Its lock admits one writing process, or many reading ones. A commit is on disk, in the write-ahead log,
 * before its promise resolves; opening the file replays that log, so that a killed process loses only what was not resolved.
 */
class DuckDbStore implements Store {
  readonly location: string;
  readonly #database: Database;
  /** Runs begun here: every other run that the file calls `running` has lost its process, for the lock admits no second one. */
  readonly #begun = new Set<string>();
  /** Settled when all writes before are done: a connection has one transaction at a time. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(location: string, database: Database) {
    this.location = location;
    this.#database = database;
  }

  async createRun(run: Run): Promise<void> {
    await this.#write(async (connection) => {
      const taken = await queryRows(connection, 'SELECT run_id FROM runs WHERE run_id = ?', { values: [run.id] });
      if (taken.length > 0) throw new AppError('RUN_ID_TAKEN', { id: run.id, db: this.location });
      await appendRows(connection, { name: 'runs', columns: RUN_COLUMNS }, [toRunRow(run)]);
      await appendRows(connection, { name: 'providers', columns: PROVIDER_COLUMNS }, toProviderRows(run));
    });
    this.#begun.add(run.id);
  }

  async append(runId: string, batch: RunBatch): Promise<void> {
    this.#requireBegun(runId);
    await this.#write((connection) => appendBatch(connection, runId, batch));
  }

  async setCounts(runId: string, counts: readonly RequestCount[]): Promise<void> {
    this.#requireBegun(runId);
    await this.#write((connection) => setCounts(connection, runId, counts));
  }

  async finishRun(runId: string, end: RunEnd): Promise<void> {
    this.#requireBegun(runId);
    const sql = 'UPDATE runs SET state = ?, duration_ms = ? WHERE run_id = ?';
    await this.#write((connection) =>
      connection.run(sql, [end.state, end.durationMs, runId], [VARCHAR, DOUBLE, VARCHAR]),
    );
  }

  async listRuns(limit: number | undefined): Promise<readonly RunOverview[]> {
    const runs = await this.#read((connection) => readOverviews(queryOn(connection), limit));
    return runs.map((run) => ({ ...run, state: this.#stateNow(run.id, run.state) }));
  }

  async findRun(runId: string): Promise<StoredRun | undefined> {
    const found = await this.#read((connection) => readRun(queryOn(connection), runId));
    return found && { ...found, state: this.#stateNow(runId, found.state) };
  }

  findGroup(groupId: string | undefined): Promise<readonly string[]> {
    return this.#read((connection) => readGroup(queryOn(connection), groupId));
  }

  async *records(runId: string): AsyncGenerator<readonly RequestRecord[]> {
    const connection = await this.#database.instance.connect();
    try {
      // One transaction, so that blocks read later still belong to the same moment.
      await connection.run('BEGIN');
      yield* readRecords(queryOn(connection), runId);
    } catch (error) {
      throw toReadFailure(error, this.location);
    } finally {
      connection.closeSync();
    }
  }

  windows(runId: string, targetIndex: number): Promise<readonly Window[]> {
    const sql = 'SELECT * FROM window_metrics_1s WHERE run_id = ? AND target_index = ? ORDER BY second';
    return this.#read(async (connection) => {
      const rows = await queryRows(connection, sql, { values: [runId, targetIndex] });
      return rows.map(fromWindowRow);
    });
  }

  removeRun(runId: string): Promise<boolean> {
    return this.#write(async (connection) => {
      const found = await queryRows(connection, 'SELECT run_id FROM runs WHERE run_id = ?', { values: [runId] });
      for (const table of TABLES) await connection.run(`DELETE FROM ${table} WHERE run_id = ?`, [runId]);
      return found.length > 0;
    });
  }

  dropEvents(runIds: readonly string[], atIso: string): Promise<void> {
    return this.#write(async (connection) => {
      for (const runId of runIds) {
        await connection.run('DELETE FROM token_events WHERE run_id = ?', [runId]);
        await connection.run('UPDATE runs SET events_dropped_at_iso = ? WHERE run_id = ?', [atIso, runId]);
      }
    });
  }

  /** Blocks at the end of the file are cut off; those between are free for later runs. */
  async compact(): Promise<void> {
    await this.#lastWrite;
    try {
      await this.#database.connection.run('CHECKPOINT');
    } catch (error) {
      throw toWriteFailure(error, this.location);
    }
  }

  baselines(): Promise<readonly Baseline[]> {
    return this.#read((connection) => readBaselines(queryOn(connection)));
  }

  setBaseline(baseline: Baseline): Promise<void> {
    return this.#write(async (connection) => {
      await connection.run('DELETE FROM baselines WHERE name = ?', [baseline.name]);
      await appendRows(connection, { name: 'baselines', columns: BASELINE_COLUMNS }, [toBaselineRow(baseline)]);
    });
  }

  removeBaseline(name: string): Promise<boolean> {
    return this.#write(async (connection) => {
      const sql = 'DELETE FROM baselines WHERE name = ? RETURNING name';
      return (await queryRows(connection, sql, { values: [name] })).length > 0;
    });
  }

  async close(): Promise<void> {
    await this.#lastWrite;
    closeDatabase(this.#database);
  }

  /** A run that the file calls `running` and that was not begun here was broken off. */
  #stateNow(runId: string, state: RunState): RunState {
    return state === 'running' && !this.#begun.has(runId) ? 'interrupted' : state;
  }

  #requireBegun(runId: string): void {
    if (!this.#begun.has(runId)) throw new Error(`run ${runId} was not begun in this store`);
  }

  /** In a transaction of its own, after all writes before it. */
  #write<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const { connection } = this.#database;
    const written = this.#lastWrite.then(() => inTransaction(connection, () => work(connection)));
    // Whoever asked for a write hears of its failure; those in line do not.
    this.#lastWrite = written.catch(() => undefined);
    return written.catch((error: unknown) => {
      throw toWriteFailure(error, this.location);
    });
  }

  /** On a connection of its own, which sees one moment of the file whatever is written meanwhile. */
  async #read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#database.instance.connect();
    try {
      return await inTransaction(connection, () => work(connection));
    } catch (error) {
      throw toReadFailure(error, this.location);
    } finally {
      connection.closeSync();
    }
  }
}
