import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { Load } from '../model/load.ts';
import type { RequestRecord } from '../model/record.ts';
import { evidenceOf, rulesOf, type SearchGoal } from './search-goal.ts';

const OPEN: Load = { kind: 'open-loop', arrival: 'constant', ratePerSecond: 1, maxInFlight: undefined, stages: [] };
const CLOSED: Load = { kind: 'closed-loop', concurrency: 1, requestDelayMs: 0, stages: [] };

/** Due at `second`, sent 50 ms later, first token `ttftMs` after that, a second one 40 ms later. */
const answer = (second: number, ttftMs: number): RequestRecord => {
  const startedAtMs = second * 1_000 + 50;
  return buildStreamedRecord({
    id: second,
    scheduledAtMs: second * 1_000,
    startedAtMs,
    tokenAtMs: [startedAtMs + ttftMs, startedAtMs + ttftMs + 40],
    endedAtMs: startedAtMs + ttftMs + 40,
  });
};

const failed = buildRecord({
  outcome: {
    kind: 'failed',
    failure: {
      kind: 'server',
      message: 'no',
      status: 500,
      code: undefined,
      retryAfterMs: undefined,
      excerpt: undefined,
    },
  },
});

const RECORDS: readonly RequestRecord[] = [
  answer(1, 100),
  answer(2, 460),
  answer(3, 500),
  failed,
  buildRecord({ phase: 'warmup' }),
  buildRecord({ targetIndex: 1 }),
  buildRecord({ outcome: { kind: 'cancelled', by: 'end' } }),
];

const goal: SearchGoal = {
  quantiles: [
    { metric: 'ttft', quantile: 'p95', max: 500 },
    { metric: 'tpot', quantile: 'p99', max: 39 },
  ],
  each: [{ metric: 'e2e', max: 545 }],
  attainment: 0.9,
  maxErrorRatio: 0.01,
};

test('rules are shares that may miss, and say so', () => {
  assert.deepEqual(
    rulesOf(goal).map(({ text, allowed }) => [text, allowed]),
    [
      ['ttft.p95 ≤ 500 ms', 0.05],
      ['tpot.p99 ≤ 39 ms', 0.01],
      ['e2e ≤ 545 ms for 90 %', 0.1],
      ['errors ≤ 1 %', 0.01],
    ],
  );
  assert.deepEqual(
    rulesOf({ ...goal, each: [] })
      .map(({ text }) => text)
      .slice(-1),
    ['errors ≤ 1 %'],
  );
});

test('in open loop the wait before the start counts; failed requests miss what is asked of each', () => {
  const counts = (load: Load): unknown =>
    evidenceOf(goal, RECORDS, { load, targetIndex: 0 }).map(({ n, misses }) => [n, misses]);
  // From schedule: ttft 150, 510, 550; e2e 190, 550, 590.
  assert.deepEqual(counts(OPEN), [
    [3, 2],
    [3, 3],
    [4, 3],
    [4, 1],
  ]);
  // From the start: ttft 100, 460, 500; e2e 140, 500, 540.
  assert.deepEqual(counts(CLOSED), [
    [3, 0],
    [3, 3],
    [4, 1],
    [4, 1],
  ]);
});

test('requests that wait behind each other are worth fewer', () => {
  // Twenty quick ones, then twenty slow ones.
  const records = Array.from({ length: 40 }, (_, second) => answer(second, second < 20 ? 100 + second : 900 + second));
  const [ttft] = evidenceOf(goal, records, { load: CLOSED, targetIndex: 0 });
  assert.deepEqual([ttft?.n, ttft?.misses], [40, 20]);
  assert.ok((ttft?.dependence ?? 0) > 5);
});
