/** Records for the tests of stores: the fullest, the emptiest, and any that chance can think of. */
import fc from 'fast-check';
import { FAILURE_KINDS, type RequestRecord, TOKEN_EVENT_KINDS } from '../../src/model/record.ts';
import type { ServerTimings } from '../../src/model/server-timings.ts';
import type { JsonValue } from '../../src/model/units.ts';
import { buildInstants, buildRecord } from '../support/record-builder.ts';

const ODD_TEXT = "tab\t, line\n, NUL \0, quote ', “ä”, 漢字, 👩‍🚀, \u{10ffff}";

/** Every field defined; 0.1 + 0.2 and its like show whether numbers keep their last bit. */
export const FULL_RECORD: RequestRecord = buildRecord({
  id: 7,
  targetIndex: 2,
  phase: 'warmup',
  promptIndex: 3,
  promptName: ODD_TEXT,
  attempt: 2,
  retryOf: 6,
  instants: {
    scheduledAtMs: 0.1 + 0.2,
    startedAtMs: 1 / 3,
    socketAtMs: 2.000000000000001,
    sentAtMs: Math.PI,
    headersAtMs: 4,
    firstChunkAtMs: 5.5,
    firstTokenAtMs: 6,
    firstOutputAtMs: 7,
    lastTokenAtMs: 8,
    toolNameAtMs: 9,
    toolArgumentsAtMs: 10,
    endedAtMs: Number.MAX_VALUE,
  },
  connection: { isReused: false, dnsMs: 0.25, tcpMs: 1e-300, tlsMs: 12 },
  events: TOKEN_EVENT_KINDS.map((kind, index) => ({
    atMs: index / 7,
    kind,
    tokens: index === 0 ? undefined : index,
    bytes: index,
    isCoalesced: index % 2 === 1,
  })),
  usage: {
    inputTokens: 2 ** 53 - 1,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 3,
    longCacheWriteInputTokens: 0.5,
    outputTokens: 1.5,
    reasoningTokens: 1,
    raw: { text: ODD_TEXT, lone: '\ud800', list: [null, true, { deep: [] }], empty: {} },
  },
  finishReason: 'tool_calls',
  modelAnswered: 'model-2026',
  keepAlives: 4,
  counted: { inputTokens: 7, outputTokens: 0, tokenizer: 'o200k_base', isApproximate: true },
  serverTimings: { queue: 0, decode: 1.25, total: 1e-300 },
  text: { prompt: ODD_TEXT, reasoning: '\0', answer: '' },
});

/** Nothing defined that need not be. */
export const EMPTY_RECORD: RequestRecord = buildRecord({
  id: 1,
  instants: buildInstants(),
  connection: { isReused: undefined, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined },
  events: [],
  isStreamed: false,
  usage: {
    inputTokens: undefined,
    cachedInputTokens: undefined,
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: undefined,
    reasoningTokens: undefined,
    raw: undefined,
  },
  finishReason: undefined,
});

/** A failure with all that can be known of one. */
export const FAILED_RECORD: RequestRecord = buildRecord({
  id: 2,
  outcome: {
    kind: 'failed',
    failure: {
      kind: 'rate-limited',
      message: 'slow down',
      status: 429,
      code: 'rate_limit_exceeded',
      retryAfterMs: 1_500.5,
      excerpt: '{"error":"\0"}',
    },
  },
});

/** A failure of which nothing is known but that it was. */
export const BARE_FAILED_RECORD: RequestRecord = buildRecord({
  id: 3,
  outcome: {
    kind: 'failed',
    failure: {
      kind: 'reset',
      message: '',
      status: undefined,
      code: undefined,
      retryAfterMs: undefined,
      excerpt: undefined,
    },
  },
});

export const CANCELLED_RECORD: RequestRecord = buildRecord({ id: 4, outcome: { kind: 'cancelled', by: 'end' } });

const count = fc.nat({ max: 2 ** 31 - 1 });
const decimal = fc.double({ noNaN: true });
/** JSON has no infinity and no −0. */
const duration = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const unicode = fc.string({ unit: 'binary' });
/** Plain objects, as all of ours are: fast-check would also make some without a prototype. */
const struct = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true });
const ifAny = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

/** Records with all ids different, in no order. */
export const anyRecords: fc.Arbitrary<RequestRecord[]> = fc.uniqueArray(
  struct({
    id: count,
    targetIndex: count,
    phase: fc.constantFrom('warmup', 'measure'),
    promptIndex: count,
    promptName: ifAny(unicode),
    asked: ifAny(
      struct({
        inputTokens: ifAny(count),
        outputTokens: ifAny(count),
        contextTokens: ifAny(count),
        conversation: ifAny(count),
        turn: count,
        turns: ifAny(count),
      }),
    ),
    attempt: count,
    retryOf: ifAny(count),
    instants: struct({
      scheduledAtMs: ifAny(decimal),
      startedAtMs: decimal,
      socketAtMs: ifAny(decimal),
      sentAtMs: ifAny(decimal),
      headersAtMs: ifAny(decimal),
      firstChunkAtMs: ifAny(decimal),
      firstTokenAtMs: ifAny(decimal),
      firstOutputAtMs: ifAny(decimal),
      lastTokenAtMs: ifAny(decimal),
      toolNameAtMs: ifAny(decimal),
      toolArgumentsAtMs: ifAny(decimal),
      endedAtMs: decimal,
    }),
    connection: struct({
      isReused: ifAny(fc.boolean()),
      dnsMs: ifAny(decimal),
      tcpMs: ifAny(decimal),
      tlsMs: ifAny(decimal),
    }),
    events: fc.array(
      struct({
        atMs: decimal,
        kind: fc.constantFrom(...TOKEN_EVENT_KINDS),
        tokens: ifAny(decimal),
        bytes: count,
        isCoalesced: fc.boolean(),
      }),
    ),
    isStreamed: fc.boolean(),
    usage: struct({
      inputTokens: ifAny(decimal),
      cachedInputTokens: ifAny(decimal),
      cacheWriteInputTokens: ifAny(decimal),
      longCacheWriteInputTokens: ifAny(decimal),
      outputTokens: ifAny(decimal),
      reasoningTokens: ifAny(decimal),
      raw: ifAny(fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)),
    }),
    finishReason: ifAny(fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'error', 'other')),
    modelAnswered: ifAny(unicode),
    keepAlives: count,
    outcome: fc.oneof(
      fc.constant({ kind: 'completed' } as const),
      struct({ kind: fc.constant('cancelled' as const), by: fc.constantFrom('plan', 'user', 'end') }),
      struct({
        kind: fc.constant('failed' as const),
        failure: struct({
          kind: fc.constantFrom(...FAILURE_KINDS),
          message: unicode,
          status: ifAny(count),
          code: ifAny(unicode),
          retryAfterMs: ifAny(decimal),
          excerpt: ifAny(unicode),
        }),
      }),
    ),
    counted: ifAny(
      struct({
        inputTokens: ifAny(decimal),
        outputTokens: ifAny(decimal),
        tokenizer: unicode,
        isApproximate: fc.boolean(),
      }),
    ),
    serverTimings: ifAny(
      fc.record(
        { load: duration, total: duration },
        { requiredKeys: [], noNullPrototype: true },
      ) as fc.Arbitrary<ServerTimings>,
    ),
    text: ifAny(struct({ prompt: unicode, reasoning: unicode, answer: unicode })),
  }),
  { selector: (record) => record.id, maxLength: 8 },
);
