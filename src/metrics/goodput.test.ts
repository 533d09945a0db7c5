import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { Load } from '../model/load.ts';
import type { Objective, ObjectiveMetric } from '../model/objective.ts';
import type { RequestRecord } from '../model/record.ts';
import { judgeObjectives, type Verdict } from './goodput.ts';

const CLOSED: Load = { kind: 'closed-loop', concurrency: 1, requestDelayMs: 0, stages: [] };
const OPEN: Load = { kind: 'open-loop', arrival: 'constant', ratePerSecond: 1, maxInFlight: undefined, stages: [] };

const GOOD: Verdict = { isGood: true, skipped: 0 };
const BAD: Verdict = { isGood: false, skipped: 0 };

/** TTFT 100 (from schedule 130), E2E 160 (from schedule 190), gaps 10 and 40, TPOT 25; first output 110. */
const RECORD: RequestRecord = (() => {
  const streamed = buildStreamedRecord({
    scheduledAtMs: 970,
    startedAtMs: 1000,
    tokenAtMs: [1100, 1110, 1150],
    endedAtMs: 1160,
  });
  return { ...streamed, instants: { ...streamed.instants, firstOutputAtMs: 1110 } };
})();

function limits(given: Partial<Record<ObjectiveMetric, number>>): readonly Objective[] {
  return (Object.entries(given) as [ObjectiveMetric, number][]).map(([metric, max]) => ({ metric, max }));
}

for (const [metric, load, value] of [
  ['ttft', CLOSED, 100], // 1100 − 1000
  ['ttft', OPEN, 130], // 1100 − 970
  ['e2e', CLOSED, 160], // 1160 − 1000
  ['e2e', OPEN, 190], // 1160 − 970
  ['ttfo', CLOSED, 110], // 1110 − 1000
  ['ttfo', OPEN, 110],
  ['tpot', CLOSED, 25], // 50 ÷ 2
  ['stall', CLOSED, 40], // 1150 − 1110
] as const) {
  test(`${metric} in ${load.kind} is good at its limit and bad above it`, () => {
    assert.deepEqual(judgeObjectives(RECORD, limits({ [metric]: value }), load), GOOD);
    assert.deepEqual(judgeObjectives(RECORD, limits({ [metric]: value - 0.001 }), load), BAD);
  });
}

test('every objective has to be met', () => {
  assert.deepEqual(judgeObjectives(RECORD, limits({ ttft: 100, e2e: 160, tpot: 25 }), CLOSED), GOOD);
  assert.deepEqual(judgeObjectives(RECORD, limits({ ttft: 99, e2e: 160, tpot: 25 }), CLOSED), BAD);
  assert.deepEqual(judgeObjectives(RECORD, limits({ ttft: 100, e2e: 160, tpot: 24 }), CLOSED), BAD);
});

test('without objectives every completed request is good', () => {
  assert.deepEqual(judgeObjectives(RECORD, [], CLOSED), GOOD);
});

const ONE_TOKEN = buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [100], endedAtMs: 110 });

test('objectives that cannot apply are skipped and counted', () => {
  assert.deepEqual(judgeObjectives(ONE_TOKEN, limits({ ttft: 100, tpot: 1, stall: 1 }), CLOSED), {
    isGood: true,
    skipped: 2,
  });
});

test('a skipped objective does not make up for one that is missed', () => {
  assert.deepEqual(judgeObjectives(ONE_TOKEN, limits({ tpot: 1, ttft: 99 }), CLOSED), { isGood: false, skipped: 1 });
});

for (const outcome of [
  {
    kind: 'failed',
    failure: {
      kind: 'reset',
      message: 'reset',
      status: undefined,
      code: undefined,
      retryAfterMs: undefined,
      excerpt: undefined,
    },
  },
  { kind: 'cancelled', by: 'end' },
] as const) {
  test(`a ${outcome.kind} request is not good, and none of its objectives counts as skipped`, () => {
    assert.deepEqual(judgeObjectives(buildRecord({ outcome }), limits({ ttft: 1e6, stall: 1e6 }), CLOSED), BAD);
    assert.deepEqual(judgeObjectives(buildRecord({ outcome }), [], CLOSED), BAD);
  });
}
