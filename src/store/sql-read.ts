/** Reads runs and their records, once for all databases that speak SQL. */
import type { RequestRecord, TokenEvent } from '../model/record.ts';
import type { Baseline, RunOverview, TargetProgress } from '../model/run.ts';
import { number, numberIfAny, type Row, text, textIfAny, wordIfAny } from './cells.ts';
import { fromRequestRow, fromTokenEventRow, REQUEST_COLUMNS, TOKEN_EVENT_COLUMNS } from './rows.ts';
import { fromBaselineRow, fromLabelsCell, fromProviderRow, fromRunRow, fromStateCell, TOOLS } from './run-rows.ts';
import type { Query } from './sql-database.ts';
import type { StoredRun } from './store.ts';

/** A run as its row says; whether one that is `running` still lives is for the store to know. */
export async function readRun(query: Query, runId: string): Promise<StoredRun | undefined> {
  const [row] = await query('SELECT * FROM runs WHERE run_id = ?', [runId]);
  if (row === undefined) return undefined;
  const providers = await query('SELECT * FROM providers WHERE run_id = ? ORDER BY target_index', [runId]);
  return {
    run: fromRunRow(row),
    state: fromStateCell(row),
    durationMs: numberIfAny(row, 'duration_ms') ?? (await readLastEndMs(query, runId)),
    progress: providers.map(fromProviderRow).filter((each): each is TargetProgress => each !== undefined),
    eventsDroppedAtIso: textIfAny(row, 'events_dropped_at_iso'),
  };
}

/** Runs as their rows say, newest first. */
export async function readOverviews(query: Query, limit: number | undefined): Promise<readonly RunOverview[]> {
  const values = [limit ?? ALL_RUNS];
  const runs = await query(OVERVIEW_SQL, values);
  const byRun = Map.groupBy(await query(LISTED_PROVIDERS_SQL, values), (row) => text(row, 'run_id'));
  return runs.map((row) => {
    const targets = byRun.get(text(row, 'run_id')) ?? [];
    return {
      id: text(row, 'run_id'),
      state: fromStateCell(row),
      startedAtIso: text(row, 'started_at_iso'),
      durationMs: number(row, 'duration_ms'),
      providers: [...new Set(targets.map((target) => text(target, 'provider')))],
      models: [...new Set(targets.map((target) => text(target, 'model')))],
      labels: fromLabelsCell(textIfAny(row, 'labels_json')),
      importedFrom: wordIfAny(row, 'imported_from', TOOLS),
      requests: number(row, 'requests'),
      completed: number(row, 'completed'),
      failed: number(row, 'failed'),
    };
  });
}

const ALL_RUNS = 2 ** 31 - 1;

/** Runs of the same millisecond stand by their id, so that the order never wavers. */
const LISTED_SQL = `
  WITH listed AS (
    SELECT run_id, started_at_iso, state, duration_ms, labels_json, imported_from FROM runs ORDER BY started_at_iso DESC, run_id DESC LIMIT ?
  )`;

/** Counts are of 64 bits, which not every database gives as a number. */
const OVERVIEW_SQL = `${LISTED_SQL}, counted AS (
    SELECT run_id, max(ended_at_ms) AS last_end_at_ms,
      CAST(count(*) FILTER (WHERE phase = 'measure') AS INTEGER) AS requests,
      CAST(count(*) FILTER (WHERE phase = 'measure' AND outcome = 'completed') AS INTEGER) AS completed,
      CAST(count(*) FILTER (WHERE phase = 'measure' AND outcome = 'failed') AS INTEGER) AS failed
    FROM requests WHERE run_id IN (SELECT run_id FROM listed) GROUP BY run_id
  )
  SELECT run_id, started_at_iso, state, labels_json, imported_from, coalesce(duration_ms, last_end_at_ms, 0) AS duration_ms,
    coalesce(requests, 0) AS requests, coalesce(completed, 0) AS completed, coalesce(failed, 0) AS failed
  FROM listed LEFT JOIN counted USING (run_id) ORDER BY started_at_iso DESC, run_id DESC`;

const LISTED_PROVIDERS_SQL = `${LISTED_SQL}
  SELECT run_id, provider, model FROM providers WHERE run_id IN (SELECT run_id FROM listed) ORDER BY target_index`;

/** Names that stand for runs, by name. */
export async function readBaselines(query: Query): Promise<readonly Baseline[]> {
  return (await query('SELECT * FROM baselines ORDER BY name')).map(fromBaselineRow);
}

/** Ids of the runs of one group, oldest first; undefined: of the group with the newest run. */
export async function readGroup(query: Query, groupId: string | undefined): Promise<readonly string[]> {
  const id = groupId ?? (await readNewestGroup(query));
  if (id === undefined) return [];
  const rows = await query('SELECT run_id FROM runs WHERE group_id = ? ORDER BY started_at_iso, run_id', [id]);
  return rows.map((row) => text(row, 'run_id'));
}

async function readNewestGroup(query: Query): Promise<string | undefined> {
  const sql = `SELECT group_id FROM runs WHERE group_id IS NOT NULL ORDER BY started_at_iso DESC, run_id DESC LIMIT 1`;
  const [row] = await query(sql, []);
  return row && text(row, 'group_id');
}

async function readLastEndMs(query: Query, runId: string): Promise<number> {
  const sql = 'SELECT coalesce(max(ended_at_ms), 0) AS last_end_at_ms FROM requests WHERE run_id = ?';
  const [row = {}] = await query(sql, [runId]);
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
export async function* readRecords(query: Query, runId: string): AsyncGenerator<readonly RequestRecord[]> {
  const sql = 'SELECT request_id, token_event_count FROM requests WHERE run_id = ? ORDER BY request_id';
  for (const block of toBlocks(await query(sql, [runId]))) yield await readBlock(query, runId, block);
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

/** All but what is known already: of the most rows by far, each cell counts. */
const EVENT_COLUMNS_READ = Object.keys(TOKEN_EVENT_COLUMNS).filter(
  (name) => name !== 'run_id' && name !== 'event_index',
);

async function readBlock(query: Query, runId: string, block: Block): Promise<RequestRecord[]> {
  const within = `WHERE run_id = ? AND request_id BETWEEN ${block.firstId} AND ${block.lastId}`;
  const requests = await query(`SELECT ${Object.keys(REQUEST_COLUMNS)} FROM requests ${within} ORDER BY request_id`, [
    runId,
  ]);
  const events = await query(
    `SELECT ${EVENT_COLUMNS_READ} FROM token_events ${within} ORDER BY request_id, event_index`,
    [runId],
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
