import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildEvent, buildInstants, buildRecord } from '../../test/support/record-builder.ts';
import { type RequestRecord, TOKEN_EVENT_KINDS } from '../model/record.ts';
import { packRecords, RecordPacker, transferList, unpackRecords } from './batch.ts';

const time = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const count = fc.nat(1_000_000);
const object = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;

const instants = object({
  scheduledAtMs: maybe(time),
  startedAtMs: time,
  socketAtMs: maybe(time),
  sentAtMs: maybe(time),
  headersAtMs: maybe(time),
  firstChunkAtMs: maybe(time),
  firstTokenAtMs: maybe(time),
  firstOutputAtMs: maybe(time),
  lastTokenAtMs: maybe(time),
  toolNameAtMs: maybe(time),
  toolArgumentsAtMs: maybe(time),
  endedAtMs: time,
});

const event = object({
  atMs: time,
  kind: fc.constantFrom(...TOKEN_EVENT_KINDS),
  tokens: maybe(count),
  bytes: count,
  isCoalesced: fc.boolean(),
});

const failure = object({
  kind: fc.constantFrom('server' as const, 'timeout-idle' as const),
  message: fc.string(),
  status: maybe(fc.constantFrom(429, 500)),
  code: maybe(fc.string()),
  retryAfterMs: maybe(time),
  excerpt: maybe(fc.string()),
});

const record: fc.Arbitrary<RequestRecord> = object({
  id: count,
  targetIndex: fc.nat(9),
  phase: fc.constantFrom('warmup' as const, 'measure' as const),
  promptIndex: count,
  promptName: maybe(fc.string()),
  asked: maybe(
    object({
      inputTokens: maybe(count),
      outputTokens: maybe(count),
      contextTokens: maybe(count),
      conversation: maybe(count),
      turn: maybe(count),
      turns: maybe(count),
    }),
  ),
  attempt: fc.nat(9),
  retryOf: maybe(count),
  instants,
  connection: object({
    isReused: maybe(fc.boolean()),
    dnsMs: maybe(time),
    tcpMs: maybe(time),
    tlsMs: maybe(time),
  }),
  events: fc.array(event, { maxLength: 6 }),
  isStreamed: fc.boolean(),
  usage: object({
    inputTokens: maybe(count),
    cachedInputTokens: maybe(count),
    cacheWriteInputTokens: maybe(count),
    longCacheWriteInputTokens: maybe(count),
    outputTokens: maybe(count),
    reasoningTokens: maybe(count),
    raw: fc.constantFrom(undefined, null, { prompt_tokens: 3, details: { cached: [1, 2] } }),
  }),
  counted: fc.constant(undefined),
  serverTimings: maybe(fc.constantFrom({ queue: 1.5 }, { prompt: 0, decode: 2, total: 3 })),
  finishReason: fc.constantFrom(undefined, 'stop' as const, 'length' as const),
  modelAnswered: maybe(fc.string()),
  keepAlives: count,
  outcome: fc.oneof(
    fc.constant({ kind: 'completed' as const }),
    object({ kind: fc.constant('failed' as const), failure }),
    object({ kind: fc.constant('cancelled' as const), by: fc.constantFrom('user' as const, 'end' as const) }),
  ),
  text: maybe(object({ prompt: fc.string(), reasoning: fc.string(), answer: fc.string() })),
});

test('records come through a thread boundary exactly as they were, undefined values included', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), (records) => {
      const packed = packRecords(records);
      const received = structuredClone(packed, { transfer: transferList(packed) });
      assert.deepStrictEqual(unpackRecords(received), records);
    }),
    { numRuns: 200, seed: 20_260_101 },
  );
});

test('all numbers are handed over, and nothing is copied of a record that is like others', () => {
  const packed = packRecords([buildRecord(), buildRecord({ id: 2, events: [] })]);
  const transfer = transferList(packed);
  assert.deepEqual(packed.extras, []);
  assert.deepEqual(packed.words, ['measure', 'stop']);
  structuredClone(packed, { transfer });
  assert.deepEqual(
    transfer.map((buffer) => buffer.byteLength),
    [0, 0],
  );
});

test('a packer begins anew after each batch, and has room for any number', () => {
  const packer = new RecordPacker();
  for (const count of [1, 300, 0, 2]) {
    const records = Array.from({ length: count }, (_, id) =>
      buildRecord({ id, events: Array.from({ length: id % 7 }, (__, place) => buildEvent({ atMs: place })) }),
    );
    for (const one of records) packer.add(one);
    const packed = packer.take();
    assert.deepStrictEqual(unpackRecords(structuredClone(packed, { transfer: transferList(packed) })), records);
  }
});

test('an empty batch can be sent', () => {
  const packed = packRecords([]);
  assert.equal(packed.count, 0);
  assert.deepEqual(unpackRecords(structuredClone(packed, { transfer: transferList(packed) })), []);
});

test('events stay with their own record, also beside records without any', () => {
  const records = [
    buildRecord({ id: 1, events: [] }),
    buildRecord({ id: 2, events: [buildEvent({ atMs: 5, kind: 'tool-name', tokens: undefined })] }),
    buildRecord({ id: 3, events: [] }),
    buildRecord({ id: 4, events: [buildEvent({ atMs: 0 }), buildEvent({ atMs: 0, isCoalesced: true, bytes: 0 })] }),
  ];
  assert.deepStrictEqual(unpackRecords(packRecords(records)), records);
});

test('an instant of zero is a time and not a missing one', () => {
  const record = buildRecord({ instants: buildInstants({ scheduledAtMs: 0, socketAtMs: 0, firstTokenAtMs: 0 }) });
  assert.deepStrictEqual(unpackRecords(packRecords([record])), [record]);
});
