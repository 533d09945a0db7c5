import { AppError } from '../errors.ts';
import type { RunOverview } from '../model/run.ts';
import type { Store, StoredRun } from '../store/store.ts';
import type { AppContext } from './context.ts';

export interface CopyRunsInput {
  readonly from: string;
  readonly to: string;
  /** Undefined: all that are not running. */
  readonly runId: string | undefined;
  /** A run that the target has, whole, is left as it is there; otherwise it is an error. */
  readonly skipExisting: boolean;
}

export interface CopiedRuns {
  /** Ids, oldest first, as are the others. */
  readonly copied: readonly string[];
  readonly skipped: readonly string[];
  /** Left out, for they are not at their end. */
  readonly running: readonly string[];
  /** Of the target, without password. */
  readonly location: string;
}

/**
 * Copies runs with all their rows from one database to another. Nothing is copied before it is known that all can be. Rejects with
 * RUN_NOT_FOUND, RUN_IS_RUNNING (one that was asked for), RUN_ID_TAKEN, RUN_DIFFERS or STORE_*.
 */
export async function copyRuns(context: AppContext, input: CopyRunsInput): Promise<CopiedRuns> {
  const from = await context.openStore(input.from, 'read');
  try {
    const { ended, running } = await chooseRuns(from, input.runId);
    const to = await context.openStore(input.to, 'write');
    try {
      const skipped = await findCopied(to, ended, input.skipExisting);
      const copied = ended.map(({ id }) => id).filter((id) => !skipped.includes(id));
      for (const id of copied) await copyRun(from, to, id);
      return { copied, skipped, running, location: to.location };
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

interface ChosenRuns {
  /** Oldest first, so that a copy that is broken off lacks the newest. */
  readonly ended: readonly RunOverview[];
  readonly running: readonly string[];
}

async function chooseRuns(from: Store, runId: string | undefined): Promise<ChosenRuns> {
  const all = (await from.listRuns(undefined)).toReversed();
  const chosen = runId === undefined ? all : all.filter(({ id }) => id === runId);
  const running = chosen.filter(({ state }) => state === 'running').map(({ id }) => id);
  if (runId !== undefined) {
    if (chosen.length === 0) throw new AppError('RUN_NOT_FOUND', { id: runId, db: from.location });
    if (running.length > 0) throw new AppError('RUN_IS_RUNNING', { id: runId, db: from.location });
  }
  return { ended: chosen.filter(({ state }) => state !== 'running'), running };
}

/** Ids of runs that the target has. Throws where they may not be skipped. */
async function findCopied(to: Store, runs: readonly RunOverview[], skipExisting: boolean): Promise<readonly string[]> {
  const there = new Map((await to.listRuns(undefined)).map((run) => [run.id, run]));
  return runs.flatMap((run) => {
    const found = there.get(run.id);
    if (found === undefined) return [];
    if (!skipExisting) throw new AppError('RUN_ID_TAKEN', { id: run.id, db: to.location });
    // Another of the same name, or what a copy that was killed has left.
    if (!isSame(run, found)) throw new AppError('RUN_DIFFERS', { id: run.id, db: to.location });
    return [run.id];
  });
}

function isSame(one: RunOverview, other: RunOverview): boolean {
  const keys = ['startedAtIso', 'state', 'durationMs', 'requests', 'completed', 'failed'] as const;
  return keys.every((key) => one[key] === other[key]);
}

async function copyRun(from: Store, to: Store, runId: string): Promise<void> {
  const stored = await from.findRun(runId);
  if (stored === undefined) throw new AppError('RUN_NOT_FOUND', { id: runId, db: from.location });
  await to.createRun(stored.run);
  try {
    await copyRows(from, to, stored);
  } catch (error) {
    // Half of a run must not stay; what kept the rest from coming matters more than what keeps it from going.
    await to.removeRun(runId).catch(() => undefined);
    throw error;
  }
}

async function copyRows(from: Store, to: Store, stored: StoredRun): Promise<void> {
  const { run, state, durationMs, progress, eventsDroppedAtIso } = stored;
  // What tokenizers counted stands in the records.
  for await (const records of from.records(run.id)) await to.append(run.id, { records, windows: [], progress: [] });
  for (const targetIndex of run.plan.targets.keys()) {
    const windows = (await from.windows(run.id, targetIndex)).map((window) => ({ targetIndex, window }));
    await to.append(run.id, { records: [], windows, progress: [] });
  }
  await to.append(run.id, { records: [], windows: [], progress });
  if (state === 'running') throw new AppError('RUN_IS_RUNNING', { id: run.id, db: from.location });
  await to.finishRun(run.id, { state, durationMs });
  if (eventsDroppedAtIso !== undefined) await to.dropEvents([run.id], eventsDroppedAtIso);
}
