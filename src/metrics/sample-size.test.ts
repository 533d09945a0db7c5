import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samplesToDecide } from './sample-size.ts';

test('four times the samples halve an interval', () => {
  // To find 5 % with a power of 0.8 the half width must be 0.05 × 1.95996 ÷ (1.95996 + 0.84162) = 0.034980.
  assert.equal(samplesToDecide({ n: 100, halfWidth: 0.0699, limit: 0.05, change: 0.01 }), 400);
  assert.equal(samplesToDecide({ n: 40, halfWidth: 0.22, limit: 0.05, change: 0.14 }), 1_583);
});

test('with enough samples to find it, a change beside the limit takes as many as part the two', () => {
  // 0.04 is 0.01 off the limit, a half width of 0.02 must halve.
  assert.equal(samplesToDecide({ n: 1_000, halfWidth: 0.02, limit: 0.05, change: 0.04 }), 4_000);
});

test('a change on the limit is never decided', () => {
  assert.equal(samplesToDecide({ n: 1_000, halfWidth: 0.02, limit: 0.05, change: 0.05 }), undefined);
});
