import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord } from '../../test/support/record-builder.ts';
import type { Outcome, RequestRecord } from '../model/record.ts';
import { NOTHING_ASKED } from '../model/workload.ts';
import { type ConversationSummary, createConversationTally } from './conversations.ts';

const CANCELLED: Outcome = { kind: 'cancelled', by: 'end' };

function turn(
  conversation: number,
  number: number,
  turns: number,
  outcome: Outcome = { kind: 'completed' },
): RequestRecord {
  return buildRecord({ asked: { ...NOTHING_ASKED, conversation, turn: number, turns }, outcome });
}

function summaryOf(...records: readonly RequestRecord[]): ConversationSummary | undefined {
  const tally = createConversationTally();
  for (const record of records) tally.add(record);
  return tally.summarize();
}

test('conversations are completed, ended by a failure, or cut by the end of the run', () => {
  assert.deepEqual(
    summaryOf(
      ...[turn(1, 1, 2), turn(1, 2, 2)], // Both turns answered.
      ...[turn(2, 1, 3), turn(2, 2, 3, CANCELLED)], // The second was not.
      turn(3, 1, 2), // There was no second.
      turn(4, 1, 1),
    ),
    { completed: 2, failed: 1, cut: 1 },
  );
});

test('a turn that is answered at the second attempt goes on', () => {
  assert.deepEqual(summaryOf(turn(1, 1, 2, CANCELLED), turn(1, 1, 2), turn(1, 2, 2)), {
    completed: 1,
    failed: 0,
    cut: 0,
  });
  assert.deepEqual(summaryOf(turn(1, 1, 2), turn(1, 1, 2, CANCELLED)), { completed: 0, failed: 0, cut: 1 });
});

test('without conversations there is nothing to say', () => {
  assert.equal(summaryOf(buildRecord(), buildRecord({ asked: NOTHING_ASKED })), undefined);
});
