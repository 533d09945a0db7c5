import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEvent, buildInstants, buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { Failure, RequestRecord, TokenEvent } from '../model/record.ts';
import {
  decodeMs,
  dispatchDelayMs,
  e2eMs,
  e2eScheduledMs,
  isBuffered,
  itlMs,
  stallMs,
  tbtMs,
  timeToErrorMs,
  toolArgumentsMs,
  toolCallLatencyMs,
  tpotMs,
  ttfoMs,
  ttftMs,
  ttftScheduledMs,
} from './latency.ts';

const FIGURES = {
  ttft: ttftMs,
  ttfo: ttfoMs,
  ttftScheduled: ttftScheduledMs,
  e2e: e2eMs,
  e2eScheduled: e2eScheduledMs,
  dispatchDelay: dispatchDelayMs,
  timeToError: timeToErrorMs,
  decode: decodeMs,
  tpot: tpotMs,
  stall: stallMs,
  toolCallLatency: toolCallLatencyMs,
  toolArguments: toolArgumentsMs,
} as const;

type Figure = keyof typeof FIGURES;

/** Those that are defined. */
function figuresOf(record: RequestRecord): Partial<Record<Figure, number>> {
  const figures: Partial<Record<Figure, number>> = {};
  for (const figure of Object.keys(FIGURES) as Figure[]) {
    const value = FIGURES[figure](record);
    if (value !== undefined) figures[figure] = value;
  }
  return figures;
}

const FAILURE: Failure = {
  kind: 'reset',
  message: 'the connection was reset',
  status: 200,
  code: 'ECONNRESET',
  retryAfterMs: undefined,
  excerpt: undefined,
};

const USAGE = { ...buildRecord().usage };

/** Every figure that is not named in a row is undefined. */
const ROWS: readonly {
  readonly name: string;
  readonly record: RequestRecord;
  readonly expected: Partial<Record<Figure, number>>;
}[] = [
  {
    name: 'an answer of three tokens in closed loop has all but what needs a schedule',
    record: buildStreamedRecord({ startedAtMs: 1000, tokenAtMs: [1250, 1300, 1400], endedAtMs: 1410 }),
    expected: {
      ttft: 250, // 1250 − 1000
      ttfo: 250,
      e2e: 410, // 1410 − 1000
      decode: 150, // 1400 − 1250
      tpot: 75, // 150 ÷ (3 − 1)
      stall: 100, // gaps 50 and 100
    },
  },
  {
    name: 'in open loop the schedule counts too',
    record: buildStreamedRecord({
      scheduledAtMs: 990,
      startedAtMs: 1000,
      tokenAtMs: [1250, 1300, 1400],
      endedAtMs: 1410,
    }),
    expected: {
      ttft: 250,
      ttfo: 250,
      ttftScheduled: 260, // 1250 − 990
      e2e: 410,
      e2eScheduled: 420, // 1410 − 990
      dispatchDelay: 10, // 1000 − 990
      decode: 150,
      tpot: 75,
      stall: 100,
    },
  },
  {
    name: 'a request due at instant 0 has a schedule',
    record: buildStreamedRecord({ scheduledAtMs: 0, startedAtMs: 0, tokenAtMs: [0], endedAtMs: 0 }),
    expected: { ttft: 0, ttfo: 0, ttftScheduled: 0, e2e: 0, e2eScheduled: 0, dispatchDelay: 0 },
  },
  {
    name: 'without a token there is an end and nothing else',
    record: buildStreamedRecord({ startedAtMs: 5, tokenAtMs: [], endedAtMs: 25 }),
    expected: { e2e: 20 },
  },
  {
    name: 'one token has a first-token time and no pace',
    record: buildStreamedRecord({ startedAtMs: 5, tokenAtMs: [15], endedAtMs: 25 }),
    expected: { ttft: 10, ttfo: 10, e2e: 20 },
  },
  {
    name: 'two tokens have one gap, which is their time per token',
    record: buildStreamedRecord({ startedAtMs: 5, tokenAtMs: [15, 22], endedAtMs: 25 }),
    expected: { ttft: 10, ttfo: 10, e2e: 20, decode: 7, tpot: 7, stall: 7 },
  },
  {
    name: 'several tokens in one event have no pace: nobody saw when they were made',
    record: buildStreamedRecord({
      startedAtMs: 5,
      tokenAtMs: [15],
      endedAtMs: 25,
      usage: { ...USAGE, outputTokens: 40 },
    }),
    expected: { ttft: 10, ttfo: 10, e2e: 20 },
  },
  {
    name: 'two events of a single reported token have a gap and no time per token',
    record: buildStreamedRecord({
      startedAtMs: 5,
      tokenAtMs: [15, 22],
      endedAtMs: 25,
      usage: { ...USAGE, outputTokens: 1 },
    }),
    expected: { ttft: 10, ttfo: 10, e2e: 20, stall: 7 },
  },
  {
    name: 'time per token is over the reported tokens, however few events carried them',
    record: buildStreamedRecord({
      startedAtMs: 0,
      tokenAtMs: [100, 150, 220],
      endedAtMs: 220,
      usage: { ...USAGE, outputTokens: 13 },
    }),
    // 220 − 100 = 120; 120 ÷ (13 − 1) = 10; gaps 50 and 70
    expected: { ttft: 100, ttfo: 100, e2e: 220, decode: 120, tpot: 10, stall: 70 },
  },
  {
    name: 'without reported tokens each event stands for one',
    record: buildStreamedRecord({
      startedAtMs: 0,
      tokenAtMs: [100, 150, 220],
      endedAtMs: 220,
      usage: { ...USAGE, outputTokens: undefined },
    }),
    // 120 ÷ (3 − 1)
    expected: { ttft: 100, ttfo: 100, e2e: 220, decode: 120, tpot: 60, stall: 70 },
  },
  {
    name: 'an answer that is not streamed has no first token: its end is not copied there',
    record: buildRecord({ instants: buildInstants({ startedAtMs: 5, endedAtMs: 25 }), events: [], isStreamed: false }),
    expected: { e2e: 20 },
  },
  {
    name: 'an answer of reasoning alone has a first token, but no first output',
    record: buildRecord({
      instants: buildInstants({ firstTokenAtMs: 30, lastTokenAtMs: 40, endedAtMs: 41 }),
      events: [buildEvent({ atMs: 30, kind: 'reasoning' }), buildEvent({ atMs: 40, kind: 'reasoning' })],
    }),
    expected: { ttft: 30, e2e: 41, decode: 10, tpot: 10, stall: 10 },
  },
  {
    name: 'output after reasoning has a later first output than first token',
    record: buildRecord({
      instants: buildInstants({ firstTokenAtMs: 30, firstOutputAtMs: 70, lastTokenAtMs: 70, endedAtMs: 71 }),
      events: [buildEvent({ atMs: 30, kind: 'reasoning' }), buildEvent({ atMs: 70 })],
    }),
    expected: { ttft: 30, ttfo: 70, e2e: 71, decode: 40, tpot: 40, stall: 40 },
  },
  {
    name: 'a stream that came in one read has no pace',
    record: buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [90, 90, 90], endedAtMs: 91 }),
    expected: { ttft: 90, ttfo: 90, e2e: 91, stall: 0 },
  },
  {
    name: 'a failed request has a time to error and no end-to-end latency',
    record: buildStreamedRecord({
      scheduledAtMs: 8,
      startedAtMs: 10,
      tokenAtMs: [30, 34],
      endedAtMs: 60,
      outcome: { kind: 'failed', failure: FAILURE },
    }),
    expected: {
      ttft: 20,
      ttfo: 20,
      ttftScheduled: 22,
      dispatchDelay: 2,
      timeToError: 50, // 60 − 10
      decode: 4,
      tpot: 4,
      stall: 4,
    },
  },
  {
    name: 'a cancelled request has neither an end-to-end latency nor a time to error',
    record: buildStreamedRecord({
      scheduledAtMs: 8,
      startedAtMs: 10,
      tokenAtMs: [],
      endedAtMs: 60,
      outcome: { kind: 'cancelled', by: 'end' },
    }),
    expected: { dispatchDelay: 2 },
  },
  {
    name: 'a tool call has the time to its name and the time of its arguments',
    record: buildRecord({
      instants: buildInstants({
        startedAtMs: 100,
        firstTokenAtMs: 150,
        firstOutputAtMs: 150,
        lastTokenAtMs: 190,
        toolNameAtMs: 150,
        toolArgumentsAtMs: 190,
        endedAtMs: 200,
      }),
      events: [buildEvent({ atMs: 150, kind: 'tool-name' }), buildEvent({ atMs: 190, kind: 'tool-arguments' })],
    }),
    expected: {
      ttft: 50,
      ttfo: 50,
      e2e: 100,
      decode: 40,
      tpot: 40,
      stall: 40,
      toolCallLatency: 50, // 150 − 100
      toolArguments: 40, // 190 − 150
    },
  },
  {
    name: 'a tool call without arguments has only the time to its name',
    record: buildRecord({
      instants: buildInstants({ firstTokenAtMs: 15, firstOutputAtMs: 15, toolNameAtMs: 15, endedAtMs: 20 }),
      events: [buildEvent({ atMs: 15, kind: 'tool-name' })],
    }),
    expected: { ttft: 15, ttfo: 15, e2e: 20, toolCallLatency: 15 },
  },
];

for (const { name, record, expected } of ROWS) {
  test(name, () => {
    assert.deepEqual(figuresOf(record), expected);
  });
}

test('gaps are one fewer than events, in order, those of coalesced events included', () => {
  const record = buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [10, 30, 30, 35], endedAtMs: 40 });
  assert.deepEqual(tbtMs(record), [20, 0, 5]);
});

test('below two events there is no gap', () => {
  for (const tokenAtMs of [[], [10]]) {
    const record = buildStreamedRecord({ startedAtMs: 0, tokenAtMs, endedAtMs: 40 });
    assert.deepEqual([tbtMs(record), itlMs(record)], [[], []]);
  }
});

function withEvents(events: readonly Partial<TokenEvent>[], outputTokens: number | undefined): RequestRecord {
  return buildRecord({ events: events.map(buildEvent), usage: { ...USAGE, outputTokens } });
}

test('a gap is spread evenly over the tokens of the event that ends it', () => {
  const record = withEvents(
    [
      { atMs: 100, tokens: 3 },
      { atMs: 140, tokens: 4 },
      { atMs: 150, tokens: 2 },
      { atMs: 157, tokens: 1 },
    ],
    10,
  );
  // 40 ÷ 4 four times, 10 ÷ 2 twice, 7 once; the first event's tokens have no gap before them
  assert.deepEqual(itlMs(record), [10, 10, 10, 10, 5, 5, 7]);
  assert.deepEqual(tbtMs(record), [40, 10, 7]);
});

test('with as many reported tokens as events each event carries one', () => {
  const events = [100, 140, 150].map((atMs) => ({ atMs, tokens: undefined }));
  assert.deepEqual(itlMs(withEvents(events, 3)), [40, 10]);
});

for (const [what, outputTokens] of [
  ['more tokens than events', 4],
  ['fewer tokens than events', 2],
  ['no tokens at all', undefined],
] as const) {
  test(`with ${what} reported, and none per event, there is no latency per token`, () => {
    const events = [100, 140, 150].map((atMs) => ({ atMs, tokens: undefined }));
    assert.deepEqual(itlMs(withEvents(events, outputTokens)), []);
  });
}

test('one event of unknown size leaves the whole request without latency per token', () => {
  const record = withEvents(
    [
      { atMs: 100, tokens: 1 },
      { atMs: 140, tokens: undefined },
      { atMs: 150, tokens: 2 },
    ],
    8,
  );
  assert.deepEqual(itlMs(record), []);
});

test('a single event of several tokens is buffered', () => {
  const one = buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [90], endedAtMs: 100 });
  assert.equal(isBuffered({ ...one, usage: { ...one.usage, outputTokens: 5 } }), true);
});

for (const [what, tokenAtMs, expected] of [
  ['all events in one read', [90, 90], true],
  ['a later event in a read of its own', [90, 90, 91], false],
  ['a single event of one token', [90], false],
  ['no event', [], false],
] as const) {
  test(`${what} is ${expected ? '' : 'not '}buffered`, () => {
    assert.equal(isBuffered(buildStreamedRecord({ startedAtMs: 0, tokenAtMs, endedAtMs: 100 })), expected);
  });
}
