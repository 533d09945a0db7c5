import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildHealth, buildPlan } from '../../test/support/record-builder.ts';
import type { Load } from '../model/load.ts';
import { distributionOf } from './distribution.ts';
import type { CountEvidence } from './token-evidence.ts';
import { type ValidityEntry, type ValidityInput, type ValidityLevel, validityOf, worstLevel } from './validity.ts';

const OPEN: Load = { kind: 'open-loop', arrival: 'poisson', ratePerSecond: 10, maxInFlight: undefined, stages: [] };
const OPEN_PLAN = buildPlan({ load: OPEN, warmupRequests: 1 });

const ALL_REPORTED: CountEvidence = {
  completed: 1000,
  reported: 1000,
  counted: 0,
  tokenizers: [],
  isApproximate: false,
  difference: undefined,
};

/** A run of 1,000 requests of which there is nothing to say. TTFT 10 ms, requests leave at once. */
function inputOf(overrides: Partial<ValidityInput> = {}): ValidityInput {
  return {
    plan: OPEN_PLAN,
    requests: 1000,
    completed: 1000,
    failed: 0,
    throttled: 0,
    dropped: 0,
    arrivalsInWindow: 1000,
    sentInWindow: 1000,
    meanInFlight: 1,
    steadyWindowMs: 10_000,
    newConnections: 0,
    events: 10_000,
    coalescedEvents: 0,
    streamed: 1000,
    buffered: 0,
    inputTokens: 100_000,
    cachedInputTokens: 0,
    outputTokens: 10_000,
    hiddenReasoningTokens: 0,
    tokensUnsound: 0,
    tokenCounts: ALL_REPORTED,
    modelsAnswered: ['fake'],
    model: 'fake',
    ttft: distributionOf([10]),
    dispatchDelay: distributionOf([0]),
    countLate: () => 0,
    threads: [buildHealth({ cpuRatio: 0.1, eventLoopDelayP99Ms: 1 })],
    ...overrides,
  };
}

function entryOf(id: string, overrides: Partial<ValidityInput>): ValidityEntry | undefined {
  return validityOf(inputOf(overrides)).find((entry) => entry.id === id);
}

/** Dispatch delays, and how many of them are above a limit. */
function delayed(...delaysMs: readonly number[]): Partial<ValidityInput> {
  const countLate = (limitMs: number): number => delaysMs.filter((delayMs) => delayMs > limitMs).length;
  return { dispatchDelay: distributionOf(delaysMs), countLate };
}

const HUNDRED = new Array<number>(100).fill(0);
const FIFTY_CLIENTS = buildPlan({ load: { kind: 'closed-loop', concurrency: 50, requestDelayMs: 0, stages: [] } });
const PAUSING = buildPlan({ load: { kind: 'closed-loop', concurrency: 50, requestDelayMs: 1, stages: [] } });

/** `absent`: there is no such line. */
const ROWS: readonly (readonly [string, string, Partial<ValidityInput>, ValidityLevel | 'absent'])[] = [
  ['hidden-reasoning', 'none', {}, 'absent'],
  ['hidden-reasoning', 'a token', { hiddenReasoningTokens: 1 }, 'note'],
  ['achieved-load', 'above 98 %', { sentInWindow: 981 }, 'ok'],
  ['achieved-load', 'at 98 %', { sentInWindow: 980 }, 'ok'],
  ['achieved-load', 'below 98 %', { sentInWindow: 979 }, 'invalid'],
  ['achieved-load', 'without arrivals', { arrivalsInWindow: 0, sentInWindow: 0 }, 'absent'],
  ['achieved-load', 'in closed loop', { plan: buildPlan(), sentInWindow: 1 }, 'absent'],

  // TTFT p50 10: 5 % is 0.5, and 1 ms is more
  ['dispatch-delay', 'below 1 ms of a short TTFT', delayed(0.99), 'ok'],
  ['dispatch-delay', 'at 1 ms of a short TTFT', delayed(1), 'ok'],
  ['dispatch-delay', 'above 1 ms of a short TTFT', delayed(1.01), 'invalid'],
  // TTFT p50 200: 5 % is 10
  ['dispatch-delay', 'at 5 % of a long TTFT', { ttft: distributionOf([200]), ...delayed(10) }, 'ok'],
  ['dispatch-delay', 'above 5 % of a long TTFT', { ttft: distributionOf([200]), ...delayed(10.1) }, 'invalid'],
  // Of a hundred with one late in the mean, four or more come once in 54 times, three or more once in 13.
  [
    'dispatch-delay',
    'with four late of a hundred',
    delayed(...HUNDRED.with(0, 4).with(1, 4).with(2, 4).with(3, 4)),
    'invalid',
  ],
  ['dispatch-delay', 'with three late of a hundred', delayed(...HUNDRED.with(0, 4).with(1, 4).with(2, 4)), 'note'],
  ['dispatch-delay', 'above 1 ms without any TTFT', { ttft: distributionOf([]), ...delayed(2) }, 'invalid'],
  ['dispatch-delay', 'without samples', delayed(), 'ok'],
  ['dispatch-delay', 'in closed loop', { plan: buildPlan(), ...delayed(50) }, 'absent'],

  ['delivered-concurrency', 'in open loop', {}, 'absent'],
  ['delivered-concurrency', 'at 98 %', { plan: FIFTY_CLIENTS, meanInFlight: 49 }, 'ok'],
  ['delivered-concurrency', 'below 98 %', { plan: FIFTY_CLIENTS, meanInFlight: 48.9 }, 'note'],
  ['delivered-concurrency', 'at 90 %', { plan: FIFTY_CLIENTS, meanInFlight: 45 }, 'note'],
  ['delivered-concurrency', 'below 90 %', { plan: FIFTY_CLIENTS, meanInFlight: 44.9 }, 'invalid'],
  // 5.1 clients idle for 10 s, over 52,000 requests: 0.98 ms each.
  [
    'delivered-concurrency',
    'below 90 % of short answers',
    { plan: FIFTY_CLIENTS, meanInFlight: 44.9, requests: 52_000 },
    'note',
  ],
  ['delivered-concurrency', 'without requests', { plan: FIFTY_CLIENTS, meanInFlight: 0, requests: 0 }, 'absent'],
  ['delivered-concurrency', 'with clients that pause', { plan: PAUSING, meanInFlight: 1 }, 'absent'],
  ['delivered-concurrency', 'without a window', { plan: FIFTY_CLIENTS, meanInFlight: undefined }, 'absent'],

  ['nothing-completed', 'with one', { completed: 1 }, 'absent'],
  ['nothing-completed', 'with none', { completed: 0 }, 'invalid'],
  ['nothing-completed', 'with nothing sent', { completed: 0, requests: 0 }, 'invalid'],

  ['dropped-arrivals', 'with none', {}, 'absent'],
  ['dropped-arrivals', 'with one', { dropped: 1 }, 'note'],

  ['event-loop-delay', 'below 10 ms', { threads: [buildHealth({ cpuRatio: 0, eventLoopDelayP99Ms: 9.9 })] }, 'ok'],
  ['event-loop-delay', 'at 10 ms', { threads: [buildHealth({ cpuRatio: 0, eventLoopDelayP99Ms: 10 })] }, 'ok'],
  [
    'event-loop-delay',
    'above 10 ms',
    { threads: [buildHealth({ cpuRatio: 0, eventLoopDelayP99Ms: 10.1 })] },
    'invalid',
  ],
  [
    'event-loop-delay',
    'unknown',
    { threads: [buildHealth({ cpuRatio: 0, eventLoopDelayP99Ms: undefined })] },
    'absent',
  ],

  ['client-cpu', 'below 80 %', { threads: [buildHealth({ cpuRatio: 0.79, eventLoopDelayP99Ms: 0 })] }, 'ok'],
  ['client-cpu', 'at 80 %', { threads: [buildHealth({ cpuRatio: 0.8, eventLoopDelayP99Ms: 0 })] }, 'ok'],
  ['client-cpu', 'above 80 %', { threads: [buildHealth({ cpuRatio: 0.81, eventLoopDelayP99Ms: 0 })] }, 'invalid'],
  ['client-cpu', 'unknown', { threads: [buildHealth({ cpuRatio: undefined, eventLoopDelayP99Ms: 0 })] }, 'absent'],

  ['client-pause', 'of 100 ms', { threads: [buildHealth({ eventLoopDelayMaxMs: 100 })] }, 'absent'],
  ['client-pause', 'of more', { threads: [buildHealth({ eventLoopDelayMaxMs: 101 })] }, 'note'],

  // TTFT p50 10: 5 % is 0.5
  ['cpu-wait', 'at half a millisecond', { threads: [buildHealth({ cpuWaitMeanMs: 0.5 })] }, 'ok'],
  ['cpu-wait', 'above it, of a short TTFT', { threads: [buildHealth({ cpuWaitMeanMs: 0.51 })] }, 'invalid'],
  [
    'cpu-wait',
    'at 5 % of a long TTFT',
    { ttft: distributionOf([200]), threads: [buildHealth({ cpuWaitMeanMs: 10 })] },
    'note',
  ],
  ['cpu-wait', 'above it', { ttft: distributionOf([200]), threads: [buildHealth({ cpuWaitMeanMs: 10.1 })] }, 'invalid'],
  ['cpu-wait', 'unknown', { threads: [buildHealth()] }, 'absent'],

  ['client-gc', 'at 5 %', { threads: [buildHealth({ gcRatio: 0.05 })] }, 'ok'],
  ['client-gc', 'above 5 %', { threads: [buildHealth({ gcRatio: 0.051 })] }, 'note'],

  ['new-connections', 'at 10 %', { newConnections: 100 }, 'ok'],
  ['new-connections', 'above 10 %', { newConnections: 101 }, 'note'],
  ['new-connections', 'without requests', { requests: 0 }, 'absent'],

  ['cold-start', 'with warm-up', {}, 'absent'],
  ['cold-start', 'without warm-up', { plan: buildPlan({ warmupRequests: 0 }) }, 'note'],
  [
    'cold-start',
    'without warm-up and without requests',
    { plan: buildPlan({ warmupRequests: 0 }), requests: 0 },
    'absent',
  ],

  ['coalesced-events', 'below 10 %', { coalescedEvents: 999 }, 'ok'],
  ['coalesced-events', 'at 10 %', { coalescedEvents: 1000 }, 'ok'],
  ['coalesced-events', 'above 10 %', { coalescedEvents: 1001 }, 'note'],
  ['coalesced-events', 'without events', { events: 0 }, 'absent'],

  ['buffered-streams', 'with none', {}, 'absent'],
  ['buffered-streams', 'with one', { buffered: 1 }, 'note'],

  ['not-streamed', 'with all streamed', {}, 'absent'],
  ['not-streamed', 'with one not streamed', { streamed: 999 }, 'note'],

  ['errors', 'with none', {}, 'ok'],
  ['errors', 'with one', { completed: 999, failed: 1 }, 'note'],
  ['errors', 'when nothing ended', { completed: 0, failed: 0 }, 'absent'],

  ['throttled', 'with none', {}, 'absent'],
  ['throttled', 'with one', { completed: 999, failed: 1, throttled: 1 }, 'note'],
  ['throttled', 'at 10 %', { completed: 900, failed: 100, throttled: 100 }, 'note'],
  ['throttled', 'above 10 %', { completed: 899, failed: 101, throttled: 101 }, 'invalid'],

  ['cached-tokens', 'below 1 %', { cachedInputTokens: 999 }, 'ok'],
  ['cached-tokens', 'at 1 %', { cachedInputTokens: 1000 }, 'note'],
  ['cached-tokens', 'above 1 %', { cachedInputTokens: 1001 }, 'note'],
  ['cached-tokens', 'unknown', { cachedInputTokens: undefined }, 'absent'],
  ['cached-tokens', 'without input tokens', { inputTokens: 0 }, 'absent'],

  ['token-source', 'with all reported', {}, 'absent'],
  ['token-source', 'with one not reported', { tokenCounts: { ...ALL_REPORTED, reported: 999 } }, 'note'],

  ['token-totals', 'with none off', {}, 'absent'],
  ['token-totals', 'with one off', { tokensUnsound: 1 }, 'note'],

  ['model-answered', 'by the one asked for', {}, 'absent'],
  ['model-answered', 'by nobody in particular', { modelsAnswered: [] }, 'absent'],
  ['model-answered', 'by another', { modelsAnswered: ['fake', 'other'] }, 'note'],

  ['samples', 'enough for a p99', { completed: 662 }, 'ok'],
  ['samples', 'one too few for a p99', { completed: 661, streamed: 661 }, 'note'],
  ['samples', 'with none', { completed: 0 }, 'note'],
];

for (const [id, when, overrides, expected] of ROWS) {
  test(`${id} ${when} is ${expected}`, () => {
    const entry = entryOf(id, overrides);
    assert.equal(entry?.level ?? 'absent', expected);
    // All but what is well comes with a next step.
    assert.equal(entry?.hint !== undefined, expected === 'note' || expected === 'invalid');
  });
}

test('a run of which there is nothing to say has only ok lines, each once', () => {
  const entries = validityOf(inputOf());
  assert.equal(worstLevel(entries), 'ok');
  assert.deepEqual(
    entries.map(({ id }) => id),
    [
      'achieved-load',
      'dispatch-delay',
      'event-loop-delay',
      'client-cpu',
      'new-connections',
      'coalesced-events',
      'errors',
      'cached-tokens',
      'samples',
    ],
  );
});

test('the text says what was seen', () => {
  for (const [id, overrides, text] of [
    ['achieved-load', { sentInWindow: 950 }, '950 of 1000 due arrivals were sent (95 %)'],
    ['client-cpu', {}, 'the measuring thread used 10 % of a core'],
    ['errors', { completed: 985, failed: 15 }, '15 of 1000 requests failed (1.5 %)'],
    ['errors', {}, '0 of 1000 requests failed (0 %)'],
    ['model-answered', { modelsAnswered: ['a', 'fake', 'b'] }, 'asked for fake, answered by a, b'],
    [
      'model-answered',
      { modelsAnswered: ['a', 'b', 'c', 'd', 'e'] },
      'asked for fake, answered by a, b, c and 2 others',
    ],
    ['samples', { completed: 100 }, '100 samples: p95 needs 130, p99 needs 662'],
  ] as const) {
    assert.equal(entryOf(id, overrides)?.text, text);
  }
});

test('cached tokens are told apart: a cache that was meant to be avoided, and one that was not', () => {
  const cachedInputTokens = 50_000;
  const randomized = buildPlan({ cache: 'cold' });
  assert.match(entryOf('cached-tokens', { cachedInputTokens, plan: randomized })?.hint ?? '', /meant to be new/);
  assert.match(entryOf('cached-tokens', { cachedInputTokens })?.hint ?? '', /--cache cold/);
  const warm = buildPlan({ cache: 'warm' });
  assert.match(entryOf('cached-tokens', { cachedInputTokens, plan: warm })?.hint ?? '', /as it was asked for/);
  for (const shared of [
    buildPlan({ cache: 'cold', conversation: { maxTurns: 2, thinkTimeMs: 0 } }),
    buildPlan({ cache: 'cold', workload: { source: 'trace a.jsonl', sha256: '', items: 3 } }),
    buildPlan({ cache: 'cold', workload: { source: 'synthetic in=5, prefix share 0.5 of 2', sha256: '', items: 3 } }),
  ]) {
    assert.match(entryOf('cached-tokens', { cachedInputTokens, plan: shared })?.hint ?? '', /meant to be measured/);
  }
});

for (const [levels, expected] of [
  [[], 'ok'],
  [['ok', 'ok'], 'ok'],
  [['ok', 'note', 'ok'], 'note'],
  [['note', 'invalid', 'ok'], 'invalid'],
] as const) {
  test(`the worst of ${levels.join(', ') || 'nothing'} is ${expected}`, () => {
    assert.equal(worstLevel(levels.map((level) => ({ id: 'x', level, text: '', hint: undefined }))), expected);
  });
}

test('of several threads the worst is named', () => {
  const threads = [0.2, 0.9, 0.3].map((cpuRatio, shardIndex) => buildHealth({ shardIndex, cpuRatio }));
  assert.equal(entryOf('client-cpu', { threads })?.text, 'measuring thread 2 of 3 used 90 % of a core');
  assert.equal(
    entryOf('client-cpu', { threads: threads.slice(0, 1) })?.text,
    'the measuring thread used 20 % of a core',
  );
});
