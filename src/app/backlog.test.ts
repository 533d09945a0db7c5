import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { MeasuringBatch } from '../engine/run.ts';
import { Backlog } from './backlog.ts';

/** Of `requests` requests with two token events each: three rows a request. */
function batchOf(requests: number): MeasuringBatch {
  const record = buildStreamedRecord({ id: 1, startedAtMs: 0, tokenAtMs: [1, 2], endedAtMs: 3 });
  return { records: Array.from({ length: requests }, () => record), progress: [], live: [] };
}

test('a backlog keeps as many rows as it may, and has room again when they are taken', () => {
  const backlog = new Backlog(9);
  const [first, second] = [batchOf(2), batchOf(1)];
  assert.deepEqual([backlog.add(first), backlog.add(second), backlog.add(batchOf(1))], [true, true, false]);
  assert.deepEqual(backlog.takeAll(), [first, second]);
  assert.deepEqual(backlog.takeAll(), []);
  assert.equal(backlog.add(batchOf(3)), true);
});
