import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord } from '../model/record.ts';
import { accuracyOf, chunksPerSecond, streamFiguresOf, type WitnessedAnswer, witness } from './accuracy.ts';

/** Written at 1,100, 1,120 and 1,140 of the server's clock; received there at 1,000. */
const truth = (n: number, lateMs = 0): WitnessedAnswer => ({
  n,
  receivedAtMs: 1_000,
  writes: [1_100, 1_120, 1_140],
  lateMs,
});

/** Sent at 5 of ours; the three tokens were stamped so late after 105, 125 and 145. */
const record = (n: number, ...lateMs: readonly [number, number, number]): RequestRecord => ({
  ...buildStreamedRecord({
    id: n,
    startedAtMs: 5,
    tokenAtMs: [105 + lateMs[0], 125 + lateMs[1], 145 + lateMs[2]],
    endedAtMs: 146 + lateMs[2],
  }),
  text: { prompt: 'hi', reasoning: '', answer: `r${n} says hello` },
});

const truths = new Map([1, 2].map((n) => [n, truth(n)]));

test('records find their truth by the number in the answer', () => {
  const stranger = record(3, 0, 0, 0);
  const warmup = { ...record(1, 0, 0, 0), phase: 'warmup' as const };
  assert.deepEqual(
    witness([record(2, 0, 0, 0), stranger, warmup], truths).map((pair) => pair.truth.n),
    [2],
  );
});

test('errors are spans of ours minus spans of the server', () => {
  const figures = accuracyOf(16, witness([record(1, 0.5, 0.5, 0.75), record(2, 0.25, 1.25, 1.25)], truths));
  // TTFT +0.5 and +0.25; gaps 0, 0.25, 1 and 0.
  assert.deepEqual([figures?.streams, figures?.requests, figures?.ttftErrorP50Ms], [16, 2, 0.375]);
  assert.ok(Math.abs((figures?.gapErrorP99Ms ?? 0) - (0.25 + 0.97 * 0.75)) < 1e-9);
  assert.equal(accuracyOf(1, []), undefined);
});

test('lag counts from the quickest chunk, and the one who was late is named', () => {
  const pairs = (late: number, serverMs = 0): ReturnType<typeof witness> =>
    witness([record(1, 0.25, 0.25, 0.25 + late)], new Map([[1, truth(1, serverMs)]]));
  const kept = streamFiguresOf(100, pairs(2), false);
  // Three chunks over 42 ms.
  assert.deepEqual([kept?.lagP50Ms, kept?.verdict], [0, 'kept']);
  assert.equal(kept?.chunksPerSecond.toFixed(3), (3_000 / 42).toFixed(3));
  assert.equal(streamFiguresOf(100, pairs(9), false)?.verdict, 'client');
  assert.equal(streamFiguresOf(100, pairs(0), true)?.verdict, 'client');
  assert.equal(streamFiguresOf(100, pairs(9, 6), false)?.verdict, 'server');
});

test('chunks per second go from the first stamp to the last', () => {
  // Six chunks over 40 ms.
  assert.equal(chunksPerSecond([record(1, 0, 0, 0), record(2, 0, 0, 0)]), 150);
  assert.equal(chunksPerSecond([]), undefined);
});
