import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogramOf } from './histogram.ts';
import { sortSamples } from './quantile.ts';

test('samples fall into equal bins, each with its lower edge and without its upper one, but for the last', () => {
  // 0 to 8 in 4 bins of 2: 0 1 | 2 3.5 | (none) | 6 8
  assert.deepEqual(histogramOf(sortSamples([8, 0, 1, 2, 3.5, 6]), 4), [
    { from: 0, to: 2, count: 2 },
    { from: 2, to: 4, count: 2 },
    { from: 4, to: 6, count: 0 },
    { from: 6, to: 8, count: 2 },
  ]);
});

test('bins begin at the smallest sample, not at 0', () => {
  assert.deepEqual(histogramOf(sortSamples([10, 14]), 2), [
    { from: 10, to: 12, count: 1 },
    { from: 12, to: 14, count: 1 },
  ]);
});

for (const [what, samples] of [
  ['one sample is', [5]],
  ['equal samples are', [5, 5, 5]],
] as const) {
  test(`${what} counted in the first of bins that are a tenth wide in all`, () => {
    const bins = histogramOf(sortSamples(samples), 10);
    assert.deepEqual(
      bins.map(({ count }) => count),
      [samples.length, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    );
    assert.equal(bins.at(0)?.from, 5);
    assert.equal(bins.at(-1)?.to.toFixed(9), '5.100000000');
  });
}

test('without samples there are no bins', () => {
  assert.deepEqual(histogramOf(sortSamples([]), 10), []);
});
