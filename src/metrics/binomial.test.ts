import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSurelyAbove } from './binomial.ts';

for (const [seen, n, isIt] of [
  [1, 1, true], // P(X ≥ 1) = 0.01
  [1, 5, true], // 1 − 0.99⁵ = 0.049
  [1, 6, false], // 1 − 0.99⁶ = 0.0585
  [3, 100, false], // 0.079
  [4, 100, true], // 0.018
  [1, 100, false], // Just what was to be expected.
  [0, 10, false],
  // Expected 200, standard deviation √198 = 14.07: 23.1 above is the limit, and half of one for the step.
  [223, 20_000, false],
  [224, 20_000, true],
] as const) {
  test(`${seen} late of ${n} ${isIt ? 'are' : 'are not'} surely more than one of a hundred`, () => {
    assert.equal(isSurelyAbove(0.01, seen, n), isIt);
  });
}
