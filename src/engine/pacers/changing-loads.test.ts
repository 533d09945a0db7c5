import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lnGamma } from '../../metrics/special-functions.ts';
import type { Arrival, Load, LoadStage } from '../../model/load.ts';
import { integralUpTo } from '../../model/load-profile.ts';
import { createRandom } from '../../random.ts';
import type { Pacer } from '../pacer.ts';
import { drawGamma } from './gamma.ts';
import { createPacer } from './of-load.ts';

interface OpenShape {
  readonly arrival?: Arrival;
  readonly rate?: number;
  readonly stages?: readonly LoadStage[];
  readonly seed?: number;
}

function openPacer({ arrival = 'constant', rate = 50, stages = [], seed = 1 }: OpenShape): Pacer {
  const load: Load = { kind: 'open-loop', arrival, ratePerSecond: rate, stages, maxInFlight: undefined };
  return createPacer(load, { random: createRandom(seed, 'arrivals/0') });
}

function stagedClients(stages: readonly LoadStage[], held: number, shard = { index: 0, count: 1 }): Pacer {
  const load: Load = { kind: 'closed-loop', concurrency: held, stages, requestDelayMs: 0 };
  return createPacer(load, { random: createRandom(1, 'arrivals/0'), shard });
}

function timesOf(pacer: Pacer, count: number): readonly number[] {
  return Array.from({ length: count }, (_, arrivals) => {
    const pace = pacer.next({ elapsedMs: 0, arrivals, busy: 0 });
    return pace.kind === 'at' ? pace.atMs : Number.NaN;
  });
}

const gapsOf = (times: readonly number[]): readonly number[] =>
  times.map((time, index) => time - (times[index - 1] ?? 0));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const stage = (from: number, to: number, seconds: number): LoadStage => ({ from, to, durationMs: seconds * 1_000 });

test('stages follow one another, and each has the arrivals of its rate', () => {
  // 4/s for 1 s: 0, 250, 500, 750. Then 2/s for 2 s: from 1000 on every 500. Then 10/s for ever.
  const pacer = openPacer({ rate: 10, stages: [stage(4, 4, 1), stage(2, 2, 2)] });
  assert.deepEqual(timesOf(pacer, 11), [0, 250, 500, 750, 1_000, 1_500, 2_000, 2_500, 3_000, 3_100, 3_200]);
});

test('a ramp from 0 to 8 in 4 s has its arrivals where the integral t² is a whole number', () => {
  // Rate 2t, so that t² arrivals are due by t: at √0, √1, √2, … seconds up to 16 at 4 s; then 8/s, every 125 ms.
  const times = timesOf(openPacer({ rate: 8, stages: [stage(0, 8, 4)] }), 20);
  times.forEach((time, arrival) => {
    const expected = arrival <= 16 ? Math.sqrt(arrival) * 1_000 : 4_000 + (arrival - 16) * 125;
    assert.ok(Math.abs(time - expected) < 1e-9, `${arrival}: ${time}`);
  });
});

test('a ramp downwards is the mirror of the one upwards', () => {
  // Rate 8 − 2t: 8t − t² arrivals are due by t, so the n-th is at 4 − √(16 − n) seconds. After it nothing is due any more.
  const times = timesOf(openPacer({ rate: 0, stages: [stage(8, 0, 4)] }), 18);
  times.slice(0, 16).forEach((time, arrival) => {
    assert.ok(Math.abs(time - (4 - Math.sqrt(16 - arrival)) * 1_000) < 1e-9, `${arrival}: ${time}`);
  });
  assert.deepEqual(times.slice(16), [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

test('nothing is due while the rate is 0, and what falls on the border comes after it', () => {
  const pacer = openPacer({ rate: 2, stages: [stage(0, 0, 5), stage(2, 2, 1), stage(0, 0, 3)] });
  assert.deepEqual(timesOf(pacer, 4), [5_000, 5_500, 9_000, 9_500]);
});

test('bursts come whole, and the mean rate is kept', () => {
  // Groups of 4 at 8/s: one every half a second.
  const pacer = openPacer({ arrival: { kind: 'burst', size: 4 }, rate: 8 });
  assert.deepEqual(timesOf(pacer, 9), [0, 0, 0, 0, 500, 500, 500, 500, 1_000]);
});

test('a million arrivals at a third per millisecond end where they should, to the last digits', () => {
  const pacer = openPacer({ rate: 3_000, stages: [stage(0, 3_000, 60)] });
  // The ramp has 90,000 of them in 60 s, the rest come at 3,000/s.
  const pace = pacer.next({ elapsedMs: 0, arrivals: 1_000_000, busy: 0 });
  assert.equal(pace.kind === 'at' ? pace.atMs : undefined, 60_000 + 910_000 / 3);
});

/** Series of the lower incomplete gamma function, regularized (Abramowitz and Stegun 6.5.29). */
function gammaCdf(x: number, shape: number): number {
  if (x <= 0) return 0;
  let term = Math.exp(shape * Math.log(x) - x - lnGamma(shape + 1));
  let sum = 0;
  for (let n = 1; term > 1e-16 * sum || n < 10; n++) {
    sum += term;
    term *= x / (shape + n);
  }
  return Math.min(1, sum);
}

test('the gamma function of this test is the exponential at shape 1 and Erlang’s at 2', () => {
  for (const x of [0.1, 1, 3, 9]) {
    assert.ok(Math.abs(gammaCdf(x, 1) - (1 - Math.exp(-x))) < 1e-12);
    assert.ok(Math.abs(gammaCdf(x, 2) - (1 - Math.exp(-x) * (1 + x))) < 1e-12);
  }
});

function distance(samples: readonly number[], cdf: (x: number) => number): number {
  return [...samples]
    .sort((a, b) => a - b)
    .reduce((largest, sample, rank) => {
      const expected = cdf(sample);
      return Math.max(largest, expected - rank / samples.length, (rank + 1) / samples.length - expected);
    }, 0);
}

/** Kolmogorov–Smirnov at the 1 % level for 10,000: 1.628 ÷ √n (Massey 1951). */
const CRITICAL = 0.01628;

for (const cv of [0.25, 0.5, 1, 2]) {
  test(`ten thousand gamma arrivals of cv ${cv} have that law, and no other`, () => {
    const gaps = gapsOf(timesOf(openPacer({ arrival: { kind: 'gamma', cv } }), 10_000));
    const shape = 1 / cv ** 2;
    // Mean 20 ms: a gap is gamma-distributed with that shape and a scale of 20 ÷ shape.
    const distanceTo = (other: number): number => distance(gaps, (gap) => gammaCdf((gap / 20) * other, other));
    assert.ok(distanceTo(shape) < CRITICAL, `${distanceTo(shape)}`);
    assert.ok(distanceTo(shape * 1.5) > CRITICAL, 'the test can tell another shape');
    // Three standard errors of the mean: cv ÷ √10000 of it.
    assert.ok(Math.abs(mean(gaps) / 20 - 1) < 0.03 * cv, `${mean(gaps)}`);
  });
}

test('gamma numbers far below a shape of 1 have their law too', () => {
  // Gaps of them vanish in the digits of the times they are added to, so the numbers themselves are looked at.
  const random = createRandom(1, 'gamma');
  const numbers = Array.from({ length: 10_000 }, () => drawGamma(random, 1 / 16));
  assert.ok(distance(numbers, (number) => gammaCdf(number, 1 / 16)) < CRITICAL);
});

for (const arrival of ['poisson', { kind: 'gamma', cv: 0.5 }] as const) {
  test(`a ramp changes how fast ${JSON.stringify(arrival)} arrivals come, not their law`, () => {
    const stages = [stage(10, 400, 20), stage(400, 400, 5), stage(400, 50, 10)];
    const times = timesOf(openPacer({ arrival, rate: 50, stages }), 10_000);
    // On the clock of the integral the gaps are those of the law with mean 1 (the time-rescaling theorem).
    const gaps = gapsOf(times.map((time) => integralUpTo({ stages, held: 50 }, time)));
    const shape = arrival === 'poisson' ? 1 : 4;
    assert.ok(distance(gaps, (gap) => gammaCdf(gap * shape, shape)) < CRITICAL);
    // Without that clock they are not.
    const raw = gapsOf(times);
    const scale = mean(raw);
    assert.ok(distance(raw, (gap) => gammaCdf((gap / scale) * shape, shape)) > CRITICAL);
  });
}

test('clients come one by one with a ramp, at the half of each step', () => {
  // 0 to 4 in 8 s: the level is n − ½ at 2n − 1 seconds.
  const pacer = stagedClients([stage(0, 4, 8)], 4);
  const seen: (readonly [number, number])[] = [];
  let atMs = 0;
  let busy = 0;
  for (let asked = 0; asked < 50; asked++) {
    const pace = pacer.next({ elapsedMs: atMs, arrivals: 0, busy });
    if (pace.kind === 'at') seen.push([++busy, atMs]);
    else if (pace.kind === 'answer' && pace.againAtMs !== undefined) atMs = pace.againAtMs;
    else break;
  }
  assert.deepEqual(seen, [
    [1, 1_000],
    [2, 3_000],
    [3, 5_000],
    [4, 7_000],
  ]);
});

for (const [atMs, clients] of [
  [0, 6],
  [999, 6],
  [1_000, 6], // 6 → 2 in 4 s: the level falls by one a second.
  [1_499, 6],
  [1_501, 5],
  [4_999, 2],
  [5_000, 9],
  [60_000, 9],
] as const) {
  test(`with stages of 6, then 6 to 2, then 9 clients there are ${clients} at ${atMs} ms`, () => {
    const pacer = stagedClients([stage(6, 6, 1), stage(6, 2, 4)], 9);
    assert.equal(pacer.next({ elapsedMs: atMs, arrivals: 0, busy: clients - 1 }).kind, 'at');
    assert.equal(pacer.next({ elapsedMs: atMs, arrivals: 0, busy: clients }).kind, 'answer');
  });
}

test('the clients of three shards are together those of one, at every instant of a ramp', () => {
  const clientsAt = (pacer: Pacer, atMs: number): number => {
    let busy = 0;
    while (pacer.next({ elapsedMs: atMs, arrivals: 0, busy }).kind === 'at') busy++;
    return busy;
  };
  const stages = [stage(1, 17, 3), stage(17, 2, 2)];
  const whole = stagedClients(stages, 2);
  const shards = [0, 1, 2].map((index) => stagedClients(stages, 2, { index, count: 3 }));
  for (let atMs = 0; atMs < 5_000; atMs += 37) {
    assert.equal(
      shards.reduce((sum, shard) => sum + clientsAt(shard, atMs), 0),
      clientsAt(whole, atMs),
    );
  }
});

test('a trace is followed, faster where that is asked for, and lasts one mean gap longer than its last arrival', () => {
  const load: Load = { kind: 'trace', speed: 2, maxInFlight: undefined };
  const pacer = createPacer(load, { random: createRandom(1, 'a'), arrivesAtMs: [0, 100, 100, 900] });
  const paces = [0, 1, 2, 3, 4].map((arrivals) => pacer.next({ elapsedMs: 0, arrivals, busy: 0 }));
  assert.deepEqual(paces, [
    { kind: 'at', atMs: 0 },
    { kind: 'at', atMs: 50 },
    { kind: 'at', atMs: 50 },
    { kind: 'at', atMs: 450 },
    { kind: 'over', atMs: 600 }, // (900 + 900 ÷ 3) ÷ 2
  ]);
});

test('the shards of a trace have its arrivals in turn', () => {
  const load: Load = { kind: 'trace', speed: 1, maxInFlight: undefined };
  const times = [0, 1].map((index) =>
    timesOf(
      createPacer(load, {
        random: createRandom(1, 'a'),
        arrivesAtMs: [0, 7, 9, 30, 31],
        shard: { index, count: 2 },
      }),
      3,
    ),
  );
  assert.deepEqual(times, [
    [0, 9, 31],
    [7, 30, Number.NaN],
  ]);
});
