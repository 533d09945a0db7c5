import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCallBook } from './calls.ts';

describe('a call', () => {
  test('is known again by the id of its item, whatever the index', () => {
    const calls = createCallBook();
    assert.deepEqual([calls.open('a', 0), calls.open('b', 0)], [0, 1]);
    assert.deepEqual([calls.find('a', 0), calls.find('b', 0), calls.find('a', undefined)], [0, 1, 0]);
  });

  test('is known again by its index when the id is new or missing', () => {
    const calls = createCallBook();
    assert.deepEqual([calls.open('a', 0), calls.open('b', 1)], [0, 1]);
    assert.deepEqual([calls.find('x', 0), calls.find(undefined, 1)], [0, 1]);
  });

  test('goes on as the last one without either', () => {
    const calls = createCallBook();
    assert.deepEqual([calls.find(undefined, undefined), calls.find(undefined, undefined)], [0, 0]);
    assert.deepEqual([calls.open(undefined, undefined), calls.find(undefined, undefined)], [1, 1]);
    assert.deepEqual([calls.open('a', 3), calls.find(undefined, undefined)], [2, 2]);
  });

  test('does not begin twice under one id', () => {
    const calls = createCallBook();
    assert.deepEqual([calls.open('a', 0), calls.open('a', 0)], [0, 0]);
  });
});
