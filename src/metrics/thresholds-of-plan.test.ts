import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thresholdsOf } from './thresholds-of-plan.ts';

test('conditions of a plan are its own --fail-if, and what cannot be read is left out', () => {
  const found = thresholdsOf({ repeatArguments: ['m', '--fail-if', 'ttft.p95 > 1s', '--fail-if', 'nonsense'] });
  assert.deepEqual(
    found.map(({ metric, limit }) => [metric, limit]),
    [['ttft', 1_000]],
  );
  assert.deepEqual(thresholdsOf({ repeatArguments: undefined }), []);
});
