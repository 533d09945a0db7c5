import { wallClockIso } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Baseline } from '../model/run.ts';
import type { AppContext } from './context.ts';

/** Names that stand for runs, by name. */
export async function listBaselines(context: AppContext, db: string): Promise<readonly Baseline[]> {
  const store = await context.openStore(db, 'read');
  try {
    return await store.baselines();
  } finally {
    await store.close();
  }
}

/** Gives a run a name; undefined: the newest run. Resolves to what the name stood for before. Rejects with RUN_NOT_FOUND, NO_RUNS, RUN_IS_RUNNING, FLAG_INVALID or STORE_*. */
export async function setBaseline(
  context: AppContext,
  { db, name, runId }: { readonly db: string; readonly name: string; readonly runId: string | undefined },
): Promise<{ readonly set: Baseline; readonly before: Baseline | undefined }> {
  const store = await context.openStore(db, 'write');
  try {
    const id = runId ?? (await store.listRuns(1))[0]?.id;
    if (id === undefined) throw new AppError('NO_RUNS', { db: store.location });
    const found = await store.findRun(id);
    if (found === undefined) throw new AppError('RUN_NOT_FOUND', { id, db: store.location });
    if (found.state === 'running') throw new AppError('RUN_IS_RUNNING', { id, db: store.location });
    // An id wins where a name is looked for, so that such a name could never be reached.
    if ((await store.findRun(name)) !== undefined) {
      const problem = `"${name}" is the id of a run already`;
      throw new AppError('FLAG_INVALID', { flag: 'NAME', problem, command: 'report baseline set' });
    }
    const before = (await store.baselines()).find((one) => one.name === name);
    const set = { name, runId: id, setAtIso: wallClockIso() };
    await store.setBaseline(set);
    return { set, before };
  } finally {
    await store.close();
  }
}

/** Takes a name away; its run stays. Rejects with BASELINE_NOT_FOUND or STORE_*. */
export async function removeBaseline(context: AppContext, db: string, name: string): Promise<void> {
  const store = await context.openStore(db, 'write');
  try {
    if (!(await store.removeBaseline(name))) throw new AppError('BASELINE_NOT_FOUND', { name, db: store.location });
  } finally {
    await store.close();
  }
}
