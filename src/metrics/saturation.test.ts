import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { isOverSaturated, type LoadSample, samplesOfWindows } from './saturation.ts';

const between = (arrivals: number, growth: number): readonly LoadSample[] => [
  { atMs: 1_000, started: 50, inFlight: 10 },
  { atMs: 9_000, started: 50 + arrivals, inFlight: 10 + growth },
];

test('more than 5 % of the arrivals and three roots of them must pile up', () => {
  // 100 arrivals: 5 + 3 × 10 = 35.
  assert.equal(isOverSaturated(between(100, 35)), false);
  assert.equal(isOverSaturated(between(100, 36)), true);
  // 10,000 arrivals: 500 + 300.
  assert.equal(isOverSaturated(between(10_000, 800)), false);
  assert.equal(isOverSaturated(between(10_000, 801)), true);
});

test('a backlog that runs down is none, and few arrivals prove nothing', () => {
  assert.equal(isOverSaturated(between(400, -200)), false);
  assert.equal(isOverSaturated(between(19, 19)), undefined);
  assert.equal(isOverSaturated([]), undefined);
});

test('seconds become samples of all that started, within the span', () => {
  const window = { completed: 2, failed: 1, good: 2, tokens: 0 };
  const windows = [4, 5, 6].map((inFlight, second) => ({ ...window, second, inFlight }));
  // Ended 3, 6, 9.
  assert.deepEqual(samplesOfWindows(windows, { fromMs: 1_500, toMs: 3_000 }), [
    { atMs: 2_000, started: 11, inFlight: 5 },
    { atMs: 3_000, started: 15, inFlight: 6 },
  ]);
});

/** Poisson arrivals at a server of `slots` with exponential service of mean 1 s, by hand from event to event. */
function simulate(rate: number, slots: number, seed: number): readonly LoadSample[] {
  const random = createRandom(seed, 'queue');
  const samples: LoadSample[] = [];
  let [atMs, started, inFlight, nextSampleMs] = [0, 0, 0, 5_000];
  while (nextSampleMs <= 60_000) {
    const leaving = Math.min(inFlight, slots);
    const total = rate + leaving;
    atMs += (random.exponential() / total) * 1_000;
    while (atMs > nextSampleMs && nextSampleMs <= 60_000) {
      samples.push({ atMs: nextSampleMs, started, inFlight });
      nextSampleMs += 1_000;
    }
    if (random.next() * total < rate) {
      started++;
      inFlight++;
    } else inFlight--;
  }
  return samples;
}

test('of a simulated queue: half the limit never is over-saturated, half above it always', () => {
  for (let seed = 1; seed <= 200; seed++) {
    assert.equal(isOverSaturated(simulate(10, 20, seed)), false, `seed ${seed}`);
    assert.equal(isOverSaturated(simulate(30, 20, seed)), true, `seed ${seed}`);
  }
});
