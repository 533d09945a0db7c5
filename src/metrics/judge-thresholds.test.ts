import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildRecord, buildStreamedRecord, buildTarget } from '../../test/support/record-builder.ts';
import type { Failure, RequestRecord } from '../model/record.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import { judgeThresholds, type ThresholdCheck, type ThresholdVerdict } from './judge-thresholds.ts';
import { createTargetTally, type TargetSummary } from './summary.ts';
import { parseThreshold, type Threshold } from './threshold.ts';

const PRICE = {
  ...{ inputUsd: 0, outputUsd: 0, cachedInputUsd: undefined, cacheWriteUsd: undefined },
  ...{ longCacheWriteUsd: undefined, reasoningUsd: undefined, tiers: [], perRequestUsd: 0.25 },
  ...{ source: 'user', asOf: undefined },
};

function summaryOf(records: readonly RequestRecord[], { hasPrice = false, model = 'm' } = {}): TargetSummary {
  const profile = { ...EMPTY_PROFILE, price: hasPrice ? PRICE : undefined };
  const tally = createTargetTally(buildPlan({ targets: [buildTarget({ model, profile })] }), 0);
  for (const record of records) tally.add(record);
  return tally.summarize(undefined);
}

const failure: Failure = {
  kind: 'server',
  message: 'oops',
  status: 500,
  code: undefined,
  retryAfterMs: undefined,
  excerpt: undefined,
};
/** TTFT 100 and 300 ms, and one failure. */
const MIXED = [
  buildStreamedRecord({ id: 1, startedAtMs: 0, tokenAtMs: [100, 120], endedAtMs: 120 }),
  buildStreamedRecord({ id: 2, startedAtMs: 0, tokenAtMs: [300, 320], endedAtMs: 320 }),
  buildRecord({ id: 3, outcome: { kind: 'failed', failure } }),
];

function threshold(text: string): Threshold {
  const read = parseThreshold(text);
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

function judge(texts: readonly string[], targets: readonly TargetSummary[]): ThresholdVerdict {
  const verdict = judgeThresholds(texts.map(threshold), targets);
  assert.ok(verdict !== undefined);
  return verdict;
}

function one(text: string, target: TargetSummary): ThresholdCheck {
  const [check] = judge([text], [target]).checks;
  assert.ok(check !== undefined);
  return check;
}

test('without conditions there is no verdict', () => {
  assert.equal(judgeThresholds([], [summaryOf(MIXED)]), undefined);
});

test('a condition that holds fails the run, at the limit as its sign says', () => {
  const target = summaryOf(MIXED);
  const rows: readonly (readonly [string, number | undefined, string])[] = [
    ['ttft.p50 > 199ms', 200, 'failed'],
    ['ttft.p50 > 200ms', 200, 'passed'],
    ['ttft.p50 >= 200ms', 200, 'failed'],
    ['ttft.max <= 300ms', 300, 'failed'],
    ['ttft.max < 300ms', 300, 'passed'],
    ['error_rate > 33%', 1 / 3, 'failed'],
    ['error_rate > 34%', 1 / 3, 'passed'],
    ['good_ratio < 60%', 2 / 3, 'passed'],
  ];
  for (const [text, value, status] of rows) {
    const check = one(text, target);
    assert.deepEqual([check.value, check.status], [value, status], text);
  }
  assert.equal(judge(['ttft.p50 > 200ms', 'error_rate > 34%'], [target]).isPassed, true);
  assert.equal(judge(['ttft.p50 > 200ms', 'error_rate > 33%'], [target]).isPassed, false);
});

test('few samples are a note, no value fails with its reason', () => {
  const target = summaryOf(MIXED);
  assert.deepEqual(one('ttft.p95 > 1s', target).note, 'few samples: 2, and p95 needs 130');
  assert.equal(one('ttft.p95 > 1s', target).status, 'passed');
  const open = one('ttftScheduled.p50 > 1s', target);
  assert.deepEqual([open.status, open.note], ['unknown', 'no value: closed loop']);
  const nothing = one('ttft.p50 > 1s', summaryOf([]));
  assert.deepEqual([nothing.status, nothing.note], ['unknown', 'no value: no request completed']);
  assert.equal(judge(['ttftScheduled.p50 > 1s'], [target]).isPassed, false);
});

test('no failure took too long where nothing failed', () => {
  const check = one('timeToError.max > 1s', summaryOf(MIXED.slice(0, 2)));
  assert.deepEqual([check.status, check.note], ['passed', 'nothing failed']);
  assert.equal(one('timeToError.max > 1s', summaryOf([])).status, 'unknown');
});

test('every target is judged; cost is that of the run', () => {
  // A refused request (500) costs nothing: two of 25 cents each.
  const targets = [summaryOf(MIXED, { hasPrice: true }), summaryOf(MIXED, { hasPrice: true, model: 'n' })];
  const verdict = judge(['cost > 0.99usd', 'cost > 1usd', 'ttft.p50 > 1s', 'cost.mean > 0.2usd'], targets);
  assert.deepEqual(
    verdict.checks.map(({ target, value, status }) => [target?.model, value, status]),
    [
      [undefined, 1, 'failed'],
      [undefined, 1, 'passed'],
      ['m', 200, 'passed'],
      ['n', 200, 'passed'],
      ['m', 0.25, 'failed'],
      ['n', 0.25, 'failed'],
    ],
  );
});

test('a cost of which a part is unknown fails, unless what is known decides', () => {
  const targets = [summaryOf(MIXED, { hasPrice: true }), summaryOf(MIXED)];
  const status = (text: string): string | undefined => judge([text], targets).checks[0]?.status;
  assert.equal(status('cost > 0.4usd'), 'failed');
  assert.equal(status('cost > 0.6usd'), 'unknown');
  assert.equal(status('cost < 0.4usd'), 'passed');
  assert.equal(status('cost < 0.6usd'), 'unknown');
  assert.equal(judge(['cost > 9usd'], [summaryOf(MIXED)]).checks[0]?.note, 'no value: no price is known');
});
