import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '../../model/units.ts';
import {
  between,
  breachOf,
  describeLimits,
  from,
  items,
  type Limits,
  mend,
  NO_LIMITS,
  narrow,
  oneOf,
  upTo,
} from './limits.ts';

const EFFORTS = oneOf('none', 'low', 'high');
const OPEN: Limits = { ...NO_LIMITS, above: 0, below: 1 };

describe('a value keeps to its limits, or is mended', () => {
  const rows: readonly (readonly [JsonValue, Limits, breach: string | undefined, mended: JsonValue | undefined])[] = [
    [0, between(0, 2), undefined, 0],
    [2, between(0, 2), undefined, 2],
    [2.1, between(0, 2), 'must be 0 to 2', 2],
    [-1, between(0, 2), 'must be 0 to 2', 0],
    [0, from(1), 'must be at least 1', 1],
    [9, upTo(8), 'must be at most 8', 8],
    [2, between(1, 1), 'must be 1', 1],
    // Next to an open end there is no nearest number.
    [0, OPEN, 'must be above 0, below 1', undefined],
    [1, OPEN, 'must be above 0, below 1', undefined],
    [0.5, OPEN, undefined, 0.5],
    ['low', EFFORTS, undefined, 'low'],
    ['LOW', EFFORTS, 'must be none, low or high', 'low'],
    // Who asks for some reasoning does not mean none.
    ['minimal', EFFORTS, 'must be none, low or high', 'low'],
    ['medium', EFFORTS, 'must be none, low or high', 'high'],
    ['max', EFFORTS, 'must be none, low or high', 'high'],
    ['none', oneOf('low', 'high'), 'must be low or high', 'low'],
    ['minimal', oneOf('none'), 'must be none', undefined],
    ['gold', oneOf('auto', 'flex'), 'must be auto or flex', undefined],
    [3, oneOf(1), 'must be 1', undefined],
    [['a', 'b', 'c'], items(2), 'must hold at most 2, not 3', ['a', 'b']],
    ['a', items(2), undefined, 'a'],
    [{ 1: 5, 2: 200 }, between(-100, 100), 'must be -100 to 100', { 1: 5, 2: 100 }],
    [{ 1: 0 }, OPEN, 'must be above 0, below 1', undefined],
    [{ type: 'x' }, between(0, 1), undefined, { type: 'x' }],
    [true, between(0, 1), undefined, true],
    ['anything', NO_LIMITS, undefined, 'anything'],
  ];
  for (const [value, limits, breach, mended] of rows) {
    test(`${JSON.stringify(value)} in ${describeLimits(limits) || 'anything'}`, () => {
      assert.equal(breachOf(value, limits), breach);
      assert.deepEqual(mend(value, limits), mended);
    });
  }
});

test('limits are told by their nearest ends', () => {
  assert.equal(describeLimits(NO_LIMITS), '');
  assert.equal(describeLimits({ ...NO_LIMITS, min: 0, max: 1, above: 0 }), 'above 0, at most 1');
  assert.equal(describeLimits({ ...NO_LIMITS, min: 1, above: 0 }), 'at least 1');
  assert.equal(describeLimits(items(4)), 'up to 4');
  assert.equal(describeLimits(oneOf('a')), 'a');
});

test('both limits at once are the narrower of each', () => {
  assert.deepEqual(narrow(between(0, 2), between(1, 3)), between(1, 2));
  assert.deepEqual(narrow(from(0), NO_LIMITS), from(0));
  assert.deepEqual(narrow(oneOf('a', 'b'), oneOf('b', 'c')), oneOf('b'));
  assert.deepEqual(narrow(NO_LIMITS, oneOf('b')), oneOf('b'));
});
