import type { TargetProgress } from '../model/run.ts';
import type { LiveCounts } from './messages.ts';

/** What each shard last said, put together for each target. */
export interface ShardMerge {
  take(shardIndex: number, progress: readonly TargetProgress[], live: readonly LiveCounts[]): void;
  progress(): readonly TargetProgress[];
  live(): readonly LiveCounts[];
}

export function createShardMerge(): ShardMerge {
  const progress: (readonly TargetProgress[])[] = [];
  const live: (readonly LiveCounts[])[] = [];
  return {
    take(shardIndex, newProgress, newLive) {
      progress[shardIndex] = newProgress;
      live[shardIndex] = newLive;
    },
    progress: () => byTarget(progress).map(mergeProgress),
    live: () => byTarget(live).map(mergeLive),
  };
}

/** Ascending; shards that have said nothing yet leave holes. */
function byTarget<T extends { readonly targetIndex: number }>(
  ofShards: readonly (readonly T[] | undefined)[],
): readonly (readonly [T, ...T[]])[] {
  const groups = Map.groupBy(
    ofShards.flatMap((ofShard) => ofShard ?? []),
    ({ targetIndex }) => targetIndex,
  );
  // No group is empty.
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group as unknown as readonly [T, ...T[]]);
}

/** The load is as planned from the start of the last shard to the first end. */
function mergeProgress(shards: readonly [TargetProgress, ...TargetProgress[]]): TargetProgress {
  const defined = (of: (each: TargetProgress) => number | undefined): readonly number[] =>
    shards.map(of).filter((value) => value !== undefined);
  const ends = defined((each) => each.measureEndAtMs);
  const drained = defined((each) => each.drainEndAtMs);
  return {
    targetIndex: shards[0].targetIndex,
    measureStartAtMs: greatest(defined((each) => each.measureStartAtMs)),
    measureEndAtMs: ends.length === 0 ? undefined : Math.min(...ends),
    drainEndAtMs: drained.length < shards.length ? undefined : greatest(drained),
    dropped: shards.reduce((sum, each) => sum + each.dropped, 0),
    threads: shards.flatMap((each) => each.threads),
  };
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function mergeLive(shards: readonly [LiveCounts, ...LiveCounts[]]): LiveCounts {
  const sum = (of: (each: LiveCounts) => number): number => shards.reduce((total, each) => total + of(each), 0);
  return {
    targetIndex: shards[0].targetIndex,
    phase: mergePhases(shards.map(({ phase }) => phase)),
    started: sum((each) => each.started),
    ended: sum((each) => each.ended),
    inFlight: sum((each) => each.inFlight),
    dropped: sum((each) => each.dropped),
  };
}

/** Shards that are over, or wait for the others, say less than those at work. */
function mergePhases(phases: readonly LiveCounts['phase'][]): LiveCounts['phase'] {
  if (phases.every((phase) => phase === 'over')) return 'over';
  return (['measure', 'drain', 'warmup'] as const).find((phase) => phases.includes(phase)) ?? 'waiting';
}
