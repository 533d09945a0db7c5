import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import type { Clock } from '../clock.ts';
import { PreciseWait } from './precise-wait.ts';

/** Each turn of its event loop takes as long as the next entry says. */
function clockOfTurns(turnsMs: readonly number[]): Clock & { turn(): void } {
  let nowMs = 0;
  let next = 0;
  let waiting: (() => void) | undefined;
  return {
    nowMs: () => nowMs,
    epochMs: () => 0,
    after: () => assert.fail('no timer is that precise'),
    soon(callback) {
      waiting = callback;
      return () => {
        waiting = undefined;
      };
    },
    turn() {
      nowMs += turnsMs[next++] ?? Number.NaN;
      const callback = waiting;
      waiting = undefined;
      callback?.();
    },
  };
}

test('only turns that did nothing else count as time spent waiting', () => {
  // 5 and 7 µs of nothing, 300 µs in which something was read, 4 µs of nothing.
  const clock = clockOfTurns([0.005, 0.007, 0.3, 0.004]);
  let wakes = 0;
  const wait = new PreciseWait(clock, () => wakes++);
  for (let turn = 0; turn < 4; turn++) {
    wait.start(1);
    clock.turn();
  }
  assert.equal(wakes, 4);
  assert.ok(Math.abs(wait.spunMs - 0.016) < 1e-12);
});

test('a long wait sets a timer that comes early enough, a short one none; the newest wait is the only one', () => {
  const clock = createVirtualClock();
  const wakes: number[] = [];
  const wait = new PreciseWait(clock, () => wakes.push(clock.nowMs()));
  wait.start(50);
  clock.advance(10);
  wait.start(25.5); // Due at 35.5: a timer of 24 ms.
  clock.advance(100);
  assert.deepEqual(wakes, [34]);
  wait.start(1);
  wait.cancel();
  wait.start(Number.POSITIVE_INFINITY);
  clock.advance(100);
  assert.deepEqual([wakes.length, clock.timersSet], [1, 2]);
});
