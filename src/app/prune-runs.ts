import { wallClockIso } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { RunOverview } from '../model/run.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';

export interface PruneRules {
  /** Runs that started longer ago than this go. */
  readonly olderThanMs: Milliseconds;
  /** Of those that stay, token events go of runs that started longer ago than this; undefined: they stay. */
  readonly keepEventsMs: Milliseconds | undefined;
}

/** What would go, or has gone; newest first. */
export interface PrunePlan {
  readonly remove: readonly RunOverview[];
  readonly dropEvents: readonly RunOverview[];
  /** Old, but they stay: running ones, and baselines with their names. */
  readonly spared: readonly { readonly run: RunOverview; readonly why: string }[];
}

/** Says what the rules would remove, and touches nothing. Rejects with STORE_*. */
export async function planPruning(context: AppContext, db: string, rules: PruneRules): Promise<PrunePlan> {
  const store = await context.openStore(db, 'read');
  try {
    return await plan(store, rules);
  } finally {
    await store.close();
  }
}

/** Removes by the rules, and then gives back what space the engine can. Rejects with STORE_*. */
export async function prune(context: AppContext, db: string, rules: PruneRules): Promise<PrunePlan> {
  const store = await context.openStore(db, 'write');
  try {
    const done = await plan(store, rules);
    for (const { id } of done.remove) await store.removeRun(id);
    await store.dropEvents(
      done.dropEvents.map(({ id }) => id),
      wallClockIso(),
    );
    if (done.remove.length + done.dropEvents.length > 0) await store.compact();
    return done;
  } finally {
    await store.close();
  }
}

async function plan(store: Store, { olderThanMs, keepEventsMs }: PruneRules): Promise<PrunePlan> {
  const nowMs = Date.parse(wallClockIso());
  const names = Map.groupBy(await store.baselines(), ({ runId }) => runId);
  const remove: RunOverview[] = [];
  const dropEvents: RunOverview[] = [];
  const spared: { run: RunOverview; why: string }[] = [];
  for (const run of await store.listRuns(undefined)) {
    const ageMs = nowMs - Date.parse(run.startedAtIso);
    const baselines = names.get(run.id)?.map(({ name }) => name) ?? [];
    const why =
      run.state === 'running' ? 'it is running' : baselines.length > 0 ? `baseline ${baselines.join(', ')}` : undefined;
    if (ageMs > olderThanMs && why === undefined) remove.push(run);
    else if (ageMs > olderThanMs && why !== undefined) spared.push({ run, why });
    if (run.state === 'running' || (ageMs > olderThanMs && why === undefined)) continue;
    if (keepEventsMs === undefined || ageMs <= keepEventsMs || baselines.length > 0) continue;
    if ((await store.findRun(run.id))?.eventsDroppedAtIso === undefined) dropEvents.push(run);
  }
  return { remove, dropEvents, spared };
}

/** Rejects with RUN_IS_BASELINE where a name stands for the run. */
export async function requireNoBaseline(store: Store, runId: string): Promise<void> {
  const named = (await store.baselines()).find((one) => one.runId === runId);
  if (named !== undefined) {
    throw new AppError('RUN_IS_BASELINE', { id: runId, db: store.location, name: named.name });
  }
}
