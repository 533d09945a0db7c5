import { type Clock, sleep } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { RunOverview } from '../model/run.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';

export interface TailInput {
  readonly db: string;
  /** An id; undefined: the newest run. */
  readonly runId: string | undefined;
  readonly clock: Clock;
  /** Between two looks. */
  readonly everyMs: Milliseconds;
  /** Called once where the database lets nobody look until its writer has ended. */
  readonly onLocked: () => void;
}

/**
 * A run that another process writes, each time that it has moved, until it has ended. A DuckDB file admits nobody beside its writer:
 * then it comes once, at its end. Rejects with RUN_NOT_FOUND, NO_RUNS or STORE_*.
 */
export async function* tailRun(context: AppContext, input: TailInput): AsyncGenerator<RunOverview> {
  const store = await openOnceFree(context, input);
  try {
    let last: RunOverview | undefined;
    while (true) {
      const run = await find(store, last?.id ?? input.runId);
      if (last === undefined || hasMoved(last, run)) yield run;
      if (run.state !== 'running') return;
      last = run;
      await sleep(input.clock, input.everyMs);
    }
  } finally {
    await store.close();
  }
}

async function openOnceFree(context: AppContext, { db, clock, everyMs, onLocked }: TailInput): Promise<Store> {
  for (let looks = 0; ; looks++) {
    try {
      return await context.openStore(db, 'read');
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'STORE_LOCKED')) throw error;
      if (looks === 0) onLocked();
      await sleep(clock, everyMs);
    }
  }
}

/** Whoever follows a run follows one of the newest: to count the requests of all runs again each time would take long. */
const NEWEST = 10;

async function find(store: Store, runId: string | undefined): Promise<RunOverview> {
  const newest = await store.listRuns(NEWEST);
  const [first] = newest;
  if (first === undefined) throw new AppError('NO_RUNS', { db: store.location });
  if (runId === undefined) return first;
  const isIt = ({ id }: RunOverview): boolean => id === runId;
  const found = newest.find(isIt) ?? (await store.listRuns(undefined)).find(isIt);
  if (found === undefined) throw new AppError('RUN_NOT_FOUND', { id: runId, db: store.location });
  return found;
}

function hasMoved(before: RunOverview, now: RunOverview): boolean {
  return before.requests !== now.requests || before.state !== now.state;
}
