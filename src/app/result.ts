import { createTargetTally, type TargetSummary } from '../metrics/summary.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Run, RunState } from '../model/run.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Store } from '../store/store.ts';
import { concludeTargets } from './conclude.ts';

/** A run with its conclusions: what every report is made from. */
export interface RunResult {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: Milliseconds;
  /** In the plan's order. */
  readonly targets: readonly TargetSummary[];
  /** In order of their id; only when asked for. */
  readonly records: readonly RequestRecord[] | undefined;
}

/** Reads a run and concludes. Undefined when there is none of that id. */
export async function loadResult(
  store: Store,
  runId: string,
  options: { readonly withRecords: boolean },
): Promise<RunResult | undefined> {
  const stored = await store.findRun(runId);
  if (stored === undefined) return undefined;
  const tallies = stored.run.plan.targets.map((_, targetIndex) => createTargetTally(stored.run.plan, targetIndex));
  for (const { targetIndex, measureStartAtMs: startMs, measureEndAtMs: endMs } of stored.progress) {
    if (startMs !== undefined && endMs !== undefined) tallies[targetIndex]?.settle({ startMs, endMs });
  }
  const kept: RequestRecord[] = [];
  for await (const block of store.records(runId)) {
    for (const record of block) {
      tallies[record.targetIndex]?.add(record);
      if (options.withRecords) kept.push(record);
    }
  }
  return {
    run: stored.run,
    state: stored.state,
    durationMs: stored.durationMs,
    targets: concludeTargets(tallies, stored),
    records: options.withRecords ? kept : undefined,
  };
}
