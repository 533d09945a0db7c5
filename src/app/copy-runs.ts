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
  /** Asked between blocks; once true, the run under way is taken back, and no other begun. */
  readonly isStopped: () => boolean;
  /** Called after each block. */
  readonly onProgress: (progress: CopyProgress) => void;
}

export interface CopyProgress {
  readonly runId: string;
  /** From 1, of those that are to be copied. */
  readonly place: number;
  readonly runs: number;
  /** Of this run, so far. */
  readonly requests: number;
}

export interface CopiedRuns {
  /** Ids, oldest first, as are the others. */
  readonly copied: readonly string[];
  readonly skipped: readonly string[];
  /** Left out, for they are not at their end. */
  readonly running: readonly string[];
  /** Not all of them are there, since it was stopped. */
  readonly isCutShort: boolean;
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
      const { skipped, torn } = await findCopied(to, ended, input.skipExisting);
      for (const id of torn) await to.removeRun(id);
      const wanted = ended.map(({ id }) => id).filter((id) => !skipped.includes(id));
      const copied = await copyAll(from, to, { wanted, ...input });
      return { copied, skipped, running, isCutShort: copied.length < wanted.length, location: to.location };
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

interface FoundCopies {
  readonly skipped: readonly string[];
  /** What a copy has left that was killed. */
  readonly torn: readonly string[];
}

/** Ids of runs that the target has. Throws where they may not be skipped. */
async function findCopied(to: Store, runs: readonly RunOverview[], skipExisting: boolean): Promise<FoundCopies> {
  const there = new Map((await to.listRuns(undefined)).map((run) => [run.id, run]));
  const skipped: string[] = [];
  const torn: string[] = [];
  for (const run of runs) {
    const found = there.get(run.id);
    if (found === undefined) continue;
    if (!skipExisting) throw new AppError('RUN_ID_TAKEN', { id: run.id, db: to.location });
    if (isSame(run, found)) skipped.push(run.id);
    else if (isTorn(run, found)) torn.push(run.id);
    // Another of the same name.
    else throw new AppError('RUN_DIFFERS', { id: run.id, db: to.location });
  }
  return { skipped, torn };
}

/** Whether all that was found is a part of the run, and nobody is at work on it: it began at the same millisecond. */
function isTorn(run: RunOverview, found: RunOverview): boolean {
  const isPart = (['requests', 'completed', 'failed'] as const).every((key) => found[key] <= run[key]);
  return found.state === 'interrupted' && found.startedAtIso === run.startedAtIso && isPart;
}

function isSame(one: RunOverview, other: RunOverview): boolean {
  const keys = ['startedAtIso', 'state', 'durationMs', 'requests', 'completed', 'failed'] as const;
  return keys.every((key) => one[key] === other[key]);
}

type CopyAllInput = Pick<CopyRunsInput, 'isStopped' | 'onProgress'> & { readonly wanted: readonly string[] };

/** Returns those that are there, whole. */
async function copyAll(from: Store, to: Store, { wanted, isStopped, onProgress }: CopyAllInput): Promise<string[]> {
  const copied: string[] = [];
  for (const [index, id] of wanted.entries()) {
    const onBlock = (requests: number): boolean => {
      onProgress({ runId: id, place: index + 1, runs: wanted.length, requests });
      return !isStopped();
    };
    if (isStopped() || !(await copyRun(from, to, { runId: id, onBlock }))) break;
    copied.push(id);
  }
  return copied;
}

interface RunCopy {
  readonly runId: string;
  /** False: to be taken back. */
  readonly onBlock: (requests: number) => boolean;
}

/** Whether it came to its end. */
async function copyRun(from: Store, to: Store, { runId, onBlock }: RunCopy): Promise<boolean> {
  const stored = await from.findRun(runId);
  if (stored === undefined) throw new AppError('RUN_NOT_FOUND', { id: runId, db: from.location });
  await to.createRun(stored.run);
  try {
    const isWhole = await copyRows(from, to, { stored, onBlock });
    if (!isWhole) await to.removeRun(runId);
    return isWhole;
  } catch (error) {
    // Half of a run must not stay; what kept the rest from coming matters more than what keeps it from going.
    await to.removeRun(runId).catch(() => undefined);
    throw error;
  }
}

async function copyRows(
  from: Store,
  to: Store,
  { stored, onBlock }: { readonly stored: StoredRun } & Pick<RunCopy, 'onBlock'>,
): Promise<boolean> {
  const { run, state, durationMs, progress, eventsDroppedAtIso } = stored;
  if (state === 'running') throw new AppError('RUN_IS_RUNNING', { id: run.id, db: from.location });
  // Before the records, by whose number a copy that was killed is known.
  for (const targetIndex of run.plan.targets.keys()) {
    const windows = (await from.windows(run.id, targetIndex)).map((window) => ({ targetIndex, window }));
    await to.append(run.id, { records: [], windows, progress: [] });
  }
  await to.append(run.id, { records: [], windows: [], progress });
  let requests = 0;
  // What tokenizers counted stands in the records.
  for await (const records of from.records(run.id)) {
    await to.append(run.id, { records, windows: [], progress: [] });
    requests += records.length;
    if (!onBlock(requests)) return false;
  }
  if (eventsDroppedAtIso !== undefined) await to.dropEvents([run.id], eventsDroppedAtIso);
  // Last: what a copy that was killed has left is not finished.
  await to.finishRun(run.id, { state, durationMs });
  return true;
}
