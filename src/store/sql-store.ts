import { AppError } from '../errors.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Baseline, Run, RunOverview } from '../model/run.ts';
import type { Window } from '../model/window.ts';
import { type Row, UnreadableRow } from './cells.ts';
import { toCountCells, toRequestRow, toTokenEventRows } from './rows.ts';
import { fromWindowRow, toBaselineRow, toProgressRow, toProviderRows, toRunRow, toWindowRow } from './run-rows.ts';
import { type Query, type SqlDatabase, SqlFailure, type SqlReading, type SqlSession } from './sql-database.ts';
import { readBaselines, readGroup, readOverviews, readRecords, readRun } from './sql-read.ts';
import { BASELINES, PROVIDERS, REQUESTS, RUNS, SQL_TABLES, TOKEN_EVENTS, WINDOWS } from './sql-schema.ts';
import type { RequestCount, RunBatch, RunEnd, Store, StoredRun } from './store.ts';

/** Runs in SQLite or PostgreSQL, which several processes read and write at once. */
export class SqlStore implements Store {
  readonly location: string;
  readonly #database: SqlDatabase;
  /** Runs begun here. */
  readonly #begun = new Set<string>();
  /** Those of them that are not finished: every other process is told that they live. */
  readonly #claimed = new Set<string>();
  /** Settled when all writes before are done. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(database: SqlDatabase) {
    this.location = database.location;
    this.#database = database;
  }

  async createRun(run: Run): Promise<void> {
    const taken = (): AppError => new AppError('RUN_ID_TAKEN', { id: run.id, db: this.location });
    if (this.#claimed.has(run.id) || !(await this.#claim(run.id))) throw taken();
    try {
      await this.#write(async (session) => {
        const found = await session.query('SELECT run_id FROM runs WHERE run_id = ?', [run.id]);
        if (found.length > 0) throw taken();
        await session.insert(RUNS, [toRunRow(run)]);
        await session.insert(PROVIDERS, toProviderRows(run));
      });
    } catch (error) {
      // What kept the run from being written matters more than what keeps its claim from being given up.
      await this.#release(run.id).catch(() => undefined);
      throw error;
    }
    this.#begun.add(run.id);
  }

  async append(runId: string, batch: RunBatch): Promise<void> {
    this.#requireBegun(runId);
    await this.#write((session) => appendBatch(session, runId, batch));
  }

  async setCounts(runId: string, counts: readonly RequestCount[]): Promise<void> {
    this.#requireBegun(runId);
    const rows = counts.map(({ requestId, counted }) => ({
      run_id: runId,
      request_id: requestId,
      ...toCountCells(counted),
    }));
    await this.#write((session) => session.update(REQUESTS, rows));
  }

  async finishRun(runId: string, end: RunEnd): Promise<void> {
    this.#requireBegun(runId);
    const row = { run_id: runId, state: end.state, duration_ms: end.durationMs };
    await this.#write((session) => session.update(RUNS, [row]));
    await this.#release(runId);
  }

  async listRuns(limit: number | undefined): Promise<readonly RunOverview[]> {
    const list = (): Promise<readonly RunOverview[]> => this.#read((query) => readOverviews(query, limit));
    const runs = await list();
    const silent = await this.#findSilent(runs);
    if (silent.size === 0) return runs;
    // One that ended between being read and being asked for was neither claimed any more nor broken off.
    return (await list()).map((run) => (isBrokenOff(run, silent) ? { ...run, state: 'interrupted' } : run));
  }

  async findRun(runId: string): Promise<StoredRun | undefined> {
    const find = (): Promise<StoredRun | undefined> => this.#read((query) => readRun(query, runId));
    const found = await find();
    if (found === undefined) return undefined;
    const silent = await this.#findSilent([{ id: runId, state: found.state }]);
    if (silent.size === 0) return found;
    const again = await find();
    return again?.state === 'running' ? { ...again, state: 'interrupted' } : again;
  }

  findGroup(groupId: string | undefined): Promise<readonly string[]> {
    return this.#read((query) => readGroup(query, groupId));
  }

  async *records(runId: string): AsyncGenerator<readonly RequestRecord[]> {
    const reading = await this.#startReading();
    try {
      yield* readRecords(reading.query, runId);
    } catch (error) {
      throw this.#toReadFailure(error);
    } finally {
      await reading.close();
    }
  }

  windows(runId: string, targetIndex: number): Promise<readonly Window[]> {
    const sql = 'SELECT * FROM window_metrics_1s WHERE run_id = ? AND target_index = ? ORDER BY second';
    return this.#read(async (query) => (await query(sql, [runId, targetIndex])).map(fromWindowRow));
  }

  async removeRun(runId: string): Promise<boolean> {
    const isThere = await this.#write(async ({ query }) => {
      const found = await query('SELECT run_id FROM runs WHERE run_id = ?', [runId]);
      for (const { name } of SQL_TABLES) await query(`DELETE FROM ${name} WHERE run_id = ?`, [runId]);
      return found.length > 0;
    });
    if (this.#begun.delete(runId)) await this.#release(runId);
    return isThere;
  }

  dropEvents(runIds: readonly string[], atIso: string): Promise<void> {
    return this.#write(async (session) => {
      for (const runId of runIds) await session.query('DELETE FROM token_events WHERE run_id = ?', [runId]);
      const rows = runIds.map((runId) => ({ run_id: runId, events_dropped_at_iso: atIso }));
      await session.update(RUNS, rows);
    });
  }

  async compact(): Promise<void> {
    await this.#inLine(() => this.#database.compact());
  }

  baselines(): Promise<readonly Baseline[]> {
    return this.#read(readBaselines);
  }

  setBaseline(baseline: Baseline): Promise<void> {
    return this.#write((session) => session.replace(BASELINES, [toBaselineRow(baseline)]));
  }

  removeBaseline(name: string): Promise<boolean> {
    return this.#write(async ({ query }) => {
      const found = await query('SELECT name FROM baselines WHERE name = ?', [name]);
      await query('DELETE FROM baselines WHERE name = ?', [name]);
      return found.length > 0;
    });
  }

  async close(): Promise<void> {
    await this.#lastWrite;
    await this.#database.close();
  }

  #requireBegun(runId: string): void {
    if (!this.#begun.has(runId)) throw new Error(`run ${runId} was not begun in this store`);
  }

  async #claim(runId: string): Promise<boolean> {
    const isOurs = await this.#inLine(() => this.#database.claim(runId));
    if (isOurs) this.#claimed.add(runId);
    return isOurs;
  }

  async #release(runId: string): Promise<void> {
    if (this.#claimed.delete(runId)) await this.#inLine(() => this.#database.release(runId));
  }

  /** Ids of runs that call themselves running, and of which no living process says so. */
  async #findSilent(runs: readonly Pick<RunOverview, 'id' | 'state'>[]): Promise<ReadonlySet<string>> {
    const running = runs.filter(({ id, state }) => state === 'running' && !this.#claimed.has(id)).map(({ id }) => id);
    if (running.length === 0) return new Set();
    try {
      const claimed = await this.#database.findClaimed(running);
      return new Set(running.filter((id) => !claimed.has(id)));
    } catch (error) {
      throw this.#toReadFailure(error);
    }
  }

  #write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#inLine(() => this.#database.write(work));
  }

  /** After all writes before it. */
  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lastWrite.then(work);
    // Whoever asked for a write hears of its failure; those in line do not.
    this.#lastWrite = done.catch(() => undefined);
    return done.catch((error: unknown) => {
      throw this.#toWriteFailure(error);
    });
  }

  async #read<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const reading = await this.#startReading();
    try {
      return await work(reading.query);
    } catch (error) {
      throw this.#toReadFailure(error);
    } finally {
      await reading.close();
    }
  }

  async #startReading(): Promise<SqlReading> {
    try {
      return await this.#database.startReading();
    } catch (error) {
      throw this.#toReadFailure(error);
    }
  }

  #toReadFailure(error: unknown): unknown {
    if (!(error instanceof SqlFailure || error instanceof UnreadableRow)) return error;
    const { location, hint } = this.#database;
    return new AppError('STORE_UNREADABLE', { db: location, reason: error.message, hint }, { cause: error });
  }

  #toWriteFailure(error: unknown): unknown {
    if (!(error instanceof SqlFailure || error instanceof UnreadableRow)) return error;
    return new AppError('STORE_WRITE_FAILED', { db: this.location, reason: error.message }, { cause: error });
  }
}

function isBrokenOff(run: RunOverview, silent: ReadonlySet<string>): boolean {
  return run.state === 'running' && silent.has(run.id);
}

async function appendBatch(session: SqlSession, runId: string, batch: RunBatch): Promise<void> {
  const { records, windows, progress } = batch;
  await session.insert(
    REQUESTS,
    records.map((record) => toRequestRow(runId, record)),
  );
  await session.insert(
    TOKEN_EVENTS,
    records.flatMap((record): readonly Row[] => toTokenEventRows(runId, record)),
  );
  // The last of two for the same second wins.
  const rows = windows.map(({ targetIndex, window }) => toWindowRow(runId, targetIndex, window));
  const bySecond = new Map(rows.map((row) => [`${row.target_index} ${row.second}`, row]));
  await session.replace(WINDOWS, [...bySecond.values()]);
  const byTarget = new Map(progress.map((each) => [each.targetIndex, each]));
  await session.update(
    PROVIDERS,
    [...byTarget.values()].map((each) => ({
      run_id: runId,
      target_index: each.targetIndex,
      ...toProgressRow(each),
    })),
  );
}
