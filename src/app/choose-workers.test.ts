import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import type { Load } from '../model/load.ts';
import type { Plan } from '../model/plan.ts';
import { chooseWorkers } from './choose-workers.ts';

const BY_TIME = { requests: undefined, durationMs: 60_000 };
const closed = (concurrency: number): Load => ({ kind: 'closed-loop', concurrency, stages: [], requestDelayMs: 0 });
const open = (ratePerSecond: number, maxInFlight?: number): Load => ({
  kind: 'open-loop',
  arrival: 'poisson',
  ratePerSecond,
  stages: [],
  maxInFlight,
});
const ramp = (from: number, to: number): Load => ({
  kind: 'closed-loop',
  concurrency: to,
  stages: [{ from, to, durationMs: 1_000 }],
  requestDelayMs: 0,
});
const COUNTED = { requests: 5_000, durationMs: undefined };
const TWO_PROVIDERS = ['a', 'b'].map((provider) => buildTarget({ provider }));

for (const [what, plan, cpuCount, workers] of [
  ['a ramp counts by its highest level', { load: ramp(1_000, 10) }, 8, 4],
  ['but a counted one by the clients that stay', { load: ramp(1_000, 2), stop: COUNTED }, 8, 2],
  ['one thread follows 256 streams', { load: closed(256) }, 8, 1],
  ['a second takes the 257th', { load: closed(257) }, 8, 2],
  ['a thousand want four', { load: closed(1_000) }, 8, 4],
  ['one core is left for storing', { load: closed(10_000) }, 4, 3],
  ['a small machine has one', { load: closed(10_000) }, 2, 1],
  ['and the smallest too', { load: closed(10_000) }, 1, 1],
  ['64 arrivals a second are 256 in flight', { load: open(64) }, 8, 1],
  ['65 are more', { load: open(65) }, 8, 2],
  ['a ceiling says how many are in flight at most', { load: open(1_000, 200) }, 8, 1],
  ['beyond 1,000 starts a second one thread is late', { load: open(2_000, 200) }, 8, 2],
  ['providers side by side add up', { load: closed(200), targets: TWO_PROVIDERS }, 8, 2],
  ['and do not in turns', { load: closed(200), targets: TWO_PROVIDERS, providerConcurrency: 1 }, 8, 1],
  ['so many as asked for', { load: closed(8), workers: 3 }, 2, 3],
  ['but each with a client', { load: closed(2), workers: 3 }, 8, 2],
  ['or with room under the ceiling', { load: open(10, 2), workers: 3 }, 8, 2],
  ['or with a request', { load: open(10), stop: { requests: 2, durationMs: undefined }, workers: 3 }, 8, 2],
] as const satisfies readonly (readonly [string, Partial<Plan>, number, number])[]) {
  test(`${what}: ${workers} on ${cpuCount} cores`, () => {
    assert.equal(chooseWorkers(buildPlan({ stop: BY_TIME, workers: 'auto', ...plan }), cpuCount), workers);
  });
}
