import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFault } from './fault-choice.ts';

const RULES = [
  { kind: '429', rate: 0.1 },
  { kind: 'stall', requests: [3] },
  { kind: 'reset', rate: 0.2 },
] as const;

test('rates are laid end to end', () => {
  const chosen = [0, 0.0999, 0.1, 0.2999, 0.31, 0.9999].map((point) => chooseFault(RULES, 1, () => point));
  assert.deepEqual(chosen, ['429', '429', 'reset', 'reset', undefined, undefined]);
});

test('a rule with the number of the request wins over the rates', () => {
  assert.equal(
    chooseFault(RULES, 3, () => 0),
    'stall',
  );
});
