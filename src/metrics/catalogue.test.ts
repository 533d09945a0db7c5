import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import { OBJECTIVE_METRICS } from '../model/objective.ts';
import { HEADLINE_METRICS, REQUEST_METRICS, WINDOW_METRICS } from './catalogue.ts';

const ALL = [...REQUEST_METRICS, ...WINDOW_METRICS, ...HEADLINE_METRICS];

test('ids are unique', () => {
  assert.equal(new Set(ALL.map(({ id }) => id)).size, ALL.length);
});

test('titles are unique', () => {
  assert.equal(new Set(ALL.map(({ title }) => title)).size, ALL.length);
});

for (const metric of ALL) {
  test(`${metric.id} says all that is to be said`, () => {
    assert.match(metric.id, /^[a-z][a-zA-Z0-9]*$/);
    assert.match(metric.title, /^[A-Z]/);
    for (const text of [metric.title, metric.formula, metric.undefinedWhen]) assert.match(text, /^\S.*[^\s.]$/);
    const { p50, p90, p95, p99 } = metric.minSamples;
    assert.deepEqual([p50, p90, p95, p99], [1, 64, 130, 662]);
  });
}

for (const { id, unit, direction } of ALL) {
  test(`${id} in ${unit}: ${direction}`, () => {
    const isSmallGood = unit === 'ms' || unit === 'usd' || id === 'errorRate';
    assert.equal(direction, isSmallGood ? 'lower is better' : 'higher is better');
  });
}

test('every metric that an objective may limit is one of requests, in milliseconds', () => {
  const units = OBJECTIVE_METRICS.map((id) => REQUEST_METRICS.find((metric) => metric.id === id)?.unit);
  assert.deepEqual(new Set(units), new Set(['ms']));
});

test('each metric of requests takes its own samples', () => {
  const streamed = buildStreamedRecord({
    scheduledAtMs: 980,
    startedAtMs: 1000,
    tokenAtMs: [1250, 1300, 1400],
    endedAtMs: 1500,
  });
  const record = {
    ...streamed,
    instants: { ...streamed.instants, firstOutputAtMs: 1300, toolNameAtMs: 1310, toolArgumentsAtMs: 1400 },
  };
  const samples = Object.fromEntries(REQUEST_METRICS.map((metric) => [metric.id, metric.samples(record)]));
  assert.deepEqual(samples, {
    ttft: [250],
    ttfo: [300],
    ttftScheduled: [270],
    itl: [50, 100],
    tbt: [50, 100],
    stall: [100],
    tpot: [75],
    decode: [150],
    e2e: [500],
    e2eScheduled: [520],
    dispatchDelay: [20],
    timeToError: [],
    toolCallLatency: [310],
    toolArguments: [90],
    tokensPerSecond: [12], // 3 ÷ 0.25 s
    e2eTokensPerSecond: [6], // 3 ÷ 0.5 s
    inputTokensPerSecond: [40], // 10 ÷ 0.25 s
    cost: [], // Without a price.
  });
});

test('a metric that is undefined for a request takes no sample of it', () => {
  const closedLoop = buildRecord();
  assert.deepEqual(REQUEST_METRICS.find(({ id }) => id === 'e2eScheduled')?.samples(closedLoop), []);
});

test('only delays of the client are of all requests, and only times to error of failed ones', () => {
  const others = REQUEST_METRICS.filter(({ population }) => population !== 'completed');
  assert.deepEqual(
    others.map(({ id, population }) => [id, population]),
    [
      ['dispatchDelay', 'all'],
      ['timeToError', 'failed'],
    ],
  );
});

test('each metric of windows takes its own figure', () => {
  const window = { second: 0, completed: 6, failed: 2, good: 5, tokens: 40, inFlight: 3 };
  assert.deepEqual(Object.fromEntries(WINDOW_METRICS.map((metric) => [metric.id, metric.sample(window)])), {
    rps: 6,
    tps: 40,
    goodput: 5,
    errorRate: 0.25, // 2 ÷ 8
  });
});
