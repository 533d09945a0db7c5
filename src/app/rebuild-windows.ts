import { judgeObjectives } from '../metrics/goodput.ts';
import { createWindowTally } from '../metrics/windows.ts';
import type { Run, TargetProgress } from '../model/run.ts';
import type { RunBatch, Store } from '../store/store.ts';

/** All windows of a run anew, from its stored records: after their tokens were counted. May reject as the store does. */
export async function rebuildWindows(
  store: Store,
  { id, plan }: Run,
  progress: readonly TargetProgress[],
): Promise<RunBatch['windows']> {
  const tallies = plan.targets.map(() => createWindowTally());
  for await (const block of store.records(id)) {
    for (const record of block) {
      tallies[record.targetIndex]?.add(record, judgeObjectives(record, plan.objectives, plan.load).isGood);
    }
  }
  return tallies.flatMap((tally, targetIndex) => {
    const endMs = progress.find((one) => one.targetIndex === targetIndex)?.measureEndAtMs ?? 0;
    return tally.all(endMs).map((window) => ({ targetIndex, window }));
  });
}
