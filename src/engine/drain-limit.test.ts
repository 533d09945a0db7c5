import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import type { TargetProgress } from '../model/run.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import { drainLimitMs, findOverdue } from './drain-limit.ts';

const timeouts = { connectMs: 1_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 60_000 };

test('answers have their own limit, and each retry a wait of two minutes and the limit again', () => {
  const plan = buildPlan({ timeouts, retry: { maxRetries: 0, delayMs: 1 } });
  assert.equal(drainLimitMs(plan, 0), 70_000); // 60 s and 10 s of slack
  const retrying = buildPlan({ timeouts, retry: { maxRetries: 2, delayMs: 1 } });
  assert.equal(drainLimitMs(retrying, 0), 430_000); // 60 + 2 × (120 + 60) + 10
  const own = buildTarget({ profile: { ...EMPTY_PROFILE, timeoutMs: 5_000 } });
  assert.equal(drainLimitMs(buildPlan({ timeouts, retry: { maxRetries: 0, delayMs: 1 }, targets: [own] }), 0), 15_000);
});

test('overdue is a target that sends no more and still has no end', () => {
  const plan = buildPlan({ timeouts, retry: { maxRetries: 0, delayMs: 1 } });
  const progress = (measureEndAtMs: number | undefined, drainEndAtMs: number | undefined): TargetProgress => ({
    targetIndex: 0,
    measureStartAtMs: 0,
    measureEndAtMs,
    drainEndAtMs,
    dropped: 0,
    threads: [],
  });
  const isOverdue = (one: TargetProgress, nowMs: number): boolean => findOverdue(plan, [one], nowMs) === one;
  assert.deepEqual(
    [
      isOverdue(progress(undefined, undefined), 1e9),
      isOverdue(progress(1_000, undefined), 71_000),
      isOverdue(progress(1_000, undefined), 71_001),
      isOverdue(progress(1_000, 70_500), 1e9),
    ],
    [false, false, true, false],
  );
});
