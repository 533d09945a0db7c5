import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distributionOf } from './distribution.ts';

test('five samples are described exactly, in whatever order they come', () => {
  const { p90, p95, p99, stdev, ...exact } = distributionOf([8, 2, 4, 6, 5]);
  // mean 25 ÷ 5; median: third of 2 4 5 6 8
  assert.deepEqual(exact, { n: 5, mean: 5, min: 2, max: 8, p50: 5 });
  // squares: 9 + 1 + 0 + 1 + 9 = 20; 20 ÷ 4 = 5 (the population's would be 20 ÷ 5 = 4)
  assert.equal(stdev, Math.sqrt(5));
  // ranks 3.6, 3.8 and 3.96 between 6 and 8
  assert.deepEqual(
    [p90, p95, p99].map((value) => value?.toFixed(9)),
    ['7.200000000', '7.600000000', '7.920000000'],
  );
});

test('two samples have a standard deviation', () => {
  // mean 2; squares 1 + 1 = 2; 2 ÷ 1; √2
  assert.equal(distributionOf([3, 1]).stdev, Math.SQRT2);
});

test('one sample is its own mean and quantiles, and has no standard deviation', () => {
  assert.deepEqual(distributionOf([7]), {
    n: 1,
    mean: 7,
    stdev: undefined,
    min: 7,
    max: 7,
    p50: 7,
    p90: 7,
    p95: 7,
    p99: 7,
  });
});

test('without samples only the count is known', () => {
  assert.deepEqual(distributionOf([]), {
    n: 0,
    mean: undefined,
    stdev: undefined,
    min: undefined,
    max: undefined,
    p50: undefined,
    p90: undefined,
    p95: undefined,
    p99: undefined,
  });
});

test('zeros are samples like others', () => {
  const { n, mean, stdev, p50 } = distributionOf([0, 0, 6]);
  // mean 2; squares 4 + 4 + 16 = 24; 24 ÷ 2 = 12
  assert.deepEqual({ n, mean, stdev, p50 }, { n: 3, mean: 2, stdev: Math.sqrt(12), p50: 0 });
});

test('equal samples have a standard deviation of 0', () => {
  assert.equal(distributionOf([4, 4, 4]).stdev, 0);
});
