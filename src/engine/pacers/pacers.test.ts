import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arrival, Load, LoadStage } from '../../model/load.ts';
import { createRandom } from '../../random.ts';
import type { Pacer } from '../pacer.ts';
import { createClosedLoopPacer } from './closed-loop.ts';
import { createPacer } from './of-load.ts';

function openLoop(arrival: Arrival, ratePerSecond: number, stages: readonly LoadStage[] = []): Load {
  return { kind: 'open-loop', arrival, ratePerSecond, stages, maxInFlight: undefined };
}

const pacerOf = (load: Load, seed: number = 7, stream: string = 'arrivals/0'): Pacer =>
  createPacer(load, { random: createRandom(seed, stream) });
const createConstantRatePacer = (rate: number): Pacer => pacerOf(openLoop('constant', rate));

for (const [busy, kind] of [
  [0, 'at'],
  [2, 'at'],
  [3, 'answer'], // All three clients wait for an answer.
  [4, 'answer'],
] as const) {
  test(`three clients, ${busy} of them busy: the next request is due ${kind === 'at' ? 'now' : 'with an answer'}`, () => {
    const pace = createClosedLoopPacer(3).next({ elapsedMs: 12.5, arrivals: 40, busy });
    assert.deepEqual(pace, kind === 'at' ? { kind, atMs: 12.5 } : { kind, againAtMs: undefined });
  });
}

for (const [ratePerSecond, arrivals, atMs] of [
  [40, 0, 0], // The first arrival opens the phase.
  [40, 1, 25], // 1000 ÷ 40
  [40, 3, 75], // 3 × 25
  [0.5, 2, 4_000], // 2 × 2000
  [1_000, 123_456, 123_456], // 1 ms each
  [3, 3_000_000, 1_000_000_000], // A third of a second, three million times: no error adds up.
] as const) {
  test(`arrival ${arrivals} at ${ratePerSecond}/s is due at ${atMs} ms, however late or busy the phase is`, () => {
    const pacer = createConstantRatePacer(ratePerSecond);
    assert.deepEqual(pacer.next({ elapsedMs: 0, arrivals, busy: 0 }), { kind: 'at', atMs });
    assert.deepEqual(pacer.next({ elapsedMs: 1e12, arrivals, busy: 99 }), { kind: 'at', atMs });
  });
}

const RATE = 50;
const MEAN_GAP_MS = 20; // 1000 ÷ 50
const DRAWN = 10_000;

function arrivalTimes(pacer: Pacer, count: number): readonly number[] {
  return Array.from({ length: count }, (_, arrivals) => {
    const pace = pacer.next({ elapsedMs: 0, arrivals, busy: 0 });
    assert.equal(pace.kind, 'at');
    return pace.kind === 'at' ? pace.atMs : Number.NaN;
  });
}

function gapsOf(times: readonly number[]): readonly number[] {
  return times.map((time, index) => time - (times[index - 1] ?? 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Largest distance between the share of gaps up to x and 1 − e^(−x ÷ mean), over all x. */
function distanceFromExponential(gaps: readonly number[], meanGap: number): number {
  const ascending = [...gaps].sort((a, b) => a - b);
  return ascending.reduce((largest, gap, rank) => {
    const expected = 1 - Math.exp(-gap / meanGap);
    const distance = Math.max(expected - rank / gaps.length, (rank + 1) / gaps.length - expected);
    return Math.max(largest, distance);
  }, 0);
}

for (const seed of [1, 2, 3]) {
  test(`ten thousand Poisson arrivals of seed ${seed} have exponential gaps of the mean that the rate asks for`, () => {
    const gaps = gapsOf(arrivalTimes(pacerOf(openLoop('poisson', RATE), seed), DRAWN));
    const average = mean(gaps);
    // The standard error of the mean is 20 ÷ √10000 = 0.2; three of them.
    assert.ok(Math.abs(average - MEAN_GAP_MS) < 0.6, `mean gap ${average}`);
    const deviation = Math.sqrt(mean(gaps.map((gap) => (gap - average) ** 2)));
    // An exponential has a coefficient of variation of 1; by the delta method its standard error is 1 ÷ √n = 0.01.
    assert.ok(Math.abs(deviation / average - 1) < 0.03, `coefficient of variation ${deviation / average}`);
    // Kolmogorov–Smirnov at the 1 % level: 1.628 ÷ √n (Massey 1951, table 1, n > 35) = 0.01628.
    const distance = distanceFromExponential(gaps, MEAN_GAP_MS);
    assert.ok(distance < 0.01628, `distance ${distance}`);
  });
}

test('the test of exponential gaps can tell equal gaps and uniform ones', () => {
  // All gaps at the mean: the distance is 1 − e⁻¹ = 0.632 just below it. Uniform on 0 … 40: at 40 it is e⁻² = 0.135.
  assert.ok(distanceFromExponential(new Array<number>(1_000).fill(MEAN_GAP_MS), MEAN_GAP_MS) > 0.63);
  const uniform = Array.from({ length: 1_000 }, (_, rank) => (rank / 1_000) * 40);
  assert.ok(distanceFromExponential(uniform, MEAN_GAP_MS) > 0.13);
});

test('the same seed gives the same Poisson arrivals, another seed or stream gives others', () => {
  const times = (seed: number, stream: string): readonly number[] =>
    arrivalTimes(pacerOf(openLoop('poisson', RATE), seed, stream), 100);
  assert.deepEqual(times(7, 'arrivals/0'), times(7, 'arrivals/0'));
  assert.notDeepEqual(times(7, 'arrivals/0'), times(8, 'arrivals/0'));
  assert.notDeepEqual(times(7, 'arrivals/0'), times(7, 'arrivals/1'));
});

test('asking a Poisson pacer twice for the same arrival draws nothing new', () => {
  const asked = pacerOf(openLoop('poisson', RATE));
  const first = [0, 0, 1, 1, 1, 2].map((arrivals) => asked.next({ elapsedMs: 3, arrivals, busy: 1 }));
  const once = arrivalTimes(pacerOf(openLoop('poisson', RATE)), 3);
  assert.deepEqual(
    first.map((pace) => (pace.kind === 'at' ? pace.atMs : undefined)),
    [0, 0, 1, 1, 1, 2].map((arrivals) => once[arrivals]),
  );
});

test('a Poisson schedule is stretched by the rate and by nothing else', () => {
  const fast = arrivalTimes(pacerOf(openLoop('poisson', 100)), 50);
  const slow = arrivalTimes(pacerOf(openLoop('poisson', 50)), 50);
  slow.forEach((time, index) => {
    // Half the rate, twice the gaps; doubling is exact in binary, adding up may differ in the last place.
    assert.ok(Math.abs(time - 2 * (fast[index] ?? 0)) < 1e-9);
  });
});
