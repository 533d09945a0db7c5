import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { isStarved, Watchdog } from './watchdog.ts';

function watch(): { readonly clock: VirtualClock; readonly watchdog: Watchdog; readonly silent: number[] } {
  const clock = createVirtualClock();
  const silent: number[] = [];
  return { clock, watchdog: new Watchdog(clock, 10_000, (index) => silent.push(index)), silent };
}

test('a thread that says nothing for ten seconds is named once, one that speaks is not', () => {
  const { clock, watchdog, silent } = watch();
  watchdog.hear(0);
  watchdog.hear(1);
  for (let quarter = 0; quarter < 39; quarter++) {
    clock.advance(250);
    watchdog.hear(1);
  }
  assert.deepEqual(silent, []);
  clock.advance(250);
  assert.deepEqual(silent, [0]);
  assert.deepEqual([watchdog.hears(0), watchdog.hears(1)], [false, true]);
  watchdog.hear(1);
  clock.advance(9_000);
  assert.deepEqual(silent, [0]);
});

test('a machine that stood still for an hour counts as one late look', () => {
  const { clock, watchdog, silent } = watch();
  watchdog.hear(0);
  clock.advance(5_000);
  clock.holdUp(3_600_000);
  clock.advance(250);
  assert.deepEqual(silent, []);
  // 5 s, half a second for the look that came an hour late, and the rest.
  clock.advance(4_500);
  assert.deepEqual(silent, [0]);
});

test('who ended is not watched, and a watchdog that is stopped keeps no timer', () => {
  const { clock, watchdog, silent } = watch();
  watchdog.hear(0);
  watchdog.forget(0);
  clock.advance(60_000);
  assert.deepEqual(silent, []);
  watchdog.stop();
  assert.equal(clock.pendingTimers, 0);
});

for (const [cpuMs, isIt] of [
  [0.25, false], // Waits for something that will not come.
  [0.3, true],
  [499, true],
  [500, false], // Computes for ever.
] as const) {
  test(`a silent thread that ran for ${cpuMs} ms of a second is ${isIt ? '' : 'not '}starved`, () => {
    assert.equal(isStarved(cpuMs, 1_000), isIt);
  });
}
