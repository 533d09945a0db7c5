/** An answer that only names the address of its stream: two exchanges, one record. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTarget } from '../../test/support/record-builder.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { openaiChat } from '../dialects/openai-chat/dialect.ts';
import type { ExchangeListener, HttpClient, HttpRequest, PreparedRequest } from '../model/exchange.ts';
import type { Timeouts } from '../model/plan.ts';
import type { Connection, RequestRecord } from '../model/record.ts';
import { createSanitizer } from '../wire/sanitize.ts';
import { type Observation, type ObserveInput, observe } from './observe.ts';

const FIRST: PreparedRequest = {
  origin: { isTls: false, host: 'a', port: 80, proxy: undefined },
  bytes: new Uint8Array(1),
};
const SECOND: PreparedRequest = {
  origin: { isTls: false, host: 'b', port: 80, proxy: undefined },
  bytes: new Uint8Array(2),
};
const NEXT: HttpRequest = { method: 'GET', url: 'http://b/stream', headers: {}, body: undefined };

const NEW: Connection = { isReused: false, dnsMs: 1, tcpMs: 2, tlsMs: 3 };
const OTHER: Connection = { isReused: false, dnsMs: 7, tcpMs: 8, tlsMs: 9 };

const TIMEOUTS: Timeouts = { connectMs: 100, firstTokenMs: undefined, idleMs: undefined, totalMs: 5_000 };

/** One thing a connection does, so many ms after its request was sent. */
type Step = readonly [atMs: number, act: (listener: ExchangeListener, nowMs: number) => void];

const connected = (atMs: number, connection: Connection): Step => [atMs, (to, now) => to.onSocket(now, connection)];
const sent = (atMs: number): Step => [atMs, (to, now) => to.onSent(now)];
const headers = (atMs: number, status: number, fields: Readonly<Record<string, string>> = {}): Step => [
  atMs,
  (to, now) => to.onHeaders(now, status, new Map(Object.entries(fields))),
];
const body = (atMs: number, text: string): Step => [atMs, (to, now) => to.onData(now, Buffer.from(text))];
const ended = (atMs: number): Step => [atMs, (to, now) => to.onEnd(now)];
const broken = (atMs: number, kind: 'connect' | 'closed'): Step => [
  atMs,
  (to, now) => to.onError(now, { kind, code: undefined, message: 'it broke' }),
];

const text = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** Answered after 60 ms with where the stream is. */
const LEAD: readonly Step[] = [
  connected(5, NEW),
  sent(6),
  headers(50, 201),
  body(55, '{"go'),
  body(60, '":1}'),
  ended(60),
];

interface Rig {
  readonly clock: VirtualClock;
  readonly observation: Observation;
  readonly record: () => RequestRecord;
  /** What the first answer was, as `follow` was told. */
  readonly followed: readonly string[];
  /** Which requests we ended ourselves. */
  readonly aborted: readonly string[];
}

/** Observes a request, started at 1000 ms, over two connections that follow a script each. */
function observing(scripts: readonly [readonly Step[], readonly Step[]], given: Partial<ObserveInput> = {}): Rig {
  const clock = createVirtualClock(1_000);
  const aborted: string[] = [];
  const followed: string[] = [];
  const http: HttpClient = {
    prepare(request) {
      assert.equal(request, NEXT);
      return SECOND;
    },
    send(request, listener) {
      const script = scripts[request === FIRST ? 0 : 1];
      const cancels = script.map(([atMs, act]) => clock.after(atMs, () => act(listener, clock.nowMs())));
      return () => {
        aborted.push(request.origin.host);
        for (const cancel of cancels) cancel();
      };
    },
    close: () => undefined,
  };
  const records: RequestRecord[] = [];
  const observation = observe(
    {
      identity: {
        ...{ id: 1, targetIndex: 0, phase: 'measure', promptIndex: 0, promptName: undefined },
        asked: undefined,
        ...{ attempt: 1, retryOf: undefined, scheduledAtMs: undefined },
      },
      request: FIRST,
      follow(answer) {
        followed.push(answer);
        return NEXT;
      },
      target: buildTarget(),
      dialect: openaiChat,
      http,
      clock,
      timeouts: TIMEOUTS,
      isStreamed: true,
      sanitizer: createSanitizer([]),
      promptText: '',
      keepsText: 'uncounted',
      maxTokenEvents: undefined,
      ...given,
    },
    (record) => records.push(record),
  );
  const record = (): RequestRecord => {
    clock.advance(1_000_000);
    assert.equal(records.length, 1);
    assert.equal(clock.pendingTimers, 0);
    const [one] = records;
    assert.ok(one);
    return one;
  };
  return { clock, observation, record, followed, aborted };
}

function failureOf({ outcome, instants }: RequestRecord): readonly unknown[] {
  assert.equal(outcome.kind, 'failed');
  const { failure } = outcome as Extract<RequestRecord['outcome'], { kind: 'failed' }>;
  return [failure.kind, failure.status, instants.endedAtMs - instants.startedAtMs];
}

test('two exchanges are one record, whose clock starts with the first request', () => {
  const stream = [
    ...[connected(20, OTHER), sent(21), headers(40, 200)],
    ...[body(100, text('a')), body(130, text('b', 'stop')), ended(140)],
  ];
  const rig = observing([LEAD, stream]);
  const { instants, outcome, connection, events, isStreamed } = rig.record();
  assert.deepEqual(rig.followed, ['{"go":1}']);
  assert.deepEqual(outcome, { kind: 'completed' });
  assert.equal(isStreamed, true);
  assert.deepEqual(connection, NEW);
  // The second request was sent at 1060.
  assert.deepEqual(
    [instants.startedAtMs, instants.socketAtMs, instants.sentAtMs, instants.headersAtMs],
    [1_000, 1_005, 1_006, 1_100],
  );
  assert.deepEqual(
    [instants.firstChunkAtMs, instants.firstTokenAtMs, instants.lastTokenAtMs, instants.endedAtMs],
    [1_160, 1_160, 1_190, 1_200],
  );
  assert.equal(events.length, 2);
});

test('a first answer that leads nowhere is the answer', () => {
  const whole = '{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}';
  const rig = observing([[connected(5, NEW), headers(50, 200), body(60, whole), ended(60)], []], {
    follow: () => undefined,
  });
  const record = rig.record();
  assert.deepEqual([record.outcome.kind, record.isStreamed], ['completed', false]);
  assert.equal(record.instants.endedAtMs, 1_060);
});

test('a stream that comes at once is measured where it is', () => {
  const stream = [body(60, text('a')), body(90, text('b', 'stop')), ended(95)];
  const rig = observing([
    [connected(5, NEW), headers(50, 200, { 'content-type': 'text/event-stream; charset=utf-8' }), ...stream],
    [],
  ]);
  const record = rig.record();
  assert.deepEqual(rig.followed, []);
  assert.deepEqual([record.instants.firstTokenAtMs, record.events.length], [1_060, 2]);
});

test('a refusal of the first request leads nowhere', () => {
  const rig = observing([[connected(5, NEW), headers(50, 422), body(55, '{"detail":"no"}'), ended(56)], []]);
  assert.deepEqual(failureOf(rig.record()), ['invalid-request', 422, 56]);
  assert.deepEqual(rig.followed, []);
});

test('a first answer that was cut off leads nowhere', () => {
  const rig = observing([[connected(5, NEW), headers(50, 201), body(55, '{"go":1}'), broken(57, 'closed')], []]);
  assert.deepEqual(failureOf(rig.record()), ['truncated', 201, 57]);
  assert.deepEqual(rig.followed, []);
});

test('a refusal of the second request fails with its own status', () => {
  const rig = observing([LEAD, [connected(20, OTHER), headers(40, 404), ended(41)]]);
  assert.deepEqual(failureOf(rig.record()), ['not-found', 404, 101]); // 60 + 41
});

test('a second server that cannot be reached has no status', () => {
  const rig = observing([LEAD, [broken(30, 'connect')]]);
  assert.deepEqual(failureOf(rig.record()), ['connect', undefined, 90]); // 60 + 30
});

test('the second connection has its own time to be made', () => {
  const rig = observing([LEAD, []]);
  assert.deepEqual(failureOf(rig.record()), ['timeout-connect', undefined, 160]); // 60 + 100
  assert.deepEqual(rig.aborted.at(-1), 'b');
});

test('the first token is awaited from the first request on', () => {
  const timeouts = { ...TIMEOUTS, firstTokenMs: 120 };
  const rig = observing([LEAD, [connected(20, OTHER), headers(40, 200)]], { timeouts });
  assert.deepEqual(failureOf(rig.record()), ['timeout-first-token', 200, 120]);
});

test('waiting for the second headers is not idling', () => {
  const timeouts = { ...TIMEOUTS, idleMs: 50 };
  const late = [connected(20, OTHER), headers(200, 200), body(210, text('a'))];
  const rig = observing([LEAD, late], { timeouts });
  assert.deepEqual(failureOf(rig.record()), ['timeout-idle', 200, 320]); // 60 + 210 + 50
});

test('cancelling ends the second exchange', () => {
  const rig = observing([LEAD, [connected(20, OTHER), headers(40, 200), body(60, text('a'))]]);
  rig.clock.advance(130);
  rig.observation.cancel('user');
  const record = rig.record();
  assert.deepEqual(record.outcome, { kind: 'cancelled', by: 'user' });
  assert.equal(record.instants.firstTokenAtMs, 1_120);
  assert.deepEqual(rig.aborted, ['b']);
});

test('a reader is told whether the body came to its proper end', () => {
  const ends: boolean[] = [];
  const dialect: typeof openaiChat = {
    ...openaiChat,
    openAnswer: (isStreamed, onFrame, target) => {
      const reader = openaiChat.openAnswer(isStreamed, onFrame, target);
      return {
        isStreamed: true,
        push: (bytes) => reader.push(bytes),
        end(isWhole) {
          ends.push(isWhole);
          reader.end(isWhole);
        },
      };
    },
  };
  const stream = [connected(5, NEW), headers(50, 200), body(60, text('a', 'stop'))];
  observing([[...stream, ended(70)], []], { dialect, follow: undefined }).record();
  observing([[...stream, broken(70, 'closed')], []], { dialect, follow: undefined }).record();
  assert.deepEqual(ends, [true, false]);
});
