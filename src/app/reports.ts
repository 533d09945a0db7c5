import { AppError } from '../errors.ts';
import type { RunOverview, RunState } from '../model/run.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';
import { findRunId } from './find-run-id.ts';
import { requireNoBaseline } from './prune-runs.ts';
import { loadResult, type RunResult } from './result.ts';

/** Which runs a list shows; undefined: whatever it is. */
export interface RunFilter {
  readonly state: RunState | undefined;
  /** Part of a provider's or model's name, whatever its case. */
  readonly target: string | undefined;
  /** ISO 8601, UTC. */
  readonly sinceIso: string | undefined;
  readonly label: string | undefined;
}

export const ANY_RUN: RunFilter = { state: undefined, target: undefined, sinceIso: undefined, label: undefined };

/** Runs of a database, newest first: the first `limit` of those that pass. No record is loaded. */
export async function listRuns(
  context: AppContext,
  db: string,
  { limit, filter }: { readonly limit: number | undefined; readonly filter: RunFilter },
): Promise<readonly RunOverview[]> {
  return withStore(context, { db, mode: 'read' }, async (store) => {
    const isOpen = Object.values(filter).every((each) => each === undefined);
    if (isOpen) return store.listRuns(limit);
    return (await store.listRuns(undefined)).filter((run) => passes(run, filter)).slice(0, limit);
  });
}

function passes(run: RunOverview, { state, target, sinceIso, label }: RunFilter): boolean {
  const names = [...run.providers, ...run.models].map((name) => name.toLowerCase());
  return (
    (state === undefined || run.state === state) &&
    (target === undefined || names.some((name) => name.includes(target.toLowerCase()))) &&
    (sinceIso === undefined || run.startedAtIso >= sinceIso) &&
    (label === undefined || run.labels.includes(label))
  );
}

export interface ShowRunInput {
  readonly db: string;
  /** Undefined: the newest. */
  readonly runId: string | undefined;
  /** Only targets of this provider. */
  readonly provider: string | undefined;
  readonly withRecords: boolean;
}

/** One run with its conclusions. Rejects with RUN_NOT_FOUND, NO_RUNS, FLAG_INVALID (no such provider in the run) or STORE_*. */
export async function showRun(context: AppContext, input: ShowRunInput): Promise<RunResult> {
  return withStore(context, { db: input.db, mode: 'read' }, async (store) => {
    const id = await findRunId(store, input.runId);
    const result = await loadResult(store, id, { withRecords: input.withRecords });
    if (result === undefined) throw new AppError('RUN_NOT_FOUND', { id, db: store.location });
    return input.provider === undefined ? result : ofProvider(result, input.provider);
  });
}

/** Removes a run with all its rows; resolves to the name of its database. Rejects with RUN_NOT_FOUND, RUN_IS_RUNNING or STORE_*. */
export async function removeRun(context: AppContext, db: string, runId: string): Promise<string> {
  await withStore(context, { db, mode: 'read' }, async (store) => {
    const found = await store.findRun(runId);
    if (found === undefined) throw new AppError('RUN_NOT_FOUND', { id: runId, db: store.location });
    if (found.state === 'running') throw new AppError('RUN_IS_RUNNING', { id: runId, db: store.location });
    await requireNoBaseline(store, runId);
  });
  return await withStore(context, { db, mode: 'write' }, async (store) => {
    await store.removeRun(runId);
    return store.location;
  });
}

function ofProvider(result: RunResult, provider: string): RunResult {
  const { targets } = result.run.plan;
  const wanted = new Set(targets.flatMap((target, index) => (target.provider === provider ? [index] : [])));
  if (wanted.size === 0) {
    const known = [...new Set(targets.map((target) => target.provider))].join(', ');
    throw new AppError('FLAG_INVALID', {
      flag: '--provider',
      problem: `the run has no provider ${provider}; it has ${known}`,
      command: 'report summary',
    });
  }
  return {
    ...result,
    targets: result.targets.filter((_, index) => wanted.has(index)),
    records: result.records?.filter((record) => wanted.has(record.targetIndex)),
  };
}

async function withStore<T>(
  context: AppContext,
  { db, mode }: { readonly db: string; readonly mode: 'write' | 'read' },
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await context.openStore(db, mode);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
