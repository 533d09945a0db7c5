import { AppError } from '../errors.ts';
import type { RunOverview } from '../model/run.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';
import { findRunId } from './find-run-id.ts';
import { loadResult, type RunResult } from './result.ts';

/** Runs of a database, newest first. */
export async function listRuns(
  context: AppContext,
  db: string,
  limit: number | undefined,
): Promise<readonly RunOverview[]> {
  return withStore(context, { db, mode: 'read' }, (store) => store.listRuns(limit));
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
