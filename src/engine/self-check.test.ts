import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import { createClock, takeOrigin } from '../clock.ts';
import { startSelfCheck, waitsBetween, watchDelays } from './self-check.ts';

/** Numbers of the histogram have three digits. */
function isNear(actual: number | undefined, expected: number): boolean {
  return actual !== undefined && Math.abs(actual - expected) <= expected * 0.002;
}

test('a pause is counted for every instant in it, not as one late probe', () => {
  const clock = createVirtualClock();
  const delays = watchDelays(clock);
  clock.advance(5_000);
  clock.holdUp(1_000);
  clock.advance(94_000);
  // 20,000 probes in 100 s: about 200 of them were due within the pause, 1 % in all: they came up to 1 s late.
  const { eventLoopDelayP99Ms, eventLoopDelayMaxMs } = delays.soFar();
  assert.ok(isNear(eventLoopDelayMaxMs, 1_000) || (eventLoopDelayMaxMs ?? 0) > 990, `max ${eventLoopDelayMaxMs}`);
  assert.ok((eventLoopDelayP99Ms ?? 99) < 20, `p99 ${eventLoopDelayP99Ms}`);
  clock.holdUp(1_000);
  clock.advance(5);
  // Now 2 % of all instants lie in a pause: half of them waited longer than half of it.
  const later = delays.soFar().eventLoopDelayP99Ms ?? 0;
  assert.ok(later > 450 && later < 550, `p99 ${later}`);
  delays.stop();
  assert.equal(clock.pendingTimers, 0);
});

test('in calm there is no delay, and before the first probe nothing is known', () => {
  const clock = createVirtualClock();
  const delays = watchDelays(clock);
  assert.deepEqual(delays.soFar(), { eventLoopDelayP99Ms: undefined, eventLoopDelayMaxMs: undefined });
  clock.advance(10_000);
  const { eventLoopDelayP99Ms = 1, eventLoopDelayMaxMs = 1 } = delays.soFar();
  assert.ok(eventLoopDelayP99Ms <= 0.001 && eventLoopDelayMaxMs <= 0.001);
});

test('waits for a core are those since the start, over the time and over the turns', () => {
  assert.deepEqual(waitsBetween({ waitMs: 5, turns: 10 }, { waitMs: 25, turns: 50 }, 1_000), {
    cpuWaitRatio: 0.02, // 20 ÷ 1000
    cpuWaitMeanMs: 0.5, // 20 ÷ 40
  });
  assert.deepEqual(waitsBetween(undefined, { waitMs: 25, turns: 50 }, 1_000), {
    cpuWaitRatio: undefined,
    cpuWaitMeanMs: undefined,
  });
  assert.deepEqual(waitsBetween({ waitMs: 5, turns: 10 }, { waitMs: 5, turns: 10 }, 1_000), {
    cpuWaitRatio: 0,
    cpuWaitMeanMs: undefined,
  });
});

test('garbage collection and the CPU of this thread are seen', async () => {
  const check = startSelfCheck(createClock(takeOrigin()), () => undefined);
  let kept: object[] = [];
  for (let round = 0; round < 200; round++) kept = Array.from({ length: 20_000 }, (_, index) => ({ index }));
  assert.equal(kept.length, 20_000);
  // Entries of the collector come in a later turn.
  while ((check.health().gcPauseMaxMs ?? 0) === 0) await new Promise((resolve) => setImmediate(resolve));
  const { cpuRatio = 0, gcRatio = 0 } = check.health();
  assert.ok(cpuRatio > 0 && gcRatio > 0 && gcRatio < 1);
  check.stop();
});
