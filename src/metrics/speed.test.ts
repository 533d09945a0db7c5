import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInstants, buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord } from '../model/record.ts';
import { e2eTokensPerSecond, inputTokensPerSecond, perSecond, tokensPerSecond } from './speed.ts';

const USAGE = { ...buildRecord().usage, inputTokens: 100 };
const FAILED: RequestRecord['outcome'] = {
  kind: 'failed',
  failure: {
    kind: 'truncated',
    message: 'cut off',
    status: 200,
    code: undefined,
    retryAfterMs: undefined,
    excerpt: undefined,
  },
};

const ROWS: readonly {
  readonly name: string;
  readonly record: RequestRecord;
  readonly speed: number | undefined;
  readonly e2eSpeed: number | undefined;
  readonly inputSpeed: number | undefined;
}[] = [
  {
    name: 'a streamed answer has all three speeds',
    record: buildStreamedRecord({
      startedAtMs: 1000,
      tokenAtMs: [1500, 1750, 2000],
      endedAtMs: 3000,
      usage: { ...USAGE, outputTokens: 30 },
    }),
    speed: 20, // 30 ÷ (2 s − 0.5 s)
    e2eSpeed: 15, // 30 ÷ 2 s
    inputSpeed: 200, // 100 ÷ 0.5 s
  },
  {
    name: 'without reported tokens events are counted',
    record: buildStreamedRecord({
      startedAtMs: 0,
      tokenAtMs: [500, 600, 700],
      endedAtMs: 2000,
      usage: { ...USAGE, outputTokens: undefined, inputTokens: undefined },
    }),
    speed: 2, // 3 ÷ 1.5 s
    e2eSpeed: 1.5, // 3 ÷ 2 s
    inputSpeed: undefined,
  },
  {
    name: 'one token that comes before the end has a speed',
    record: buildStreamedRecord({
      startedAtMs: 0,
      tokenAtMs: [500],
      endedAtMs: 1000,
      usage: { ...USAGE, outputTokens: 1 },
    }),
    speed: 2, // 1 ÷ 0.5 s
    e2eSpeed: 1, // 1 ÷ 1 s
    inputSpeed: 200,
  },
  {
    name: 'an answer that ends with its only token has no speed after it',
    record: buildStreamedRecord({
      startedAtMs: 0,
      tokenAtMs: [500],
      endedAtMs: 500,
      usage: { ...USAGE, outputTokens: 1 },
    }),
    speed: undefined,
    e2eSpeed: 2,
    inputSpeed: 200,
  },
  {
    name: 'a stream that came in one read has no speed after its first token',
    record: buildStreamedRecord({
      startedAtMs: 0,
      tokenAtMs: [500, 500],
      endedAtMs: 1000,
      usage: { ...USAGE, outputTokens: 8 },
    }),
    speed: undefined,
    e2eSpeed: 8, // 8 ÷ 1 s
    inputSpeed: 200,
  },
  {
    name: 'an answer in one body has only its speed over the whole request',
    record: buildRecord({
      instants: buildInstants({ endedAtMs: 2000 }),
      events: [],
      isStreamed: false,
      usage: { ...USAGE, outputTokens: 8 },
    }),
    speed: undefined,
    e2eSpeed: 4, // 8 ÷ 2 s
    inputSpeed: undefined,
  },
  {
    name: 'an answer whose tokens nobody counted has no speed',
    record: buildRecord({
      instants: buildInstants({ endedAtMs: 2000 }),
      events: [],
      isStreamed: false,
      usage: { ...USAGE, outputTokens: undefined },
    }),
    speed: undefined,
    e2eSpeed: undefined,
    inputSpeed: undefined,
  },
  {
    name: 'a failed request has no output speed',
    record: buildStreamedRecord({
      startedAtMs: 0,
      tokenAtMs: [500, 600],
      endedAtMs: 1000,
      usage: USAGE,
      outcome: FAILED,
    }),
    speed: undefined,
    e2eSpeed: undefined,
    inputSpeed: 200,
  },
];

for (const { name, record, speed, e2eSpeed, inputSpeed } of ROWS) {
  test(name, () => {
    assert.deepEqual(
      [tokensPerSecond(record), e2eTokensPerSecond(record), inputTokensPerSecond(record)],
      [speed, e2eSpeed, inputSpeed],
    );
  });
}

test('a count over no time, or an unknown one, has no rate', () => {
  assert.equal(perSecond(5, 0), undefined);
  assert.equal(perSecond(5, -1), undefined);
  assert.equal(perSecond(undefined, 1000), undefined);
  assert.equal(perSecond(5, undefined), undefined);
});

test('nothing in some time is a rate of 0', () => {
  assert.equal(perSecond(0, 1000), 0);
});
