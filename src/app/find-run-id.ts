import { AppError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/**
 * The id of a run by what a user calls it: its id, or the name of a baseline; undefined: the newest. Rejects with RUN_NOT_FOUND,
 * NO_RUNS or STORE_*.
 */
export async function findRunId(store: Store, name: string | undefined): Promise<string> {
  if (name === undefined) {
    const [newest] = await store.listRuns(1);
    if (newest === undefined) throw new AppError('NO_RUNS', { db: store.location });
    return newest.id;
  }
  if ((await store.findRun(name)) !== undefined) return name;
  const baseline = (await store.baselines()).find((one) => one.name === name);
  if (baseline === undefined) throw new AppError('RUN_NOT_FOUND', { id: name, db: store.location });
  return baseline.runId;
}
