import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import type { Cancellation, TimeLaw } from '../model/load.ts';
import { createRandom } from '../random.ts';
import { createPlannedCancels } from './planned-cancels.ts';

/** When each of so many requests, all started at 0, was cancelled; undefined: never. */
function cancelTimes(cancellation: Cancellation | undefined, requests: number): readonly (number | undefined)[] {
  const clock = createVirtualClock();
  const times = new Array<number | undefined>(requests).fill(undefined);
  const cancels = createPlannedCancels(cancellation, createRandom(3, 'cancel/0'), clock);
  for (let request = 0; request < requests; request++) {
    cancels(() => {
      times[request] = clock.nowMs();
    });
  }
  clock.advance(100_000);
  return times;
}

const of = (after: TimeLaw, ratio: number = 1): Cancellation => ({ ratio, after });

test('without a plan for it nothing is cancelled, and no timer is set', () => {
  assert.deepEqual(cancelTimes(undefined, 3), [undefined, undefined, undefined]);
});

test('a tenth of ten thousand is picked, and the same ones whatever the time', () => {
  const picked = (after: TimeLaw): readonly boolean[] =>
    cancelTimes(of(after, 0.1), 10_000).map((time) => time !== undefined);
  const one = picked({ kind: 'constant', ms: 500 });
  const count = one.filter((is) => is).length;
  // Binomial: 1000 ± 3 × √(10000 × 0.1 × 0.9) = ± 90.
  assert.ok(Math.abs(count - 1_000) < 90, `${count}`);
  assert.deepEqual(picked({ kind: 'constant', ms: 9 }), one);
});

test('times are as their law says', () => {
  assert.deepEqual(new Set(cancelTimes(of({ kind: 'constant', ms: 70 }), 50)), new Set([70]));
  const mean = (times: readonly (number | undefined)[]): number =>
    times.reduce<number>((sum, time) => sum + (time ?? Number.NaN), 0) / times.length;
  const uniform = cancelTimes(of({ kind: 'uniform', fromMs: 200, toMs: 1_000 }), 2_000);
  assert.ok(uniform.every((time = Number.NaN) => time >= 200 && time <= 1_000));
  // The standard error of the mean is 800 ÷ √12 ÷ √2000 = 5.2.
  assert.ok(Math.abs(mean(uniform) - 600) < 16);
  const normal = cancelTimes(of({ kind: 'normal', meanMs: 900, deviationMs: 100 }), 2_000);
  // 100 ÷ √2000 = 2.2.
  assert.ok(Math.abs(mean(normal) - 900) < 7);
  const early = cancelTimes(of({ kind: 'normal', meanMs: 10, deviationMs: 500 }), 200);
  assert.ok(
    early.every((time = Number.NaN) => time >= 1),
    'never before the next timer',
  );
});

test('a request that has its answer is not cancelled', () => {
  const clock = createVirtualClock();
  const cancels = createPlannedCancels(of({ kind: 'constant', ms: 50 }), createRandom(3, 'cancel/0'), clock);
  let cancelled = 0;
  const callOff = cancels(() => cancelled++);
  clock.advance(49);
  callOff();
  clock.advance(100);
  assert.deepEqual([cancelled, clock.pendingTimers], [0, 0]);
});
