import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from './monotonic.ts';
import { Scheduler } from './scheduler.ts';

/** Resolves with the order in which tasks of these delays ran. */
async function runAll(scheduler: Scheduler, delaysMs: readonly number[]): Promise<{ order: number[]; early: number }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const startMs = monotonicMs();
  const order: number[] = [];
  let early = 0;
  for (const delayMs of delaysMs) {
    scheduler.at(startMs + delayMs, () => {
      if (monotonicMs() < startMs + delayMs) early += 1;
      order.push(delayMs);
      if (order.length === delaysMs.length) resolve();
    });
  }
  await promise;
  return { order, early };
}

test('tasks run in the order of their due times, and none too early', async () => {
  const scheduler = new Scheduler();
  const delaysMs = [9, 3, 27, 1, 14, 2, 8, 0.5, 21, 4, 12.25, 6];
  const { order, early } = await runAll(scheduler, delaysMs);
  assert.deepEqual(
    order,
    delaysMs.toSorted((a, b) => a - b),
  );
  assert.equal(early, 0);
  scheduler.close();
});

test('nothing runs during a silence, and what fell due follows in order', async () => {
  const scheduler = new Scheduler();
  const startMs = monotonicMs();
  const { promise, resolve } = Promise.withResolvers<void>();
  const ranAtMs: [number, number][] = [];
  scheduler.silence(startMs + 10, startMs + 40);
  for (const delayMs of [35, 20, 30, 45]) {
    scheduler.at(startMs + delayMs, () => {
      ranAtMs.push([delayMs, monotonicMs() - startMs]);
      if (delayMs === 45) resolve();
    });
  }
  await promise;
  assert.deepEqual(
    ranAtMs.map(([delayMs]) => delayMs),
    [20, 30, 35, 45],
  );
  for (const [, ranAt] of ranAtMs) assert.ok(ranAt >= 40, String(ranAt));
  scheduler.close();
});

test('a cancelled task does not run', async () => {
  const scheduler = new Scheduler();
  let hasRun = false;
  const task = scheduler.at(0, () => {
    hasRun = true;
  });
  task.isCancelled = true;
  await runAll(scheduler, [1]);
  assert.equal(hasRun, false);
  scheduler.close();
});
