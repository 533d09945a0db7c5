import { AppError } from '../errors.ts';
import { type Alias, type AliasedMetric, createAliasTally } from '../metrics/alias.ts';
import type { Run } from '../model/run.ts';
import type { Target } from '../model/target.ts';
import type { AppContext } from './context.ts';
import { findRunId } from './find-run-id.ts';

export interface AliasedRun {
  readonly run: Run;
  readonly alias: Alias;
  readonly targets: readonly { readonly target: Target; readonly metrics: readonly AliasedMetric[] }[];
}

/** A stored run under another tool's definitions. Rejects with RUN_NOT_FOUND, NO_RUNS or STORE_*. */
export async function showAliased(
  context: AppContext,
  { db, runId, alias }: { readonly db: string; readonly runId: string | undefined; readonly alias: Alias },
): Promise<AliasedRun> {
  const store = await context.openStore(db, 'read');
  try {
    const id = await findRunId(store, runId);
    const stored = await store.findRun(id);
    if (stored === undefined) throw new AppError('RUN_NOT_FOUND', { id, db: store.location });
    const { run } = stored;
    const tallies = run.plan.targets.map(() => createAliasTally(alias));
    for await (const block of store.records(id)) {
      for (const record of block) tallies[record.targetIndex]?.add(record);
    }
    const targets = tallies.flatMap((tally, index) => {
      const target = run.plan.targets[index];
      return target === undefined ? [] : [{ target, metrics: tally.summarize() }];
    });
    return { run, alias, targets };
  } finally {
    await store.close();
  }
}
