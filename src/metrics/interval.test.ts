/** Expected values: scipy 1.17.1 (`stats.binom`, `stats.t.interval`, `stats.binomtest(…).proportion_ci('wilson')`). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { meanInterval, quantileEstimate, quantileInterval, quantileRanks, shareInterval } from './interval.ts';
import { sortSamples } from './quantile.ts';

test('ranks of quantiles: the narrowest that scipy’s binomial allows, with their coverage', () => {
  const rows: readonly (readonly [number, number, number, number, number])[] = [
    [6, 0.5, 1, 6, 0.96875],
    [10, 0.5, 2, 9, 0.978515625],
    [30, 0.5, 10, 21, 0.9572260547429323],
    [100, 0.5, 40, 61, 0.9647997997822952],
    [400, 0.5, 180, 221, 0.9597692603193622],
    [72, 0.95, 64, 72, 0.9654900479083739],
    [130, 0.95, 118, 129, 0.9764233956320306],
    [1000, 0.95, 936, 964, 0.9580952682226541],
    [100_000, 0.5, 49_690, 50_311, 0.9504442853304775],
    [1_000_000, 0.95, 949_572, 950_428, 0.9504468120487168],
  ];
  for (const [n, q, low, high, coverage] of rows) {
    const ranks = quantileRanks(n, q);
    assert.deepEqual([ranks?.low, ranks?.high], [low, high], `n ${n}, q ${q}`);
    assert.ok(Math.abs((ranks?.coverage ?? 0) - coverage) < 1e-7, `coverage of n ${n}, q ${q}: ${ranks?.coverage}`);
  }
});

test('too few samples for an interval', () => {
  assert.equal(quantileRanks(5, 0.5), undefined);
  assert.equal(quantileRanks(71, 0.95), undefined);
  assert.equal(quantileRanks(0, 0.5), undefined);
});

test('an interval goes from sample to sample; dependence spreads the ranks of fewer samples', () => {
  const samples = sortSamples(Array.from({ length: 100 }, (_, index) => index + 1));
  assert.deepEqual(quantileInterval(samples, 0.5), { low: 40, high: 61 });
  // A fourth of the samples: ranks 8 and 18 of 25, times four.
  assert.deepEqual(quantileInterval(samples, 0.5, 4), { low: 32, high: 72 });
  assert.deepEqual(quantileEstimate(samples, 0.5), { value: 50.5, low: 40, high: 61 });
  assert.equal(quantileEstimate(sortSamples([1, 2, 3]), 0.5), undefined);
});

test('intervals cover at least 95 %, hold their quantile and narrow with n', () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 3_000 }), fc.constantFrom(0.5, 0.9, 0.95), (n, q) => {
      const ranks = quantileRanks(n, q);
      if (ranks === undefined) return n < 72;
      const { low, high, coverage } = ranks;
      return coverage >= 0.95 && low >= 1 && high <= n && low < high && low <= n * q + 1 && high >= n * q;
    }),
    { seed: 20260101, numRuns: 300 },
  );
});

test("Student's interval of a mean", () => {
  const interval = meanInterval([19.1, 22.4, 25.3, 20.2, 27.7, 31.5]);
  assert.ok(Math.abs((interval?.low ?? 0) - 19.40352762672936) < 1e-9);
  assert.ok(Math.abs((interval?.high ?? 0) - 29.329805706603967) < 1e-9);
  assert.equal(meanInterval([4]), undefined);
});

test("Wilson's interval of a share", () => {
  const rows = [
    [0, 20, 0, 0.16112515805281935],
    [3, 50, 0.020614970348973957, 0.1621709168883817],
    [17, 18, 0.7424269921812742, 0.9901248090216971],
  ] as const;
  for (const [events, trials, low, high] of rows) {
    const interval = shareInterval(events, trials);
    assert.ok(Math.abs((interval?.low ?? 1) - low) < 1e-12, `${events} of ${trials}`);
    assert.ok(Math.abs((interval?.high ?? 0) - high) < 1e-12, `${events} of ${trials}`);
  }
  assert.equal(shareInterval(0, 0), undefined);
  assert.equal(shareInterval(5, 5)?.high, 1);
});
