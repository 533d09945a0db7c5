import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactScale, fittingScale, linearScale, logScale } from './scale.ts';

const RANGE = { from: 0, to: 100, steps: 5 };

test('a linear axis begins and ends at round values, an exact one ends where the data does', () => {
  const scale = linearScale({ low: 0, high: 0.73 }, RANGE);
  assert.deepEqual(scale.ticks, [0, 0.2, 0.4, 0.6, 0.8]);
  assert.equal(scale.at(0.4), 50);
  const exact = exactScale(7.3, RANGE);
  assert.deepEqual(exact.ticks, [0, 2, 4, 6]);
  assert.equal(exact.at(7.3), 100);
});

test('a logarithmic axis has ticks at 1, 2 and 5, or only at powers of ten where that are too many', () => {
  assert.deepEqual(logScale({ low: 8, high: 120 }, RANGE).ticks, [10, 20, 50, 100]);
  assert.deepEqual(logScale({ low: 0.9, high: 50_000 }, RANGE).ticks, [1, 10, 100, 1_000, 10_000]);
  assert.equal(logScale({ low: 1, high: 100 }, RANGE).at(10), 50);
});

test('only values that reach far and are above 0 get a logarithmic axis', () => {
  assert.equal(fittingScale({ low: 10, high: 100 }, RANGE).isLog, false);
  assert.equal(fittingScale({ low: 10, high: 1_000 }, RANGE).isLog, true);
  assert.equal(fittingScale({ low: 0, high: 1_000 }, RANGE).isLog, false);
  assert.equal(fittingScale({ low: 5, high: 5 }, RANGE).at(0), 0);
});
