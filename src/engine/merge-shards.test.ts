import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildHealth } from '../../test/support/record-builder.ts';
import type { TargetProgress } from '../model/run.ts';
import { createShardMerge } from './merge-shards.ts';
import type { LiveCounts } from './messages.ts';

function progress(overrides: Partial<TargetProgress>): TargetProgress {
  return {
    targetIndex: 0,
    measureStartAtMs: undefined,
    measureEndAtMs: undefined,
    drainEndAtMs: undefined,
    dropped: 0,
    threads: [],
    ...overrides,
  };
}

function live(phase: LiveCounts['phase'], counts: Partial<LiveCounts> = {}): LiveCounts {
  return { targetIndex: 0, phase, started: 0, ended: 0, inFlight: 0, dropped: 0, ...counts };
}

test('the load is steady from the last start to the first end, and drained when the last shard is', () => {
  const merge = createShardMerge();
  const [first, second] = [buildHealth({ cpuRatio: 0.1 }), buildHealth({ shardIndex: 1, cpuRatio: 0.2 })];
  merge.take(
    0,
    [progress({ measureStartAtMs: 10, measureEndAtMs: 90, drainEndAtMs: 99, dropped: 2, threads: [first] })],
    [],
  );
  merge.take(1, [progress({ measureStartAtMs: 12, dropped: 1, threads: [second] })], []);
  const steady = { measureStartAtMs: 12, measureEndAtMs: 90, dropped: 3, threads: [first, second] };
  assert.deepEqual(merge.progress(), [progress(steady)]);
  merge.take(1, [progress({ measureStartAtMs: 12, measureEndAtMs: 95, drainEndAtMs: 97, threads: [second] })], []);
  assert.deepEqual(merge.progress(), [progress({ ...steady, dropped: 2, drainEndAtMs: 99 })]);
});

test('targets that only some shards have begun come in their order', () => {
  const merge = createShardMerge();
  merge.take(1, [progress({ targetIndex: 0 }), progress({ targetIndex: 2 })], []);
  merge.take(0, [progress({ targetIndex: 1 })], []);
  assert.deepEqual(
    merge.progress().map(({ targetIndex }) => targetIndex),
    [0, 1, 2],
  );
});

test('counts add up, and the phase is that of the shards at work', () => {
  const merge = createShardMerge();
  const phaseOf = (...phases: readonly LiveCounts['phase'][]): LiveCounts['phase'] | undefined => {
    for (const [index, phase] of phases.entries()) {
      merge.take(index, [], [live(phase, { started: 5, ended: 3, inFlight: 2, dropped: 1 })]);
    }
    return merge.live()[0]?.phase;
  };
  assert.equal(phaseOf('warmup', 'waiting'), 'warmup');
  assert.equal(phaseOf('over', 'waiting'), 'waiting');
  assert.equal(phaseOf('drain', 'measure'), 'measure');
  assert.equal(phaseOf('over', 'drain'), 'drain');
  assert.equal(phaseOf('over', 'over'), 'over');
  assert.deepEqual(merge.live(), [live('over', { started: 10, ended: 6, inFlight: 4, dropped: 2 })]);
});
