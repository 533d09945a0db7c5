import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import type { Load } from '../model/load.ts';
import { DraftQueue, draftsAhead } from './draft-queue.ts';

const open = (load: Partial<Load & { kind: 'open-loop' }>): Load => ({
  kind: 'open-loop',
  arrival: 'constant',
  ratePerSecond: 40,
  stages: [],
  maxInFlight: undefined,
  ...load,
});

for (const [load, ahead] of [
  [{ kind: 'closed-loop', concurrency: 64, stages: [], requestDelayMs: 0 }, 1],
  [open({}), 1],
  [open({ ratePerSecond: 2_000 }), 20], // 10 ms of arrivals
  [open({ stages: [{ from: 0, to: 500, durationMs: 1 }] }), 5],
  [open({ arrival: { kind: 'burst', size: 32 } }), 32],
  [open({ arrival: { kind: 'burst', size: 5_000 } }), 256],
  [{ kind: 'trace', speed: 1, maxInFlight: undefined }, 16],
] as const satisfies readonly (readonly [Load, number])[]) {
  test(`${ahead} requests lie ready for ${JSON.stringify(load)}`, () => assert.equal(draftsAhead(load), ahead));
}

test('what was taken is made good one by one, a turn of the event loop each', () => {
  const clock = createVirtualClock();
  let made = 0;
  const queue = new DraftQueue({ clock, prepare: () => ++made, ahead: 3, most: undefined });
  queue.fill();
  assert.deepEqual([made, queue.peek(), queue.take(), queue.take(), made], [3, 1, 1, 2, 3]);
  clock.advance(0);
  assert.deepEqual([made, queue.take(), queue.take(), queue.take()], [5, 3, 4, 5]);
  // None lies ready: it is made when it is wanted.
  assert.deepEqual([queue.take(), made], [6, 6]);
  queue.close();
  clock.advance(10);
  assert.equal(made, 6);
});

test('no more is prepared ahead than can be wanted', () => {
  const clock = createVirtualClock();
  let made = 0;
  const queue = new DraftQueue({ clock, prepare: () => ++made, ahead: 8, most: 2 });
  queue.fill();
  queue.take();
  clock.advance(10);
  assert.equal(made, 2);
});
