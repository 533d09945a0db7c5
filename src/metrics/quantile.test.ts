import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIN_SAMPLES, namedQuantile, quantile, sortSamples } from './quantile.ts';

/** Equal but for the last bits of a floating-point number. */
function assertNear(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

const FIVE = sortSamples([15, 20, 35, 40, 50]);

for (const [q, expected] of [
  [0, 15], // rank 0
  [0.25, 20], // rank 4 × 0.25 = 1
  [0.4, 29], // rank 1.6: 20 + 0.6 × 15; Wikipedia, "Percentile", second variant
  [0.5, 35], // rank 2
  [0.9, 46], // rank 3.6: 40 + 0.6 × 10
  [0.95, 48], // rank 3.8: 40 + 0.8 × 10
  [0.99, 49.6], // rank 3.96: 40 + 0.96 × 10
  [1, 50], // rank 4
] as const) {
  test(`the ${q}-quantile of five samples lies between its two nearest ranks`, () => {
    assertNear(quantile(FIVE, q), expected);
  });
}

test('the 0.75-quantile of 1 to 4 is 3.25, as in numpy and R', () => {
  // rank 3 × 0.75 = 2.25: 3 + 0.25 × 1
  assert.equal(quantile(sortSamples([1, 2, 3, 4]), 0.75), 3.25);
});

test('the median of an even number of samples is halfway between the middle two', () => {
  assert.equal(quantile(sortSamples([1, 2, 10, 20]), 0.5), 6);
});

test('every quantile of one sample is that sample', () => {
  const one = sortSamples([7]);
  for (const q of [0, 0.5, 0.99, 1]) assert.equal(quantile(one, q), 7);
});

test('without samples there is no quantile', () => {
  for (const q of [0, 0.5, 1]) assert.equal(quantile(sortSamples([]), q), undefined);
});

test('equal samples have that value at every quantile', () => {
  const equal = sortSamples([0.1, 0.1, 0.1]);
  for (const q of [0, 0.3, 0.99, 1]) assert.equal(quantile(equal, q), 0.1);
});

test('samples are sorted by number, not by their text, and the original stays as it was', () => {
  const samples = [100, 9, 20, -1];
  assert.deepEqual(sortSamples(samples), [-1, 9, 20, 100]);
  assert.deepEqual(samples, [100, 9, 20, -1]);
});

test('any iterable can be sorted', () => {
  assert.deepEqual(sortSamples(new Set([3, 1, 2])), [1, 2, 3]);
});

test('names stand for their quantiles', () => {
  // 0 to 100: rank and value are the same number
  const hundred = sortSamples(Array.from({ length: 101 }, (_, value) => value));
  assertNear(namedQuantile(hundred, 'p50'), 50);
  assertNear(namedQuantile(hundred, 'p90'), 90);
  assertNear(namedQuantile(hundred, 'p95'), 95);
  assertNear(namedQuantile(hundred, 'p99'), 99);
});

test('the minimum sample counts are those of MLPerf at confidence 0.99', () => {
  assert.deepEqual(MIN_SAMPLES, { p50: 1, p90: 64, p95: 130, p99: 662 });
});
