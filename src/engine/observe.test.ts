import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTarget } from '../../test/support/record-builder.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { openaiChat } from '../dialects/openai-chat/dialect.ts';
import type { ExchangeListener, HttpClient, PreparedRequest } from '../model/exchange.ts';
import type { Timeouts } from '../model/plan.ts';
import type { Connection, RequestRecord } from '../model/record.ts';
import { createSanitizer } from '../wire/sanitize.ts';
import { type Observation, observe, type RecordIdentity, type TextRule } from './observe.ts';

const SECRET = 'key-0123456789';

const FRESH: Connection = { isReused: false, dnsMs: 1, tcpMs: 2, tlsMs: 3 };

const PATIENT: Timeouts = { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 120_000 };

const IDENTITY: RecordIdentity = {
  id: 7,
  targetIndex: 1,
  phase: 'measure',
  promptIndex: 3,
  promptName: 'greeting',
  asked: undefined,
  attempt: 1,
  retryOf: undefined,
  scheduledAtMs: 999,
};

const REQUEST: PreparedRequest = {
  origin: { isTls: false, host: 'h', port: 80, proxy: undefined },
  bytes: new Uint8Array(3),
};

/** One thing the connection does, so many ms after the request started. */
type Step = readonly [atMs: number, act: (listener: ExchangeListener, nowMs: number) => void];

const connected = (atMs: number): Step => [atMs, (to, now) => to.onSocket(now, FRESH)];
const sent = (atMs: number): Step => [atMs, (to, now) => to.onSent(now)];
const ended = (atMs: number): Step => [atMs, (to, now) => to.onEnd(now)];
const headers = (atMs: number, status: number = 200, fields: Readonly<Record<string, string>> = {}): Step => [
  atMs,
  (to, now) => to.onHeaders(now, status, new Map(Object.entries(fields))),
];
const body = (atMs: number, text: string): Step => [atMs, (to, now) => to.onData(now, Buffer.from(text))];
const broken = (atMs: number, kind: 'dns' | 'connect' | 'tls' | 'reset' | 'closed' | 'malformed'): Step => [
  atMs,
  (to, now) => to.onError(now, { kind, code: 'ECODE', message: `it broke for ${SECRET}` }),
];

const chunk = (delta: object, finish?: string): string =>
  `data: ${JSON.stringify({ model: 'm-1', choices: [{ index: 0, delta, finish_reason: finish ?? null }] })}\n\n`;
const text = (content: string): string => chunk({ content });
const STOP = chunk({}, 'stop');
const DONE = 'data: [DONE]\n\n';

interface Rig {
  readonly clock: VirtualClock;
  readonly observation: Observation;
  readonly records: RequestRecord[];
  /** When the connection was closed by us. */
  readonly abortedAtMs: number[];
  readonly record: () => RequestRecord;
}

/** Observes one request, started at 1000 ms, over a connection that follows a script. */
function observing(
  script: readonly Step[],
  timeouts: Partial<Timeouts> = {},
  {
    dialect = openaiChat,
    maxTokenEvents,
    keepsText = 'uncounted',
  }: { readonly dialect?: Dialect; readonly maxTokenEvents?: number; readonly keepsText?: TextRule | undefined } = {},
): Rig {
  const clock = createVirtualClock(1_000);
  const abortedAtMs: number[] = [];
  const http: HttpClient = {
    prepare: () => REQUEST,
    send(request, listener) {
      assert.equal(request, REQUEST);
      const cancels = script.map(([atMs, act]) => clock.after(atMs, () => act(listener, clock.nowMs())));
      return () => {
        abortedAtMs.push(clock.nowMs());
        for (const cancel of cancels) cancel();
      };
    },
    close: () => undefined,
  };
  const records: RequestRecord[] = [];
  const observation = observe(
    {
      identity: IDENTITY,
      request: REQUEST,
      follow: undefined,
      target: buildTarget(),
      dialect,
      http,
      clock,
      isStreamed: true,
      timeouts: { ...PATIENT, ...timeouts },
      sanitizer: createSanitizer([SECRET]),
      promptText: 'Q',
      keepsText,
      maxTokenEvents,
    },
    (record) => records.push(record),
  );
  assert.equal(records.length, 0);
  const record = (): RequestRecord => {
    clock.advance(1_000_000);
    assert.equal(records.length, 1);
    assert.equal(clock.pendingTimers, 0);
    const [record] = records;
    assert.ok(record);
    return record;
  };
  return { clock, observation, records, abortedAtMs, record };
}

function failureOf(record: RequestRecord): readonly unknown[] {
  assert.equal(record.outcome.kind, 'failed');
  const { failure } = record.outcome as Extract<RequestRecord['outcome'], { kind: 'failed' }>;
  assert.ok(!JSON.stringify(failure).includes(SECRET));
  return [failure.kind, failure.status, failure.code, record.instants.endedAtMs - record.instants.startedAtMs];
}

const OPENED = [connected(6), sent(8), headers(50)];

test('a streamed answer becomes one record with every instant of it', () => {
  const rig = observing([
    ...OPENED,
    body(50, chunk({ role: 'assistant' })),
    body(80, ': ping\n\n'),
    body(100, text('Hello')),
    body(120, text(' there') + text('!')),
    body(140, STOP),
    body(141, DONE),
    ended(142),
  ]);
  const record = rig.record();
  assert.deepEqual(record.instants, {
    scheduledAtMs: 999,
    startedAtMs: 1_000,
    socketAtMs: 1_006,
    sentAtMs: 1_008,
    headersAtMs: 1_050,
    firstChunkAtMs: 1_050,
    firstTokenAtMs: 1_100,
    firstOutputAtMs: 1_100,
    lastTokenAtMs: 1_120,
    toolNameAtMs: undefined,
    toolArgumentsAtMs: undefined,
    endedAtMs: 1_141, // The terminal marker, not the end of the body.
  });
  assert.deepEqual(record.outcome, { kind: 'completed' });
  const { scheduledAtMs: _, ...identity } = IDENTITY;
  assert.deepEqual({ ...record, ...identity }, record);
  assert.deepEqual(record.connection, FRESH);
  assert.deepEqual(
    record.events.map(({ atMs, bytes, isCoalesced }) => [atMs, bytes, isCoalesced]),
    [
      [1_100, 5, false],
      [1_120, 6, true],
      [1_120, 1, true],
    ],
  );
  assert.deepEqual([record.isStreamed, record.keepAlives, record.finishReason], [true, 1, 'stop']);
  assert.deepEqual(record.text, { prompt: 'Q', reasoning: '', answer: 'Hello there!' });
});

const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}\n\n';

for (const { what, script, keepsText, text: expected } of [
  { what: 'without token counts', script: [body(60, text('Hi') + STOP + DONE)], text: 'Hi' },
  { what: 'with its token counts', script: [body(60, text('Hi') + STOP + USAGE + DONE)], text: undefined },
  {
    what: 'with half of them',
    script: [body(60, text('Hi') + STOP + USAGE.replace('completion_tokens', 'x') + DONE)],
    text: 'Hi',
  },
  {
    what: 'with its token counts, but all are wanted',
    script: [body(60, text('Hi') + STOP + USAGE + DONE)],
    keepsText: 'always',
    text: 'Hi',
  },
  { what: 'that breaks off after a token', script: [body(60, text('Hi')), broken(70, 'reset')], text: 'Hi' },
  { what: 'that breaks off before a token', script: [broken(70, 'reset')], text: undefined },
  {
    what: 'that breaks off before a token, but all are wanted',
    script: [broken(70, 'reset')],
    keepsText: 'always',
    text: '',
  },
] as const) {
  test(`of an answer ${what} the text is ${expected === undefined ? 'let go' : 'kept'}`, () => {
    const record = observing([...OPENED, ...script], {}, { keepsText }).record();
    const kept = expected === undefined ? undefined : { prompt: 'Q', reasoning: '', answer: expected };
    assert.deepEqual(record.text, kept);
  });
}

test('an event that two reads complete has the time of the second', () => {
  const whole = text('Hello');
  const rig = observing([...OPENED, body(60, whole.slice(0, 30)), body(90, whole.slice(30)), ended(95)]);
  assert.equal(rig.record().instants.firstTokenAtMs, 1_090);
});

test('without a terminal marker the end of the body is the end', () => {
  const record = observing([...OPENED, body(100, text('Hi')), body(110, STOP), ended(125)]).record();
  assert.deepEqual(record.outcome, { kind: 'completed' });
  assert.equal(record.instants.endedAtMs, 1_125);
});

test('an answer as one JSON body is completed, but has no token times', () => {
  const json = JSON.stringify({
    choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 4, completion_tokens: 2 },
  });
  const record = observing(
    [...OPENED, body(60, json.slice(0, 20)), body(90, json.slice(20)), ended(91)],
    {},
    { keepsText: 'always' },
  ).record();
  assert.deepEqual(record.outcome, { kind: 'completed' });
  assert.equal(record.isStreamed, false);
  assert.deepEqual([record.instants.firstTokenAtMs, record.instants.firstChunkAtMs], [undefined, undefined]);
  assert.deepEqual(record.events, []);
  assert.deepEqual([record.instants.endedAtMs, record.usage.outputTokens], [1_091, 2]);
  assert.deepEqual(record.text, { prompt: 'Q', reasoning: '', answer: 'Hi' });
});

test('a body left open after the terminal marker is closed by us, and the answer counts up to the marker', () => {
  const rig = observing([...OPENED, body(100, text('Hi') + STOP + DONE), ended(100_000)]);
  const record = rig.record();
  assert.deepEqual(record.outcome, { kind: 'completed' });
  assert.equal(record.instants.endedAtMs, 1_100);
  assert.deepEqual(rig.abortedAtMs, [1_350]); // 1100 + 250 of linger
});

for (const [what, limits, script, expected] of [
  ['no connection', { connectMs: 300 }, [connected(301)], ['timeout-connect', undefined, undefined, 300]],
  ['no first token', { firstTokenMs: 400 }, OPENED, ['timeout-first-token', 200, undefined, 400]],
  [
    'only a role and comments',
    { firstTokenMs: 400 },
    [...OPENED, body(60, chunk({ role: 'assistant' })), body(390, ': ping\n\n')],
    ['timeout-first-token', 200, undefined, 400],
  ],
  [
    'silence between tokens',
    { idleMs: 200 },
    [...OPENED, body(100, text('Hi')), body(250, text('Ho'))],
    ['timeout-idle', 200, undefined, 450], // 250 + 200
  ],
  ['silence after the headers', { idleMs: 200 }, OPENED, ['timeout-idle', 200, undefined, 250]], // 50 + 200
  ['an endless answer', { totalMs: 500 }, [...OPENED, body(499, text('Hi'))], ['timeout-total', 200, undefined, 500]],
  ['no headers', { idleMs: 100, totalMs: 500 }, [connected(6)], ['timeout-total', undefined, undefined, 500]],
] as const) {
  test(`${what}: the request fails as ${expected[0]} after ${expected[3]} ms, and its connection is closed`, () => {
    const rig = observing(script, limits);
    const record = rig.record();
    assert.deepEqual(failureOf(record), expected);
    assert.deepEqual(rig.abortedAtMs, [record.instants.endedAtMs]);
  });
}

test('comments keep an answer alive against the idle limit', () => {
  const pings = [100, 250, 400].map((atMs) => body(atMs, ': ping\n\n'));
  const record = observing([...OPENED, ...pings, body(550, text('Hi') + STOP + DONE), ended(551)], {
    idleMs: 200,
  }).record();
  assert.deepEqual(record.outcome, { kind: 'completed' });
  assert.equal(record.keepAlives, 3);
});

for (const [kind, failureKind] of [
  ['dns', 'dns'],
  ['connect', 'connect'],
  ['tls', 'tls'],
  ['reset', 'reset'],
  ['malformed', 'malformed'],
  ['closed', 'truncated'],
] as const) {
  test(`a transport error of kind ${kind} before any answer is a failure of kind ${failureKind}`, () => {
    const record = observing([broken(20, kind)]).record();
    assert.deepEqual(failureOf(record), [failureKind, undefined, 'ECODE', 20]);
    assert.equal(record.instants.socketAtMs, undefined);
  });
}

for (const [what, script, expected] of [
  ['closed after a token', [body(60, text('Hi')), broken(70, 'closed')], 'truncated'],
  ['closed after the finish reason', [body(60, text('Hi') + STOP), broken(70, 'closed')], undefined],
  ['reset after a token', [body(60, text('Hi')), broken(70, 'reset')], 'reset'],
  ['reset after the finish reason', [body(60, text('Hi') + STOP), broken(70, 'reset')], 'reset'],
  ['reset after the terminal marker', [body(60, text('Hi') + STOP + DONE), broken(70, 'reset')], undefined],
  ['ended after a token', [body(60, text('Hi')), ended(70)], 'truncated'],
  ['ended without a byte', [ended(70)], 'truncated'],
  ['ended properly without output', [body(60, chunk({ role: 'assistant' }) + STOP + DONE), ended(70)], 'empty-output'],
  ['ended after an error event', [body(60, 'data: {"error":{"message":"no"}}\n\n'), ended(70)], 'stream-error'],
  ['ended after half an event of no JSON', [body(60, 'data: {"cho\n\n'), ended(70)], 'malformed'],
  ['a web page', [body(60, '<html></html>'), ended(70)], 'malformed'],
] as const) {
  test(`a 200 ${what} is ${expected ?? 'completed'}`, () => {
    const { outcome } = observing([...OPENED, ...script]).record();
    assert.equal(outcome.kind === 'failed' ? outcome.failure.kind : undefined, expected);
    if (outcome.kind === 'failed') assert.equal(outcome.failure.status, 200);
  });
}

test('a reset after the terminal marker does not move the end', () => {
  const record = observing([...OPENED, body(60, text('Hi') + DONE), broken(70, 'reset')]).record();
  assert.equal(record.instants.endedAtMs, 1_060);
});

test('a 429 is a failed outcome with its Retry-After, code and excerpt, the key taken out', () => {
  const answer = JSON.stringify({ error: { message: `slow down, ${SECRET}`, code: 'too_fast' } });
  const record = observing([
    connected(6),
    headers(50, 429, { 'retry-after': '3' }),
    body(51, answer.slice(0, 40)),
    body(52, answer.slice(40)),
    ended(53),
  ]).record();
  assert.deepEqual(record.outcome, {
    kind: 'failed',
    failure: {
      kind: 'rate-limited',
      message: 'HTTP 429: slow down, ***',
      status: 429,
      code: 'too_fast',
      retryAfterMs: 3_000,
      excerpt: '{"error":{"message":"slow down, ***","code":"too_fast"}}',
    },
  });
  assert.equal(record.instants.endedAtMs, 1_053);
  assert.deepEqual(record.events, []);
});

test('a Retry-After that is a date counts from the wall clock of its reading', () => {
  // The wall clock starts at 2026-01-01T00:00:00Z; the headers come half a second later: 5 − 0.5.
  const date = 'Thu, 01 Jan 2026 00:00:05 GMT';
  const { outcome } = observing([headers(500, 503, { 'retry-after': date }), ended(500)]).record();
  assert.equal(outcome.kind === 'failed' ? outcome.failure.retryAfterMs : undefined, 4_500);
});

for (const [what, rest] of [
  ['stalls until the limit', []],
  ['is reset', [broken(70, 'reset')]],
  ['is cut off', [broken(70, 'closed')]],
] as const) {
  test(`a refusal whose body ${what} keeps its meaning and what was read`, () => {
    const rig = observing([connected(6), headers(50, 401), body(60, 'who are you'), ...rest], { totalMs: 900 });
    const { outcome } = rig.record();
    assert.ok(outcome.kind === 'failed');
    assert.deepEqual([outcome.failure.kind, outcome.failure.status], ['auth', 401]);
    assert.equal(outcome.failure.excerpt, 'who are you');
  });
}

test('a refusal that never stops talking is kept only until 64 KiB are there', () => {
  const page = 'x'.repeat(60_000);
  const pages = [60, 70, 80, 90].map((atMs) => body(atMs, page));
  let kept = 0;
  const failureOf: Dialect['failureOf'] = (refusal, sanitizer) => {
    kept = refusal.body.length;
    return openaiChat.failureOf(refusal, sanitizer);
  };
  const script = [headers(50, 500), ...pages, ended(95)];
  const { outcome } = observing(script, {}, { dialect: { ...openaiChat, failureOf } }).record();
  assert.equal(kept, 120_000); // The second read of 60 000 passes the limit, the third and fourth are not kept.
  assert.equal(outcome.kind === 'failed' ? outcome.failure.excerpt?.length : undefined, 2_048);
});

test('a redirect is a refusal that says where to', () => {
  const { outcome } = observing([headers(50, 308, { location: 'https://h/v1/' }), ended(51)]).record();
  assert.ok(outcome.kind === 'failed');
  assert.match(outcome.failure.message, /redirected to https:\/\/h\/v1\//);
});

test('a compressed answer is malformed at its headers: its stream would be held back by its encoder', () => {
  const rig = observing([connected(6), headers(50, 200, { 'content-encoding': 'gzip' }), body(60, 'x'), ended(61)]);
  assert.deepEqual(failureOf(rig.record()), ['malformed', 200, undefined, 50]);
  assert.deepEqual(rig.abortedAtMs, [1_050]);
});

test('a compressed refusal is still what its status says', () => {
  const rig = observing([headers(50, 429, { 'content-encoding': 'br', 'retry-after': '2' }), body(60, 'x'), ended(61)]);
  const record = rig.record();
  assert.deepEqual(failureOf(record), ['rate-limited', 429, undefined, 50]);
  assert.equal(record.outcome.kind === 'failed' ? record.outcome.failure.retryAfterMs : undefined, 2_000);
});

test('an answer that says it is identity-encoded is not compressed', () => {
  const script = [headers(50, 200, { 'content-encoding': 'Identity' }), body(60, text('Hi') + DONE), ended(61)];
  assert.equal(observing(script).record().outcome.kind, 'completed');
});

test('a cancelled request ends at once, keeps what it had, and says who wanted it', () => {
  const rig = observing([...OPENED, body(100, text('Hi')), body(200, text('Ho')), ended(300)]);
  rig.clock.advance(150);
  rig.observation.cancel('user');
  const record = rig.record();
  assert.deepEqual(record.outcome, { kind: 'cancelled', by: 'user' });
  assert.deepEqual([record.instants.endedAtMs, record.events.length], [1_150, 1]);
  assert.deepEqual(rig.abortedAtMs, [1_150]);
  assert.deepEqual(record.text, { prompt: 'Q', reasoning: '', answer: 'Hi' });
});

test('a second cancel, or one after the end, changes nothing', () => {
  const rig = observing([...OPENED, body(100, text('Hi') + DONE), ended(101)]);
  rig.clock.advance(102);
  rig.observation.cancel('user');
  rig.observation.cancel('end');
  assert.deepEqual(rig.record().outcome, { kind: 'completed' });
});

test('a record never comes within the call that ends its request, but in the next turn', () => {
  const rig = observing([connected(6)]);
  rig.observation.cancel('plan');
  assert.equal(rig.records.length, 0);
  rig.clock.advance(0);
  assert.equal(rig.records.length, 1);
});

test('a connection that fails within send still gives one record, later', () => {
  const clock = createVirtualClock(1_000);
  const records: RequestRecord[] = [];
  const http: HttpClient = {
    prepare: () => REQUEST,
    send(_, listener) {
      listener.onSocket(1_000, FRESH);
      listener.onError(1_000, { kind: 'reset', code: 'EPIPE', message: 'gone' });
      return () => undefined;
    },
    close: () => undefined,
  };
  const sanitizer = createSanitizer([]);
  const common = {
    identity: IDENTITY,
    request: REQUEST,
    follow: undefined,
    target: buildTarget(),
    dialect: openaiChat,
    sanitizer,
    promptText: 'Q',
    keepsText: 'uncounted' as const,
    maxTokenEvents: undefined,
    isStreamed: true,
  };
  observe({ ...common, http, clock, timeouts: PATIENT }, (record) => records.push(record));
  assert.equal(records.length, 0);
  clock.advance(1_000_000);
  assert.deepEqual(records.map(failureOf), [['reset', undefined, 'EPIPE', 0]]);
});

test('what the server calls its model reaches no terminal and no report with keys or control characters', () => {
  const named = `data: ${JSON.stringify({ model: `m\u001b[2J ${SECRET}`, choices: [{ delta: { content: 'Hi' } }] })}\n\n`;
  const record = observing([...OPENED, body(60, named + DONE), ended(61)]).record();
  assert.equal(record.modelAnswered, 'm [2J ***');
});

test('a hundred reads within the idle limit set a handful of timers', () => {
  const reads = Array.from({ length: 100 }, (_, index) => body(60 + 10 * index, text('x')));
  const rig = observing([...OPENED, ...reads, body(1_060, DONE), ended(1_061)], { idleMs: 500 });
  const scripted = 3 + 100 + 2;
  rig.record();
  // Connecting, headers, the marker, and the idle limit looked at again about every 500 ms.
  assert.ok(rig.clock.timersSet - scripted <= 7, `${rig.clock.timersSet - scripted} timers`);
});

test('an answer that goes on beyond its limit of tokens is cut where that is known', () => {
  const script = [
    ...OPENED,
    body(100, text('a') + text('b')),
    body(120, text('c')),
    body(140, STOP + DONE),
    ended(141),
  ];
  const cut = observing(script, {}, { maxTokenEvents: 2 });
  const record = cut.record();
  assert.deepEqual(record.outcome, { kind: 'cancelled', by: 'plan' });
  assert.deepEqual([record.events.length, record.instants.endedAtMs, cut.abortedAtMs], [3, 1_120, [1_120]]);
  assert.equal(observing(script, {}, { maxTokenEvents: 3 }).record().outcome.kind, 'completed');
});
