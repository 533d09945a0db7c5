import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { RequestRecord, TokenEvent } from '../../model/record.ts';
import type { RunOverview, RunState, TargetProgress } from '../../model/run.ts';
import { number, numberIfAny, type Row, text } from '../cells.ts';
import { fromRequestRow, fromTokenEventRow, REQUEST_COLUMNS, TOKEN_EVENT_COLUMNS } from '../rows.ts';
import { fromProviderRow, fromRunRow, fromStateCell } from '../run-rows.ts';
import type { StoredRun } from '../store.ts';
import { queryRows } from './query.ts';

/** Whether a run's process, which is this one, is still at it. A `running` one of the file that is not was broken off. */
export type IsAlive = (runId: string) => boolean;

export async function readRun(
  connection: DuckDBConnection,
  runId: string,
  isAlive: IsAlive,
): Promise<StoredRun | undefined> {
  const [row] = await queryRows(connection, 'SELECT * FROM runs WHERE run_id = ?', { values: [runId] });
  if (row === undefined) return undefined;
  const providers = await queryRows(connection, 'SELECT * FROM providers WHERE run_id = ? ORDER BY target_index', {
    values: [runId],
  });
  return {
    run: fromRunRow(row),
    state: toState(row, isAlive),
    durationMs: numberIfAny(row, 'duration_ms') ?? (await readLastEndMs(connection, runId)),
    progress: providers.map(fromProviderRow).filter((each): each is TargetProgress => each !== undefined),
  };
}

export async function readOverviews(
  connection: DuckDBConnection,
  limit: number | undefined,
  isAlive: IsAlive,
): Promise<readonly RunOverview[]> {
  const runs = await queryRows(connection, OVERVIEW_SQL, { values: [limit ?? ALL_RUNS] });
  const providers = await queryRows(
    connection,
    'SELECT run_id, provider, model FROM providers WHERE list_contains(?, run_id) ORDER BY target_index',
    { values: [listValue(runs.map((row) => text(row, 'run_id')))], types: [LIST(VARCHAR)] },
  );
  const byRun = Map.groupBy(providers, (row) => text(row, 'run_id'));
  return runs.map((row) => {
    const targets = byRun.get(text(row, 'run_id')) ?? [];
    return {
      id: text(row, 'run_id'),
      state: toState(row, isAlive),
      startedAtIso: text(row, 'started_at_iso'),
      durationMs: number(row, 'duration_ms'),
      providers: [...new Set(targets.map((target) => text(target, 'provider')))],
      models: [...new Set(targets.map((target) => text(target, 'model')))],
      requests: number(row, 'requests'),
      completed: number(row, 'completed'),
      failed: number(row, 'failed'),
    };
  });
}

const ALL_RUNS = 2 ** 31 - 1;

/** Runs of the same millisecond stand by their id, so that the order never wavers. */
const OVERVIEW_SQL = `
  WITH listed AS (
    SELECT run_id, started_at_iso, state, duration_ms FROM runs ORDER BY started_at_iso DESC, run_id DESC LIMIT ?
  ), counted AS (
    SELECT run_id, max(ended_at_ms) AS last_end_at_ms,
      count(*) FILTER (phase = 'measure') AS requests,
      count(*) FILTER (phase = 'measure' AND outcome = 'completed') AS completed,
      count(*) FILTER (phase = 'measure' AND outcome = 'failed') AS failed
    FROM requests SEMI JOIN listed USING (run_id) GROUP BY run_id
  )
  SELECT run_id, started_at_iso, state, coalesce(duration_ms, last_end_at_ms, 0) AS duration_ms,
    coalesce(requests, 0) AS requests, coalesce(completed, 0) AS completed, coalesce(failed, 0) AS failed
  FROM listed LEFT JOIN counted USING (run_id) ORDER BY started_at_iso DESC, run_id DESC`;

function toState(row: Row, isAlive: IsAlive): RunState {
  const state = fromStateCell(row);
  return state === 'running' && !isAlive(text(row, 'run_id')) ? 'interrupted' : state;
}

async function readLastEndMs(connection: DuckDBConnection, runId: string): Promise<number> {
  const sql = 'SELECT coalesce(max(ended_at_ms), 0) AS last_end_at_ms FROM requests WHERE run_id = ?';
  const [row = {}] = await queryRows(connection, sql, { values: [runId] });
  return number(row, 'last_end_at_ms');
}

/** Neighbours in the order of ids, to be read at once. */
interface Block {
  readonly firstId: number;
  lastId: number;
  requests: number;
  events: number;
}

/** Requests and events of one block: few enough to hold, enough that a query's fixed cost (about 1 ms) does not show. */
const BLOCK_REQUESTS = 1_000;
const BLOCK_EVENTS = 50_000;

/** Blocks of a run's records, ascending. One list of ids is all that is held of the whole run. */
export async function* readRecords(
  connection: DuckDBConnection,
  runId: string,
): AsyncGenerator<readonly RequestRecord[]> {
  const sizes = await queryRows(
    connection,
    'SELECT request_id, token_event_count FROM requests WHERE run_id = ? ORDER BY request_id',
    { values: [runId] },
  );
  for (const block of toBlocks(sizes)) yield await readBlock(connection, runId, block);
}

function toBlocks(sizes: readonly Row[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const row of sizes) {
    const id = number(row, 'request_id');
    const events = number(row, 'token_event_count');
    const last = blocks.at(-1);
    if (last !== undefined && last.requests < BLOCK_REQUESTS && last.events + events <= BLOCK_EVENTS) {
      last.lastId = id;
      last.requests++;
      last.events += events;
    } else {
      blocks.push({ firstId: id, lastId: id, requests: 1, events });
    }
  }
  return blocks;
}

async function readBlock(connection: DuckDBConnection, runId: string, block: Block): Promise<RequestRecord[]> {
  const within = `WHERE run_id = ? AND request_id BETWEEN ${block.firstId} AND ${block.lastId}`;
  const bound = { values: [runId] };
  const requests = await queryRows(
    connection,
    `SELECT ${Object.keys(REQUEST_COLUMNS)} FROM requests ${within} ORDER BY request_id`,
    bound,
  );
  const events = await queryRows(
    connection,
    `SELECT ${Object.keys(TOKEN_EVENT_COLUMNS)} FROM token_events ${within} ORDER BY request_id, event_index`,
    bound,
  );
  const byRequest = new Map<number, TokenEvent[]>();
  for (const row of events) {
    const id = number(row, 'request_id');
    const ofRequest = byRequest.get(id);
    if (ofRequest === undefined) byRequest.set(id, [fromTokenEventRow(row)]);
    else ofRequest.push(fromTokenEventRow(row));
  }
  return requests.map((row) => fromRequestRow(row, byRequest.get(number(row, 'request_id')) ?? []));
}
