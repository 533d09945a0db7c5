import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildEvent,
  buildHealth,
  buildPlan,
  buildRecord,
  buildStreamedRecord,
  buildTarget,
} from '../../test/support/record-builder.ts';
import type { Plan } from '../model/plan.ts';
import type { FailureKind, RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import { REQUEST_METRICS, WINDOW_METRICS } from './catalogue.ts';
import type { Distribution } from './distribution.ts';
import { createTargetTally, type TargetSummary } from './summary.ts';

const USAGE = buildRecord().usage;

function failedAs(kind: FailureKind, message: string): RequestRecord['outcome'] {
  return {
    kind: 'failed',
    failure: { kind, message, status: undefined, code: undefined, retryAfterMs: undefined, excerpt: undefined },
  };
}

function progressOf(overrides: Partial<TargetProgress> = {}): TargetProgress {
  return {
    targetIndex: 0,
    measureStartAtMs: 1000,
    measureEndAtMs: 5000,
    drainEndAtMs: 9000,
    dropped: 0,
    threads: [buildHealth({ cpuRatio: undefined, eventLoopDelayP99Ms: undefined })],
    ...overrides,
  };
}

function summarize(plan: Plan, records: readonly RequestRecord[], progress?: TargetProgress): TargetSummary {
  const tally = createTargetTally(plan, 0);
  for (const record of records) tally.add(record);
  return tally.summarize(progress);
}

/** Open loop; a request is good with its first token within 200 ms of when it was due, and 50 ms a token. */
const PLAN = buildPlan({
  load: { kind: 'open-loop', arrival: 'constant', ratePerSecond: 2, maxInFlight: undefined, stages: [] },
  objectives: [
    { metric: 'ttft', max: 200 },
    { metric: 'tpot', max: 50 },
  ],
});

/** Steady window 1000 to 5000 ms; one arrival dropped. The run of every "small run" test below. */
const RECORDS: readonly RequestRecord[] = [
  // Warm-up: leaves no trace.
  buildStreamedRecord({ id: 1, phase: 'warmup', startedAtMs: 0, tokenAtMs: [700, 1200], endedAtMs: 1300 }),
  // TTFT 100, TPOT 80 ÷ 2 = 40: good.
  buildStreamedRecord({
    id: 2,
    scheduledAtMs: 1000,
    startedAtMs: 1000,
    tokenAtMs: [1100, 1140, 1180],
    endedAtMs: 1200,
    usage: { ...USAGE, outputTokens: 3, cachedInputTokens: 4 },
  }),
  // Due at 1500, TTFT 250 from there (190 from its start): bad. One token: TPOT is skipped.
  buildStreamedRecord({ id: 3, scheduledAtMs: 1500, startedAtMs: 1560, tokenAtMs: [1750], endedAtMs: 1760 }),
  // TPOT 100: bad. Nothing reported: its two events are two tokens.
  buildStreamedRecord({
    id: 4,
    scheduledAtMs: 2000,
    startedAtMs: 2000,
    tokenAtMs: [2100, 2200],
    events: [buildEvent({ atMs: 2100, tokens: undefined }), buildEvent({ atMs: 2200, tokens: undefined })],
    endedAtMs: 2200,
    usage: { ...USAGE, inputTokens: undefined, outputTokens: undefined },
  }),
  // Refused after 20 ms.
  buildStreamedRecord({
    id: 5,
    scheduledAtMs: 2500,
    startedAtMs: 2500,
    tokenAtMs: [],
    endedAtMs: 2520,
    usage: { ...USAGE, inputTokens: undefined, outputTokens: undefined },
    outcome: failedAs('rate-limited', 'slow down'),
  }),
  // The same again, and now TTFT 100, TPOT 40: good. No arrival of its own.
  buildStreamedRecord({
    id: 6,
    attempt: 2,
    retryOf: 5,
    scheduledAtMs: 2700,
    startedAtMs: 2700,
    tokenAtMs: [2800, 2840],
    endedAtMs: 2850,
  }),
  // Cut off after 600 ms and two tokens.
  buildStreamedRecord({
    id: 7,
    scheduledAtMs: 3000,
    startedAtMs: 3000,
    tokenAtMs: [3200, 3300],
    endedAtMs: 3600,
    usage: { ...USAGE, inputTokens: undefined, outputTokens: undefined },
    outcome: failedAs('reset', 'cut off'),
  }),
  // TTFT 190, TPOT 400 ÷ 8 = 50: good. Seven of nine tokens, but not the end, are in the window.
  buildStreamedRecord({
    id: 8,
    scheduledAtMs: 4500,
    startedAtMs: 4500,
    tokenAtMs: [4690, 4740, 4790, 4840, 4890, 4940, 4990, 5040, 5090],
    endedAtMs: 5100,
  }),
  // Called off when the drain ended.
  buildStreamedRecord({
    id: 9,
    scheduledAtMs: 4990,
    startedAtMs: 4990,
    tokenAtMs: [5400],
    endedAtMs: 9000,
    usage: { ...USAGE, inputTokens: undefined, outputTokens: undefined },
    outcome: { kind: 'cancelled', by: 'end' },
  }),
];

const SMALL_RUN = summarize(PLAN, RECORDS, progressOf({ dropped: 1 }));

test('the small run: requests are counted by how they ended', () => {
  // 9 records − 1 warm-up
  assert.deepEqual(SMALL_RUN.requests, { started: 8, completed: 5, failed: 2, cancelled: 1, dropped: 1, retries: 1 });
});

test('the small run: throughput is over the steady window, by arrival', () => {
  assert.equal(SMALL_RUN.steadyWindowMs, 4000);
  assert.deepEqual(SMALL_RUN.throughput, {
    requestsPerSecond: 1, // 2, 3, 4 and 6 ended in it: 4 ÷ 4 s
    outputTokensPerSecond: 4.25, // 3 + 1 + 2 + 2 (of the retry) + 2 (of the cut-off one) + 7 of 9 = 17; 17 ÷ 4 s
    offeredPerSecond: 2, // 7 first attempts + 1 dropped = 8; 8 ÷ 4 s
  });
});

test('the small run: the full window reaches from the first start to the last end', () => {
  // 9000 − 1000 = 8 s
  assert.deepEqual(SMALL_RUN.fullThroughput, {
    requestsPerSecond: 0.625, // 5 ÷ 8 s
    outputTokensPerSecond: 2.5, // 17 + 2 late ones + 1 of the cancelled request = 20; 20 ÷ 8 s
  });
});

test('the small run: goodput is over the steady window, the good ratio over all but the cancelled', () => {
  assert.equal(SMALL_RUN.goodput, 0.5); // 2 and 6 ended in it: 2 ÷ 4 s
  assert.equal(SMALL_RUN.goodRatio, 3 / 7); // 2, 6 and 8 of 8 − 1
  assert.equal(SMALL_RUN.objectivesSkipped, 1); // the TPOT of 3
});

test('the small run: the error rate is over all that ended by themselves', () => {
  assert.equal(SMALL_RUN.errorRate, 2 / 7); // 2 of 5 + 2
});

test('the small run: failures come by kind, in the order of reports, with what was said', () => {
  assert.deepEqual(Object.entries(SMALL_RUN.failures), [
    ['reset', 1],
    ['rate-limited', 1],
  ]);
  assert.deepEqual(SMALL_RUN.failureExamples, { reset: 'cut off', 'rate-limited': 'slow down' });
});

test('the small run: tokens are those of completed requests, from mixed sources', () => {
  assert.deepEqual(SMALL_RUN.tokens, {
    input: 40, // 10 of each but 4, which did not say
    output: 17, // 3 + 1 + 2 + 2 + 9
    reasoning: undefined,
    cached: 4,
    cacheWrite: undefined,
    source: 'mixed',
  });
});

test('the small run: latencies are of completed requests, delays of all, times to error of failed ones', () => {
  const { metrics } = SMALL_RUN;
  const brief = (id: string): Partial<Distribution> => {
    const { n, mean, min, max, p50 } = metrics[id] as Distribution;
    return { n, mean, min, max, p50 };
  };
  // 100 190 100 100 190: sum 680
  assert.deepEqual(brief('ttft'), { n: 5, mean: 136, min: 100, max: 190, p50: 100 });
  // 100 250 100 100 190: sum 740
  assert.deepEqual(brief('ttftScheduled'), { n: 5, mean: 148, min: 100, max: 250, p50: 100 });
  // 200 200 200 150 600: sum 1350
  assert.deepEqual(brief('e2e'), { n: 5, mean: 270, min: 150, max: 600, p50: 200 });
  // 40, 100, 40, 50: sum 230
  assert.deepEqual(brief('tpot'), { n: 4, mean: 57.5, min: 40, max: 100, p50: 45 });
  // Pooled gaps: 40 40 | 100 | 40 | 50 × 8: sum 620
  assert.deepEqual(brief('tbt'), { n: 12, mean: 620 / 12, min: 40, max: 100, p50: 50 });
  // 60 of 3, else 0, of all eight
  assert.deepEqual(brief('dispatchDelay'), { n: 8, mean: 7.5, min: 0, max: 60, p50: 0 });
  // 20 and 600
  assert.deepEqual(brief('timeToError'), { n: 2, mean: 310, min: 20, max: 600, p50: 310 });
});

test('the small run: seconds 1 to 4 are the whole ones of the steady window', () => {
  const second = (at: number): unknown => SMALL_RUN.windows[at];
  assert.equal(SMALL_RUN.windows.length, 10); // the last end is in second 9
  assert.deepEqual(second(0), { second: 0, completed: 0, failed: 0, good: 0, tokens: 0, inFlight: 0 });
  assert.deepEqual(second(1), { second: 1, completed: 2, failed: 0, good: 1, tokens: 4, inFlight: 0 });
  assert.deepEqual(second(2), { second: 2, completed: 2, failed: 1, good: 1, tokens: 4, inFlight: 0 });
  assert.deepEqual(second(3), { second: 3, completed: 0, failed: 1, good: 0, tokens: 2, inFlight: 0 });
  assert.deepEqual(second(4), { second: 4, completed: 0, failed: 0, good: 0, tokens: 7, inFlight: 2 });
  assert.deepEqual(second(5), { second: 5, completed: 1, failed: 0, good: 1, tokens: 3, inFlight: 1 });
  const means = WINDOW_METRICS.map(({ id }) => [id, SMALL_RUN.metrics[id]?.n, SMALL_RUN.metrics[id]?.mean]);
  assert.deepEqual(means, [
    ['rps', 4, 1], // 2 2 0 0
    ['tps', 4, 4.25], // 4 4 2 7
    ['goodput', 4, 0.5], // 1 1 0 0
    ['errorRate', 3, (1 / 3 + 0 + 1) / 3], // 0 of 2, 1 of 3, 1 of 1; none ended in second 4
  ]);
});

test('the small run: the ledger says that the load was not as asked', () => {
  const levels = new Map(SMALL_RUN.validity.map((entry) => [entry.id, entry.level]));
  assert.equal(levels.get('achieved-load'), 'invalid'); // 7 of 8 due arrivals were sent
  assert.equal(levels.get('dropped-arrivals'), 'note');
  assert.equal(levels.get('throttled'), 'invalid'); // 1 of 7 is over 10 %
  assert.equal(levels.get('cached-tokens'), 'note'); // 4 of 40
});

test('histograms have ten bins of completed requests', () => {
  // 150 to 600, bins of 45: 150 | 200 200 200 (195 to 240) | … | 600
  assert.deepEqual(
    SMALL_RUN.histograms.e2e.map(({ count }) => count),
    [1, 3, 0, 0, 0, 0, 0, 0, 0, 1],
  );
  assert.equal(SMALL_RUN.histograms.ttft.length, 10);
});

test('the cost is unknown, not 0', () => {
  assert.deepEqual(SMALL_RUN.cost, { usd: undefined, warmupUsd: undefined, unknownRequests: 0 });
});

test('every metric of requests and windows has a distribution', () => {
  const ids = [...REQUEST_METRICS, ...WINDOW_METRICS].map(({ id }) => id);
  assert.deepEqual(Object.keys(SMALL_RUN.metrics).sort(), ids.sort());
});

test('tokens and ends at the very edges of the steady window are inside', () => {
  const records = [
    buildStreamedRecord({ startedAtMs: 900, tokenAtMs: [999, 1000], endedAtMs: 1000 }),
    buildStreamedRecord({ startedAtMs: 4000, tokenAtMs: [5000, 5001], endedAtMs: 5001 }),
  ];
  // One end and two tokens in 4 s
  assert.deepEqual(summarize(buildPlan(), records, progressOf()).throughput, {
    requestsPerSecond: 0.25,
    outputTokensPerSecond: 0.5,
    offeredPerSecond: undefined,
  });
});

test('without written progress the steady window is the full one', () => {
  const records = [buildStreamedRecord({ startedAtMs: 500, tokenAtMs: [600, 700], endedAtMs: 2500 })];
  const summary = summarize(buildPlan(), records);
  assert.equal(summary.steadyWindowMs, 2000);
  // 1 and 2 in 2 s
  assert.deepEqual(summary.fullThroughput, { requestsPerSecond: 0.5, outputTokensPerSecond: 1 });
  assert.deepEqual(summary.throughput, { ...summary.fullThroughput, offeredPerSecond: undefined });
});

test('when all failed, rates are 0, latencies have no samples, and received tokens still count', () => {
  const outcome = failedAs('truncated', 'cut off');
  const usage = { ...USAGE, inputTokens: undefined, outputTokens: undefined };
  const records = [
    buildStreamedRecord({ id: 1, startedAtMs: 1000, tokenAtMs: [1100, 1200], endedAtMs: 1500, usage, outcome }),
    buildStreamedRecord({ id: 2, startedAtMs: 2000, tokenAtMs: [2100, 2200], endedAtMs: 2500, usage, outcome }),
  ];
  const summary = summarize(buildPlan(), records, progressOf());
  assert.deepEqual(summary.throughput, {
    requestsPerSecond: 0,
    outputTokensPerSecond: 1, // 4 ÷ 4 s
    offeredPerSecond: undefined,
  });
  const { goodput, goodRatio, errorRate, tokens, failures, metrics, histograms } = summary;
  assert.deepEqual(
    { goodput, goodRatio, errorRate, failures },
    { goodput: 0, goodRatio: 0, errorRate: 1, failures: { truncated: 2 } },
  );
  assert.deepEqual(tokens, {
    input: undefined,
    output: undefined,
    reasoning: undefined,
    cached: undefined,
    cacheWrite: undefined,
    source: undefined,
  });
  assert.deepEqual([metrics['ttft']?.n, metrics['e2e']?.n, metrics['timeToError']?.n], [0, 0, 2]);
  assert.deepEqual(histograms, { e2e: [], ttft: [] });
});

test('when all failed without a token, the token throughput is 0', () => {
  const usage = { ...USAGE, outputTokens: undefined };
  const outcome = failedAs('connect', 'refused');
  const records = [buildStreamedRecord({ startedAtMs: 1000, tokenAtMs: [], endedAtMs: 1001, usage, outcome })];
  assert.equal(summarize(buildPlan(), records, progressOf()).throughput.outputTokensPerSecond, 0);
});

test('when answers came whose tokens nobody counted, the token throughput is unknown, not 0', () => {
  const usage = { ...USAGE, outputTokens: undefined };
  const records = [
    buildStreamedRecord({ startedAtMs: 1000, tokenAtMs: [], endedAtMs: 1500, isStreamed: false, usage }),
  ];
  const { throughput, fullThroughput } = summarize(buildPlan(), records, progressOf());
  assert.equal(throughput.outputTokensPerSecond, undefined);
  assert.equal(fullThroughput.outputTokensPerSecond, undefined);
  assert.equal(throughput.requestsPerSecond, 0.25); // 1 ÷ 4 s
});

for (const [what, records] of [
  ['nothing at all', []],
  ['warm-up alone', [buildRecord({ phase: 'warmup' })]],
] as const) {
  test(`from ${what} nothing is concluded`, () => {
    const summary = summarize(PLAN, records);
    assert.deepEqual(summary.requests, { started: 0, completed: 0, failed: 0, cancelled: 0, dropped: 0, retries: 0 });
    const { goodput, goodRatio, errorRate, steadyWindowMs, failures, windows, prompts, tokens } = summary;
    assert.deepEqual(
      { goodput, goodRatio, errorRate, steadyWindowMs, failures, windows, prompts },
      {
        goodput: undefined,
        goodRatio: undefined,
        errorRate: undefined,
        steadyWindowMs: undefined,
        failures: {},
        windows: [],
        prompts: [],
      },
    );
    assert.equal(tokens.source, undefined);
    assert.deepEqual(summary.fullThroughput, { requestsPerSecond: undefined, outputTokensPerSecond: undefined });
    assert.deepEqual(summary.throughput, { ...summary.fullThroughput, offeredPerSecond: undefined });
    assert.deepEqual(new Set(Object.values(summary.metrics).map(({ n }) => n)), new Set([0]));
  });
}

test('a steady window without a single request has rates of 0 and its empty seconds', () => {
  const summary = summarize(PLAN, [], progressOf());
  assert.deepEqual(summary.throughput, { requestsPerSecond: 0, outputTokensPerSecond: 0, offeredPerSecond: 0 });
  assert.equal(summary.windows.length, 5);
  assert.equal(summary.metrics['rps']?.n, 4);
});

test('when all were cancelled there is no good ratio and no error rate', () => {
  const records = [buildRecord({ outcome: { kind: 'cancelled', by: 'user' } })];
  const { goodRatio, errorRate } = summarize(buildPlan(), records);
  assert.deepEqual([goodRatio, errorRate], [undefined, undefined]);
});

for (const [expected, counts] of [
  ['reported', [3, 4]],
  ['events', [undefined, undefined]],
  ['mixed', [3, undefined]],
] as const) {
  test(`tokens that are counted as ${counts.map((count) => count ?? 'unknown').join(' and ')} are ${expected}`, () => {
    const events = [buildEvent({ tokens: undefined })];
    const records = counts.map((outputTokens) => buildRecord({ events, usage: { ...USAGE, outputTokens } }));
    assert.equal(summarize(buildPlan(), records).tokens.source, expected);
  });
}

test('answers whose counts do not make the total that is told are noted', () => {
  const records = [10, 11].map((total) =>
    buildRecord({ usage: { ...USAGE, inputTokens: 7, outputTokens: 3, raw: { total_tokens: total } } }),
  );
  const entry = summarize(buildPlan(), records).validity.find(({ id }) => id === 'token-totals');
  assert.match(entry?.text ?? '', /^1 of 2 answers/);
});

test('the example of a failure is that of its first request, whichever ended first', () => {
  const late = buildRecord({ id: 2, outcome: failedAs('server', 'second') });
  const early = buildRecord({ id: 1, outcome: failedAs('server', 'first') });
  assert.deepEqual(summarize(buildPlan(), [late, early]).failureExamples, { server: 'first' });
});

test('a target is summarised under its own place in the plan', () => {
  const plan = buildPlan({ targets: [buildTarget({ model: 'a' }), buildTarget({ model: 'b' })] });
  assert.equal(createTargetTally(plan, 1).summarize(undefined).target.model, 'b');
  assert.throws(() => createTargetTally(plan, 2), /no target 2 in a plan of 2/);
});

test('quantiles of one sample a request have their interval, pooled gaps have none', () => {
  const tally = createTargetTally(buildPlan(), 0);
  // TTFTs of 1 to 100 ms.
  for (let id = 1; id <= 100; id++) {
    tally.add(buildStreamedRecord({ id, startedAtMs: 0, tokenAtMs: [id, id + 10], endedAtMs: id + 10 }));
  }
  const { intervals } = tally.summarize(undefined);
  assert.deepEqual(intervals['ttft'], { p50: { low: 40, high: 61 }, p95: { low: 90, high: 100 } });
  assert.equal('tbt' in intervals || 'itl' in intervals, false);
  assert.deepEqual(intervals['timeToError'], { p50: undefined, p95: undefined });
});
