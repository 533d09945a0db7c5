import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord } from '../model/record.ts';
import { LoadTally } from './load-tally.ts';

/** Two tokens each. */
const RECORDS: readonly RequestRecord[] = [
  buildStreamedRecord({ id: 1, startedAtMs: 0, tokenAtMs: [40, 60], endedAtMs: 60 }),
  buildStreamedRecord({ id: 2, startedAtMs: 50, tokenAtMs: [90, 110], endedAtMs: 110 }),
  buildStreamedRecord({ id: 3, startedAtMs: 100, tokenAtMs: [120, 150], endedAtMs: 150 }),
];

function tallyOf(settledUntilMs: readonly number[] = [], startMs = 0): LoadTally {
  const tally = new LoadTally();
  for (const [index, record] of RECORDS.entries()) {
    tally.add(record, index !== 1);
    const untilMs = settledUntilMs[index];
    if (untilMs !== undefined) tally.settle({ startMs, endMs: untilMs });
  }
  return tally;
}

test('a span holds what was sent, ended and came in it, and the mean in flight over its time', () => {
  // In flight: 60 + 50 ms up to 100.
  const first = { due: 3, sent: 3, completed: 1, good: 1, tokens: 3, meanInFlight: 1.1 };
  assert.deepEqual(tallyOf().within({ startMs: 0, endMs: 100 }), first);
  // 10 of the first, 60 of the second, 50 of the third.
  const later = { due: 2, sent: 2, completed: 3, good: 2, tokens: 5, meanInFlight: 1.2 };
  assert.deepEqual(tallyOf().within({ startMs: 50, endMs: 150 }), later);
  assert.equal(tallyOf().within({ startMs: 5, endMs: 5 }).meanInFlight, undefined);
});

test('what is settled early or late changes nothing', () => {
  const span = { startMs: 0, endMs: 100 };
  for (const settled of [[60, 100], [0, 0, 100], [100], [60, 60, 60]]) {
    assert.deepEqual(tallyOf(settled).within(span), tallyOf().within(span));
  }
  const later = { startMs: 50, endMs: 150 };
  assert.deepEqual(tallyOf([150], 50).within(later), tallyOf().within(later));
});

test('the whole span is from the first start to the last end, and none without requests', () => {
  assert.deepEqual(tallyOf().wholeSpan, { startMs: 0, endMs: 150 });
  const { startMs, endMs } = new LoadTally().wholeSpan;
  assert.ok(startMs > endMs);
});
