import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildRun, buildTarget } from '../../test/support/record-builder.ts';
import { REQUEST_METRICS, WINDOW_METRICS } from '../metrics/catalogue.ts';
import type { Distribution } from '../metrics/distribution.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import type { Plan } from '../model/plan.ts';
import type { RunState } from '../model/run.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import { PLAIN_STYLE } from './style.ts';
import { describeLoad, renderText } from './text.ts';

const NOTHING: Distribution = {
  n: 0,
  mean: undefined,
  stdev: undefined,
  min: undefined,
  max: undefined,
  p50: undefined,
  p90: undefined,
  p95: undefined,
  p99: undefined,
};

/** A distribution by its four quantiles; mean and the rest follow the median. */
function spread(n: number, p50: number, p90: number, p95: number, p99: number): Distribution {
  return { n, mean: p50 + 1, stdev: 2.5, min: p50 / 2, max: p99 + 1, p50, p90, p95, p99 };
}

function metricsOf(given: Readonly<Record<string, Distribution>>): TargetSummary['metrics'] {
  const all = [...REQUEST_METRICS, ...WINDOW_METRICS].map(({ id }) => [id, given[id] ?? NOTHING] as const);
  return Object.fromEntries(all);
}

/** A target of which nothing is known. */
const UNKNOWN: TargetSummary = {
  target: buildTarget(),
  requests: { started: 0, completed: 0, failed: 0, cancelled: 0, dropped: 0, retries: 0 },
  failures: {},
  failureExamples: {},
  metrics: metricsOf({}),
  intervals: {},
  histograms: { e2e: [], ttft: [] },
  throughput: { requestsPerSecond: undefined, outputTokensPerSecond: undefined, offeredPerSecond: undefined },
  fullThroughput: { requestsPerSecond: undefined, outputTokensPerSecond: undefined },
  steadyWindowMs: undefined,
  tokens: {
    input: undefined,
    output: undefined,
    reasoning: undefined,
    cached: undefined,
    cacheWrite: undefined,
    source: undefined,
  },
  goodRatio: undefined,
  goodput: undefined,
  errorRate: undefined,
  objectivesSkipped: 0,
  cost: { usd: undefined, warmupUsd: undefined, unknownRequests: 0 },
  validity: [],
  prompts: [],
  conversations: undefined,
  stages: [],
  windows: [],
};

const MEASURED: TargetSummary = {
  ...UNKNOWN,
  requests: { started: 100, completed: 96, failed: 4, cancelled: 0, dropped: 0, retries: 0 },
  failures: { 'rate-limited': 3, server: 1 },
  failureExamples: { 'rate-limited': 'HTTP 429: slow down', server: 'HTTP 500: oops' },
  metrics: metricsOf({
    ttft: spread(96, 52.13, 61, 70.5, 110.04),
    ttfo: spread(96, 52.13, 61, 70.5, 110.04),
    itl: spread(900, 8.2, 9.1, 9.9, 14),
    tbt: spread(900, 8.2, 9.1, 9.9, 14),
    tpot: spread(96, 8.25, 8.9, 9, 9.4),
    e2e: spread(96, 812.6, 990, 1_204.5, 1_890),
    timeToError: spread(4, 3.1, 4, 4.2, 4.4),
    rps: spread(9, 10, 12, 12, 12),
    tps: spread(9, 151.5, 180, 182, 183),
    goodput: spread(9, 9, 11, 11, 11),
    errorRate: spread(9, 0, 0.1, 0.125, 0.2),
  }),
  throughput: { requestsPerSecond: 10.24, outputTokensPerSecond: 153.6, offeredPerSecond: undefined },
  fullThroughput: { requestsPerSecond: 9.9, outputTokensPerSecond: 149.2 },
  steadyWindowMs: 9_375,
  tokens: {
    input: 1_152,
    output: 1_440,
    reasoning: undefined,
    cached: undefined,
    cacheWrite: undefined,
    source: 'reported',
  },
  goodRatio: 0.9,
  goodput: 9.6,
  errorRate: 0.04,
};

interface Shown {
  readonly plan?: Partial<Plan>;
  readonly state?: RunState;
  readonly withStats?: boolean;
  readonly withHistogram?: boolean;
}

/** Without the last line, the command that repeats the run. */
function linesOf(summary: TargetSummary, shown: Shown = {}): readonly string[] {
  const run = buildRun({ plan: buildPlan({ warmupRequests: 1, ...shown.plan }) });
  return renderText({
    run,
    state: shown.state ?? 'completed',
    durationMs: 12_300,
    targets: [summary],
    withStats: shown.withStats ?? false,
    withHistogram: shown.withHistogram ?? false,
    columns: 80,
    style: PLAIN_STYLE,
  })
    .split('\n')
    .slice(0, -2);
}

function lineOf(lines: readonly string[], start: string): string {
  return lines.find((line) => line.startsWith(start)) ?? '';
}

const MEASURED_TEXT = `\
Run run-1  completed after 12.3 s
closed loop, 1 at a time · 10 requests per target · 1 warm-up · natural cache
llm-bench 0.1.0 · seed 1 · 2026-01-01T00:00:00.000Z

local · fake  http://127.0.0.1:9999/v1
96 completed, 4 failed  valid
  3 × rate-limited: HTTP 429: slow down
  1 × server: HTTP 500: oops

                   p50      p90       p95       p99    n
ttft           52.1 ms    61 ms  70.5 ms*   110 ms*   96
itl            8.20 ms  9.10 ms   9.90 ms     14 ms  900
tbt            8.20 ms  9.10 ms   9.90 ms     14 ms  900
tpot           8.25 ms  8.90 ms     9 ms*  9.40 ms*   96
e2e             813 ms   990 ms   1.20 s*   1.89 s*   96
time to error  3.10 ms    4 ms*  4.20 ms*  4.40 ms*    4
by second
requests/s          10      12*       12*       12*    9
tokens/s           152     180*      182*      183*    9
goodput/s            9      11*       11*       11*    9
error rate         0 %    10 %*   12.5 %*     20 %*    9
* few samples: p90 needs 64, p95 needs 130, p99 needs 662

throughput  10.2 requests/s, 154 tokens/s
            over 9.38 s of steady load; 149 tokens/s with ramp-down
quality     goodput 9.60 requests/s, good 90 %, errors 4 %
tokens      1,152 in, 1,440 out
cost        — (no price known)`;

test('the last line repeats the run', () => {
  const input = { state: 'completed', durationMs: 1, withStats: false, withHistogram: false, columns: 80 } as const;
  const text = renderText({ ...input, run: buildRun(), targets: [MEASURED], style: PLAIN_STYLE });
  assert.ok(text.endsWith('\n\nrepeat: llm-bench rerun run-1'));
});

test('a finished run is this text', () => {
  assert.equal(linesOf(MEASURED).join('\n'), MEASURED_TEXT);
});

test('the report of a run with all that is shown by default fits into 80 columns', () => {
  const long = {
    id: 'x',
    level: 'invalid',
    text: 'requests left 0.52 ms (p50), 12 ms (p99) after they were due, and then some more words follow',
    hint: 'over 3 ms at p99: this machine is too busy for the rate; lower it, or free some CPU for the client',
  } as const;
  for (const line of linesOf({ ...MEASURED, validity: [long] })) assert.ok(line.length <= 80, line);
});

test('whatever is unknown is a dash, never a zero', () => {
  const lines = linesOf(UNKNOWN, { withStats: true, withHistogram: true });
  for (const name of ['ttft', 'itl', 'tbt', 'tpot', 'e2e', 'requests/s', 'tokens/s', 'goodput/s', 'error rate']) {
    // p50, p90, p95, p99, then mean, median, stdev, min, max; and n, which is known to be 0.
    const rows = lines.filter((line) => line.startsWith(`${name} `));
    assert.deepEqual(
      rows.slice(0, 2).map((row) => /^\S+(?: rate)?((?: +—)+) +0$/.exec(row)?.[1]?.trim().split(/ +/).length),
      [4, 5],
    );
  }
  const from = lines.findIndex((line) => line.startsWith('throughput'));
  assert.deepEqual(lines.slice(from), [
    'throughput  — requests/s, — tokens/s',
    '            over — of steady load; — tokens/s with ramp-down',
    'quality     goodput — requests/s, good —, errors —',
    'tokens      — in, — out',
    'cost        — (no price known)',
    '',
    'E2E',
    '— (no samples)',
    '',
    'TTFT',
    '— (no samples)',
  ]);
  // What has no sample at all is not marked as having few.
  assert.ok(lines.every((line) => !line.includes('*')));
});

for (const [n, marks] of [
  [1, [false, true, true, true]],
  [63, [false, true, true, true]],
  [64, [false, false, true, true]], // p90 needs 64,
  [129, [false, false, true, true]],
  [130, [false, false, false, true]], // p95 needs 130,
  [661, [false, false, false, true]],
  [662, [false, false, false, false]], // p99 needs 662.
] as const) {
  test(`of ${n} samples ${marks.filter(Boolean).length} quantiles are marked as resting on too few`, () => {
    const metrics = metricsOf({ ttft: spread(n, 1, 2, 3, 4) });
    const [, ...cells] = lineOf(linesOf({ ...UNKNOWN, metrics }), 'ttft').split(/ {2,}/);
    assert.deepEqual(
      cells.slice(0, 4).map((cell) => cell.endsWith('*')),
      marks,
    );
  });
}

test('time to first output has a line of its own only where it is not the time to first token', () => {
  assert.equal(lineOf(linesOf(MEASURED), 'ttfo'), '');
  const later = metricsOf({ ttft: spread(96, 10, 11, 12, 13), ttfo: spread(96, 50, 51, 52, 53) });
  assert.match(lineOf(linesOf({ ...MEASURED, metrics: later }), 'ttfo'), /^ttfo +50 ms/);
  const fewer = metricsOf({ ttft: spread(96, 10, 11, 12, 13), ttfo: spread(90, 10, 11, 12, 13) });
  assert.match(lineOf(linesOf({ ...MEASURED, metrics: fewer }), 'ttfo'), / 90$/);
});

test('an open loop shows latencies from schedule, its offered load and what was dropped', () => {
  const load = { kind: 'open-loop', arrival: 'poisson', ratePerSecond: 12.5, maxInFlight: 4, stages: [] } as const;
  const lines = linesOf(
    {
      ...MEASURED,
      requests: { ...MEASURED.requests, dropped: 7, cancelled: 2, retries: 3 },
      metrics: metricsOf({
        ttftScheduled: spread(700, 53, 62, 71, 111),
        e2eScheduled: spread(700, 813, 991, 1_205, 1_891),
      }),
      throughput: { ...MEASURED.throughput, offeredPerSecond: 12.5 },
    },
    { plan: { load, stop: { requests: undefined, durationMs: 60_000 } } },
  );
  assert.equal(lines[1], 'open loop, poisson arrivals at 12.5/s · for 1m00s · 1 warm-up · natural cache');
  assert.equal(lines[5], '96 completed, 4 failed, 2 cancelled, 7 dropped, 3 of them retries  valid');
  assert.match(lineOf(lines, 'ttft from schedule'), /53 ms/);
  assert.match(lineOf(lines, 'e2e from schedule'), /813 ms/);
  assert.equal(lineOf(lines, 'throughput'), 'throughput  10.2 requests/s of 12.5 offered, 154 tokens/s');
});

test('objectives, those that could not apply, and the kinds of tokens are told', () => {
  const lines = linesOf(
    {
      ...MEASURED,
      objectivesSkipped: 5,
      tokens: { input: 1_000, output: 500, reasoning: 200, cached: 900, cacheWrite: undefined, source: 'events' },
    },
    {
      plan: {
        objectives: [
          { metric: 'ttft', max: 500 },
          { metric: 'e2e', max: 2_500 },
        ],
      },
    },
  );
  assert.ok(lines.includes('            good: ttft ≤ 500 ms, e2e ≤ 2.50 s (5 could not apply)'));
  assert.equal(
    lineOf(lines, 'tokens  '),
    'tokens      1,000 in, 500 out (events), 200 of it reasoning, 900 of the input cached',
  );
});

test('what the run cost stands with its mean, its warm-up, what is unknown, and where the prices come from', () => {
  const price = {
    inputUsd: 1,
    outputUsd: 2,
    cachedInputUsd: undefined,
    cacheWriteUsd: undefined,
    longCacheWriteUsd: undefined,
    reasoningUsd: undefined,
    tiers: [],
    perRequestUsd: 0,
    source: 'genai-prices 9.9.9',
    asOf: '2026-08-21',
  };
  const target = buildTarget({ profile: { ...EMPTY_PROFILE, price } });
  const cost = { usd: 0.0123, warmupUsd: 0.0003, unknownRequests: 0 };
  const metrics = metricsOf({ cost: { ...spread(100, 0.000_12, 0, 0, 0), mean: 0.000_12 } });
  const known = linesOf({ ...MEASURED, target, metrics, cost });
  assert.equal(lineOf(known, 'cost'), 'cost        $0.012300 (mean $0.000120 a request), $0.000300 of it warm-up');
  assert.ok(known.includes('            prices: genai-prices 9.9.9 of 2026-08-21'));
  const partly = linesOf({ ...MEASURED, target, metrics, cost: { ...cost, warmupUsd: 0, unknownRequests: 2 } });
  assert.equal(
    lineOf(partly, 'cost'),
    'cost        at least $0.012300 (mean $0.000120 a request), 2 requests of unknown cost',
  );
  assert.equal(lineOf(linesOf(MEASURED), 'cost'), 'cost        — (no price known)');
});

test('doubts stand beside the counts and below with cause and next step, and what is well is not listed', () => {
  const ok = { id: 'a', level: 'ok', text: 'all is well', hint: undefined } as const;
  const note = { id: 'b', level: 'note', text: '3 of 9 failed', hint: 'see the failures' } as const;
  const invalid = { id: 'c', level: 'invalid', text: 'the client was slow', hint: 'lower the load' } as const;
  const noted = linesOf({ ...MEASURED, validity: [ok, note] });
  assert.equal(noted[5], '96 completed, 4 failed  valid, with notes below');
  assert.deepEqual(noted.slice(-3), ['', 'note     3 of 9 failed', '         → see the failures']);
  const refused = linesOf({ ...MEASURED, validity: [ok, note, invalid] });
  assert.equal(refused[5], '96 completed, 4 failed  INVALID: do not use these numbers, see below');
  assert.deepEqual(refused.slice(-2), ['invalid  the client was slow', '         → lower the load']);
  assert.ok(refused.every((line) => !line.includes('all is well')));
});

for (const [state, word] of [
  ['completed', 'completed'],
  ['interrupted', 'INTERRUPTED'],
  ['failed', 'FAILED'],
] as const) {
  test(`a run that is ${state} says ${word}`, () => {
    assert.equal(linesOf(UNKNOWN, { state })[0], `Run run-1  ${word} after 12.3 s`);
  });
}

test('named prompts have a line each with their means, and their average', () => {
  const of = (mean: number | undefined): Distribution => ({ ...NOTHING, mean });
  const prompts = [
    {
      name: 'short',
      completed: 2,
      failed: 0,
      ttft: of(10),
      e2e: of(100),
      tokensPerSecond: of(20),
      inputTokens: of(5),
      outputTokens: of(7),
    },
    {
      name: 'a name that is far too long for it',
      completed: 0,
      failed: 3,
      ttft: of(undefined),
      e2e: of(undefined),
      tokensPerSecond: of(undefined),
      inputTokens: of(undefined),
      outputTokens: of(undefined),
    },
    {
      name: 'last',
      completed: 1,
      failed: 1,
      ttft: of(30),
      e2e: of(300),
      tokensPerSecond: of(40),
      inputTokens: of(15),
      outputTokens: of(undefined),
    },
  ];
  const lines = linesOf({ ...UNKNOWN, prompts });
  const from = lines.findIndex((line) => line.startsWith('prompt (means)'));
  assert.deepEqual(
    lines.slice(from, from + 5).map((line) => line.trim().split(/ {2,}/)),
    [
      ['prompt (means)', 'ttft', 'e2e', 'tokens/s', 'in', 'out', 'total', 'ok', 'failed'],
      ['short', '10 ms', '100 ms', '20', '5', '7', '12', '2', '0'],
      ['a name that is far too …', '—', '—', '—', '—', '—', '—', '0', '3'],
      ['last', '30 ms', '300 ms', '40', '15', '—', '—', '1', '1'],
      // (10 + 30) ÷ 2, (100 + 300) ÷ 2, (20 + 40) ÷ 2, (5 + 15) ÷ 2; out is of the one prompt that has it.
      ['average', '20 ms', '200 ms', '30', '10', '7', '17', '3', '4'],
    ],
  );
  assert.ok(linesOf(UNKNOWN).every((line) => !line.startsWith('prompt')));
});

test('the load is described in a line', () => {
  const stop = { requests: 1_500, durationMs: 90_000 };
  const load = { kind: 'closed-loop', concurrency: 4, requestDelayMs: 0, stages: [] } as const;
  assert.equal(
    describeLoad(buildPlan({ load, stop, warmupRequests: 4 })),
    'closed loop, 4 at a time · 1,500 requests per target · for 1m30s · 4 warm-up · natural cache',
  );
});

test('--stats shows the intervals of metrics that have them', () => {
  const bounds = { p50: { low: 49.96, high: 54.2 }, p95: undefined };
  const measured = {
    ...MEASURED,
    intervals: { ttft: bounds, e2e: { p50: { low: 801, high: 833 }, p95: { low: 1_100, high: 1_890 } } },
  };
  const text = linesOf(measured, { withStats: true }).join('\n');
  assert.match(text, /^95 % intervals +p50 +p95$/m);
  assert.match(text, /^ttft +50\.0 ms – 54\.2 ms +—$/m);
  assert.match(text, /^e2e +801 ms – 833 ms +1\.10 s – 1\.89 s$/m);
  assert.doesNotMatch(linesOf(measured, { withStats: false }).join('\n'), /intervals/);
});

test('the tables of --stats fit 80 columns', () => {
  for (const line of linesOf(MEASURED, { withStats: true })) assert.ok(line.length <= 80, line);
});
