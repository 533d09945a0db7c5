import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildInstants,
  buildPlan,
  buildRecord,
  buildRun,
  buildStreamedRecord,
  buildTarget,
} from '../../test/support/record-builder.ts';
import { REQUEST_METRICS, WINDOW_METRICS } from '../metrics/catalogue.ts';
import { createTargetTally } from '../metrics/summary.ts';
import type { RequestRecord } from '../model/record.ts';
import { NOTHING_ASKED } from '../model/workload.ts';
import type { RunDocument } from './run-document.ts';
import { runDocumentSchema } from './run-document-schema.ts';
import { toRunDocument } from './to-run-document.ts';

/** The document as the world reads it: JSON. */
function documentOf(records: readonly RequestRecord[], withRequests: boolean = false): RunDocument {
  const targets = [buildTarget({ url: 'https://h/v1' })];
  const run = buildRun({ plan: buildPlan({ targets, seed: 77, headerNames: ['x-gate'] }) });
  const tally = createTargetTally(run.plan, 0);
  for (const record of records) tally.add(record);
  const document = toRunDocument({
    run,
    state: 'completed',
    durationMs: 1_234.5,
    targets: [tally.summarize(undefined)],
    records: withRequests ? records : undefined,
  });
  const read = JSON.parse(JSON.stringify(document)) as RunDocument;
  // Nothing that JSON drops or bends is in it (but what the plan left open), and it keeps to its own schema.
  assert.deepEqual({ ...read, plan: document.plan }, document);
  assert.deepEqual(runDocumentSchema.parse(read), read);
  return read;
}

/** Every number of a value, by its path. */
function numbersIn(value: unknown, path: string = ''): readonly (readonly [string, number])[] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, `${path}/${key}`));
}

const FULL: RequestRecord = {
  ...buildStreamedRecord({ id: 1, scheduledAtMs: 5, startedAtMs: 10, tokenAtMs: [110, 130], endedAtMs: 131 }),
  promptName: 'greeting',
  asked: { ...NOTHING_ASKED, inputTokens: 12, contextTokens: 0, conversation: 3, turn: 1, turns: 2 },
  connection: { isReused: false, dnsMs: 1, tcpMs: 2, tlsMs: 3 },
  modelAnswered: 'fake-2026',
  usage: {
    inputTokens: 10,
    cachedInputTokens: undefined,
    cacheWriteInputTokens: 4,
    longCacheWriteInputTokens: undefined,
    outputTokens: 2,
    reasoningTokens: undefined,
    raw: undefined,
  },
  counted: { inputTokens: undefined, outputTokens: 3, tokenizer: 'o200k_base', isApproximate: true },
  serverTimings: { queue: 1.5 },
  text: { prompt: 'Q', reasoning: '', answer: 'A' },
};

const FAILED: RequestRecord = buildRecord({
  id: 2,
  attempt: 2,
  retryOf: 1,
  instants: buildInstants({ startedAtMs: 20, endedAtMs: 45 }),
  connection: { isReused: undefined, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined },
  events: [],
  usage: {
    inputTokens: undefined,
    cachedInputTokens: undefined,
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: undefined,
    reasoningTokens: undefined,
    raw: { note: 'raw usage stays in the store' },
  },
  finishReason: undefined,
  outcome: {
    kind: 'failed',
    failure: {
      kind: 'rate-limited',
      message: 'HTTP 429: slow down',
      status: 429,
      code: undefined,
      retryAfterMs: 3_000,
      excerpt: undefined,
    },
  },
});

test('the head says what ran, when and how', () => {
  const { schema, run, plan } = documentOf([]);
  assert.equal(schema, 'llm-bench/run/1');
  const { environment, ...head } = run;
  assert.deepEqual(head, {
    id: 'run-1',
    state: 'completed',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1_234.5,
    version: '0.1.0',
    metricsVersion: 1,
    seed: 77,
    repeat: 'llm-bench rerun run-1',
  });
  assert.equal(environment.cpuCount, 2);
  assert.equal(plan.load.kind, 'closed-loop');
});

test('of a target that nothing is known of every figure is null, and only counts are 0', () => {
  const [target] = documentOf([]).targets;
  assert.ok(target);
  assert.deepEqual(
    Object.keys(target.metrics).sort(),
    [...REQUEST_METRICS, ...WINDOW_METRICS].map(({ id }) => id).sort(),
  );
  for (const { n, unit, ci95, ...figures } of Object.values(target.metrics)) {
    assert.ok(ci95 === undefined || (ci95.p50 === null && ci95.p95 === null));
    assert.equal(n, 0);
    assert.notEqual(unit, '');
    assert.ok(Object.values(figures).every((figure) => figure === null));
  }
  const { metrics: _, validity: __, ...rest } = target;
  const zeros = numbersIn(rest).map(([path]) => path);
  assert.ok(
    zeros.every((path) => path.startsWith('/requests/') || path === '/cost/unknownRequests'),
    zeros.join(),
  );
  assert.deepEqual(rest.throughput, {
    requestsPerSecond: null,
    outputTokensPerSecond: null,
    offeredPerSecond: null,
    steadyWindowMs: null,
    full: { requestsPerSecond: null, outputTokensPerSecond: null },
  });
  assert.deepEqual(rest.tokens, {
    input: null,
    output: null,
    reasoning: null,
    cached: null,
    cacheWrite: null,
    source: null,
  });
  assert.deepEqual([rest.goodRatio, rest.goodput, rest.errorRate, rest.cost.usd], [null, null, null, null]);
});

test('a target with two requests has their figures', () => {
  const [target] = documentOf([FULL, FAILED]).targets;
  assert.ok(target);
  assert.deepEqual(target.requests, { started: 2, completed: 1, failed: 1, cancelled: 0, dropped: 0, retries: 1 });
  assert.deepEqual(target.failures, { 'rate-limited': 1 });
  const ttft = { unit: 'ms', n: 1, mean: 100, stdev: null, min: 100, max: 100, p50: 100, p90: 100, p95: 100, p99: 100 };
  assert.deepEqual(target.metrics['ttft'], { ...ttft, ci95: { p50: null, p95: null } }); // 110 − 10
  assert.equal(target.metrics['timeToError']?.mean, 25); // 45 − 20
  assert.equal(target.errorRate, 0.5);
  const [prompt] = target.prompts;
  assert.equal(prompt?.name, 'greeting');
  assert.deepEqual(prompt?.metrics.ttft, ttft);
  assert.equal(prompt?.metrics.outputTokens.mean, 2);
  assert.ok(target.validity.every(({ hint, level }) => (level === 'ok') === (hint === null)));
});

test('requests are there only when asked for', () => {
  assert.equal('requests' in documentOf([FULL]), false);
  assert.equal(documentOf([FULL, FAILED], true).requests?.length, 2);
  assert.deepEqual(documentOf([], true).requests, []);
});

test('a request has all its instants, its connection, tokens and events', () => {
  const [request] = documentOf([FULL], true).requests ?? [];
  assert.ok(request);
  const { events, connection, tokens, text, ...rest } = request;
  assert.deepEqual(rest, {
    id: 1,
    provider: 'local',
    model: 'fake',
    phase: 'measure',
    promptIndex: 0,
    promptName: 'greeting',
    asked: { inputTokens: 12, outputTokens: null, contextTokens: 0, conversation: 3, turn: 1, turns: 2 },
    attempt: 1,
    retryOf: null,
    scheduledAtMs: 5,
    startedAtMs: 10,
    socketAtMs: null,
    sentAtMs: null,
    headersAtMs: null,
    firstChunkAtMs: 110,
    firstTokenAtMs: 110,
    firstOutputAtMs: 110,
    lastTokenAtMs: 130,
    endedAtMs: 131,
    outcome: 'completed',
    failure: null,
    cancelledBy: null,
    finishReason: 'stop',
    modelAnswered: 'fake-2026',
    isStreamed: true,
    counted: { input: null, output: 3, tokenizer: 'o200k_base', isApproximate: true },
    serverTimingsMs: { queue: 1.5 },
  });
  assert.deepEqual(connection, { isReused: false, dnsMs: 1, tcpMs: 2, tlsMs: 3 });
  assert.deepEqual(tokens, { input: 10, output: 2, reasoning: null, cached: null, cacheWrite: 4, source: 'reported' });
  const event = { kind: 'content', tokens: 1, bytes: 4, isCoalesced: false };
  assert.deepEqual(events, [
    { atMs: 110, ...event },
    { atMs: 130, ...event },
  ]);
  assert.deepEqual(text, { prompt: 'Q', reasoning: '', answer: 'A' });
});

test('a failed request has nulls for what never happened', () => {
  const [request] = documentOf([FAILED], true).requests ?? [];
  assert.ok(request);
  assert.deepEqual(request.failure, {
    kind: 'rate-limited',
    message: 'HTTP 429: slow down',
    status: 429,
    code: null,
    retryAfterMs: 3_000,
    excerpt: null,
  });
  assert.deepEqual([request.outcome, request.attempt, request.retryOf], ['failed', 2, 1]);
  assert.deepEqual(request.connection, { isReused: null, dnsMs: null, tcpMs: null, tlsMs: null });
  assert.deepEqual(request.tokens, {
    input: null,
    output: null,
    reasoning: null,
    cached: null,
    cacheWrite: null,
    source: null,
  });
  assert.deepEqual([request.firstTokenAtMs, request.scheduledAtMs, request.finishReason], [null, null, null]);
  assert.equal('text' in request, false);
});

test('a cancelled request says by whom', () => {
  const [request] = documentOf([buildRecord({ outcome: { kind: 'cancelled', by: 'user' } })], true).requests ?? [];
  assert.deepEqual([request?.outcome, request?.cancelledBy, request?.failure], ['cancelled', 'user', null]);
});

test('names of headers are in the document, their values and the raw usage are nowhere', () => {
  const text = JSON.stringify(documentOf([FULL, FAILED], true));
  assert.ok(text.includes('"headerNames":["x-gate"]'));
  assert.doesNotMatch(text, /authorization|bearer|api-?key|raw usage/i);
});

test('intervals are pairs of numbers, of metrics with one sample a request', () => {
  const records = Array.from({ length: 6 }, (_, id) =>
    buildStreamedRecord({ id, startedAtMs: 0, tokenAtMs: [10 + id, 20 + id], endedAtMs: 20 + id }),
  );
  const [target] = documentOf(records).targets;
  assert.deepEqual(target?.metrics['ttft']?.ci95, { p50: [10, 15], p95: null });
  assert.equal(target?.metrics['itl']?.ci95, undefined);
  assert.equal(target?.metrics['rps']?.ci95, undefined);
});
