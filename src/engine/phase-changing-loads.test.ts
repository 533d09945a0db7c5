import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInstants, buildRecord } from '../../test/support/record-builder.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import type { Arrival, Load, LoadStage, StopRule } from '../model/load.ts';
import { integralUpTo } from '../model/load-profile.ts';
import { createRandom } from '../random.ts';
import { createPacer } from './pacers/of-load.ts';
import { type Attempt, type PhaseEnd, PhaseRun } from './phase.ts';

interface Seen extends Attempt {
  readonly draft: number;
  readonly atMs: number;
  endedAtMs: number | undefined;
}

interface Rig {
  readonly clock: VirtualClock;
  readonly phase: PhaseRun<number>;
  readonly end: Promise<PhaseEnd>;
  readonly seen: readonly Seen[];
}

interface RigInput {
  readonly load: Load;
  readonly stop: Partial<StopRule>;
  readonly answerMs: number;
  readonly cooldownMs?: number;
  readonly arrivesAtMs?: readonly number[];
}

/** A server that answers each request after the same time. */
function startPhase({ load, stop, answerMs, cooldownMs, arrivesAtMs }: RigInput): Rig {
  const clock = createVirtualClock();
  const seen: Seen[] = [];
  let drafts = 0;
  const phase = new PhaseRun<number>({
    clock,
    load,
    stop: { requests: undefined, durationMs: undefined, ...stop },
    cooldownMs,
    pacer: createPacer(load, { random: createRandom(5, 'arrivals/0'), arrivesAtMs }),
    prepare: () => drafts++,
    start(draft, attempt, done) {
      const one: Seen = { ...attempt, draft, atMs: clock.nowMs(), endedAtMs: undefined };
      seen.push(one);
      clock.after(answerMs, () => {
        one.endedAtMs = clock.nowMs();
        done(buildRecord({ instants: buildInstants({ startedAtMs: one.atMs, endedAtMs: clock.nowMs() }) }));
      });
      return { cancel: () => undefined };
    },
    retryDelayMs: () => undefined,
    gate: undefined,
  });
  return { clock, phase, end: phase.run(), seen };
}

const stage = (from: number, to: number, durationMs: number): LoadStage => ({ from, to, durationMs });

function rate(held: number, stages: readonly LoadStage[] = [], arrival: Arrival = 'constant'): Load {
  return { kind: 'open-loop', arrival, ratePerSecond: held, stages, maxInFlight: undefined };
}

function clients(held: number, stages: readonly LoadStage[] = []): Load {
  return { kind: 'closed-loop', concurrency: held, stages, requestDelayMs: 0 };
}

function inFlightAt(rig: Rig, atMs: number): number {
  return rig.seen.filter((one) => one.atMs <= atMs && (one.endedAtMs ?? Number.POSITIVE_INFINITY) > atMs).length;
}

test('the clients of a ramp are there when they should be, and those too many leave with their answers', async () => {
  // 0 to 8 in 4 s, then back to 2 in 3 s, then 2. Answers take 50 ms.
  const stages = [stage(0, 8, 4_000), stage(8, 2, 3_000)];
  const rig = startPhase({ load: clients(2, stages), stop: { durationMs: 9_000 }, answerMs: 50 });
  await rig.clock.until(rig.end);
  const busyMs = rig.seen.reduce((sum, { atMs, endedAtMs = atMs }) => sum + Math.min(endedAtMs, 9_000) - atMs, 0);
  // 16 + 15 + 4 client-seconds were asked for; each of the six that leave may stay one answer longer.
  const askedMs = integralUpTo({ stages, held: 2 }, 9_000) * 1_000;
  assert.equal(askedMs, 35_000);
  assert.ok(busyMs >= askedMs - 10 && busyMs <= askedMs + 6 * 50, `${busyMs}`);
  // On the way up the n-th is there from n − ½ on (every 250 + 500 n ms), and a turn of the loop later at most.
  const up = [240, 251, 740, 751, 2_240, 2_251, 3_751].map((atMs) => inFlightAt(rig, atMs));
  assert.deepEqual(up, [0, 1, 1, 2, 4, 5, 8]);
  assert.equal(inFlightAt(rig, 8_500), 2);
  assert.deepEqual([rig.phase.sendingEndAtMs, (await rig.end).endAtMs >= 9_000], [9_000, true]);
});

test('a ramp of the rate sends what its integral says, each within a turn of the loop of its time', async () => {
  const rig = startPhase({
    load: rate(100, [stage(0, 100, 10_000)]),
    stop: { durationMs: 12_000 },
    answerMs: 30,
  });
  await rig.clock.until(rig.end);
  assert.equal(rig.seen.length, 700); // 500 of the ramp, 200 after it.
  for (const { atMs, scheduledAtMs = Number.NaN } of rig.seen) {
    assert.ok(atMs >= scheduledAtMs && atMs - scheduledAtMs <= 0.125, `${atMs} for ${scheduledAtMs}`);
  }
});

test('ten thousand arrivals of a changing Poisson load leave on time', async () => {
  const load = rate(2_000, [stage(500, 4_000, 2_000)], 'poisson');
  const rig = startPhase({ load, stop: { requests: 10_000 }, answerMs: 3 });
  await rig.clock.until(rig.end);
  assert.deepEqual([rig.seen.length, rig.phase.ended, rig.phase.dropped], [10_000, 10_000, 0]);
  const late = rig.seen.map(({ atMs, scheduledAtMs = Number.NaN }) => atMs - scheduledAtMs);
  assert.ok(late.every((ms) => ms >= 0 && ms <= 0.125));
});

test('a pause of the load is waited through, and the time asked for passes to its end', async () => {
  const stages = [stage(10, 10, 300), stage(0, 0, 500)];
  const rig = startPhase({ load: rate(0, stages), stop: { durationMs: 800 }, answerMs: 10 });
  const { endAtMs } = await rig.clock.until(rig.end);
  assert.deepEqual(
    rig.seen.map(({ atMs }) => atMs),
    [0, 100, 200],
  );
  assert.deepEqual([rig.phase.sendingEndAtMs, endAtMs], [800, 800]);
});

for (const load of [rate(0, [stage(10, 0, 400)]), clients(0, [stage(1, 1, 100)])]) {
  test(`a ${load.kind} that ends at 0 and was to send more ends all the same`, async () => {
    const rig = startPhase({ load, stop: { requests: 1_000 }, answerMs: 10 });
    await rig.clock.until(rig.end);
    assert.ok(rig.seen.length > 1 && rig.seen.length < 1_000);
    assert.ok((rig.phase.sendingEndAtMs ?? Number.NaN) <= 400);
  });
}

test('a burst leaves at one instant', async () => {
  const rig = startPhase({
    load: rate(100, [], { kind: 'burst', size: 50 }),
    stop: { requests: 100 },
    answerMs: 5,
  });
  await rig.clock.until(rig.end);
  assert.deepEqual(
    [...new Set(rig.seen.map(({ atMs }) => atMs))].map((at) => [at, rig.seen.filter(({ atMs }) => atMs === at).length]),
    [
      [0, 50],
      [500, 50],
    ],
  );
});

test('a cool-down keeps the rate up, and what it sends is not measured', async () => {
  const rig = startPhase({ load: rate(10), stop: { durationMs: 500 }, answerMs: 250, cooldownMs: 300 });
  rig.clock.advance(600);
  assert.equal(rig.phase.state, 'cooldown');
  await rig.clock.until(rig.end);
  assert.deepEqual(
    rig.seen.map(({ atMs, isMeasured }) => [atMs, isMeasured]),
    [
      [0, true],
      [100, true],
      [200, true],
      [300, true],
      [400, true],
      [500, false],
      [600, false],
      [700, false],
    ],
  );
  assert.deepEqual([rig.phase.sendingEndAtMs, rig.phase.started, rig.phase.ended], [500, 5, 5]);
  assert.equal(rig.phase.state, 'drain');
});

test('after a number of requests the cool-down keeps all clients busy until their measured answers are there', async () => {
  const rig = startPhase({ load: clients(2), stop: { requests: 4 }, answerMs: 100, cooldownMs: 150 });
  const { endAtMs } = await rig.clock.until(rig.end);
  // Two rounds of two are measured; at 200 the first client comes free, and the cool-down lasts until 350.
  assert.deepEqual(
    rig.seen.map(({ atMs, isMeasured }) => [atMs, isMeasured]),
    [
      [0, true],
      [0, true],
      [100, true],
      [100, true],
      [200, false],
      [200, false],
      [300, false],
      [300, false],
    ],
  );
  assert.deepEqual([rig.phase.sendingEndAtMs, rig.phase.started, endAtMs], [200, 4, 400]);
});

test('what is dropped in a cool-down is not counted', async () => {
  const load: Load = { ...rate(100), maxInFlight: 1 } as Load;
  const rig = startPhase({ load, stop: { durationMs: 100 }, answerMs: 1_000, cooldownMs: 100 });
  await rig.clock.until(rig.end);
  assert.deepEqual([rig.seen.length, rig.phase.dropped], [1, 9]);
});

test('stopped in its cool-down a phase sends nothing more', async () => {
  const rig = startPhase({ load: rate(10), stop: { durationMs: 200 }, answerMs: 20, cooldownMs: 10_000 });
  rig.clock.advance(450);
  rig.phase.stop(1_000);
  await rig.clock.until(rig.end);
  assert.deepEqual([rig.seen.length, rig.phase.started, rig.phase.sendingEndAtMs], [5, 2, 200]);
});

test('a trace keeps prompts and arrivals together where a ceiling drops some', async () => {
  const load: Load = { kind: 'trace', speed: 2, maxInFlight: 1 };
  const arrivesAtMs = [0, 20, 100, 110, 400];
  const rig = startPhase({ load, stop: {}, answerMs: 40, arrivesAtMs });
  const { endAtMs } = await rig.clock.until(rig.end);
  // Twice as fast: 0, 10 (dropped), 50, 55 (dropped), 200.
  assert.deepEqual(
    rig.seen.map(({ draft, atMs, scheduledAtMs }) => [draft, atMs, scheduledAtMs]),
    [
      [0, 0, 0],
      [2, 50, 50],
      [4, 200, 200],
    ],
  );
  // The last arrival at 200 and one mean gap of 50.
  assert.deepEqual([rig.phase.dropped, rig.phase.sendingEndAtMs, endAtMs], [2, 250, 250]);
});
