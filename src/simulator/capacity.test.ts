import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Capacity } from './capacity.ts';

test('waiting requests start in the order of their arrival as slots come free', () => {
  const capacity = new Capacity({ maxConcurrency: 2, maxQueue: 2 });
  const started: string[] = [];
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) => capacity.enter(() => started.push(name)));
  assert.deepEqual(started, ['a', 'b']);
  assert.equal(e, undefined, 'the queue of two is full');
  b?.leave();
  assert.deepEqual(started, ['a', 'b', 'c']);
  b?.leave();
  assert.deepEqual(started, ['a', 'b', 'c'], 'leaving twice frees one slot only');
  a?.leave();
  assert.deepEqual(started, ['a', 'b', 'c', 'd']);
  c?.leave();
  d?.leave();
  assert.notEqual(
    capacity.enter(() => undefined),
    undefined,
  );
});

test('a request that leaves the queue makes room in it and never starts', () => {
  const capacity = new Capacity({ maxConcurrency: 1, maxQueue: 1 });
  const started: string[] = [];
  const first = capacity.enter(() => started.push('first'));
  capacity.enter(() => started.push('second'))?.leave();
  capacity.enter(() => started.push('third'));
  first?.leave();
  assert.deepEqual(started, ['first', 'third']);
});
