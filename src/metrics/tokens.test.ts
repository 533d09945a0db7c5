import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildEvent, buildInstants, buildRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord, TokenEvent } from '../model/record.ts';
import type { Usage } from '../model/usage.ts';
import { inputTokens, outputTokens, tokenArrivals, tokensPerEvent, usageAddsUp } from './tokens.ts';

interface Given {
  readonly events: readonly Partial<TokenEvent>[];
  readonly reported?: number;
  readonly counted?: number;
  readonly isApproximate?: boolean;
  readonly isStreamed?: boolean;
}

/** Ended at 500 ms. */
function recordOf({ events, reported, counted, isApproximate = false, isStreamed = true }: Given): RequestRecord {
  return buildRecord({
    instants: buildInstants({ endedAtMs: 500 }),
    events: events.map(buildEvent),
    usage: { ...buildRecord().usage, outputTokens: reported },
    counted:
      counted === undefined
        ? undefined
        : { inputTokens: undefined, outputTokens: counted, tokenizer: 'o200k_base', isApproximate },
    isStreamed,
  });
}

const UNSAID = [100, 200, 300].map((atMs) => ({ atMs, tokens: undefined }));

test('the reported count wins over the number of events', () => {
  assert.deepEqual(outputTokens(recordOf({ events: UNSAID, reported: 12 })), { tokens: 12, source: 'reported' });
});

test('what a tokenizer counted stands behind what was reported, and before the number of events', () => {
  assert.deepEqual(outputTokens(recordOf({ events: UNSAID, reported: 12, counted: 11 })), {
    tokens: 12,
    source: 'reported',
  });
  assert.deepEqual(outputTokens(recordOf({ events: UNSAID, counted: 11 })), { tokens: 11, source: 'counted' });
  assert.deepEqual(outputTokens(recordOf({ events: [{ tokens: 2 }], counted: 11 })), { tokens: 2, source: 'reported' });
});

for (const [reported, counted, expected] of [
  [10, 9, { tokens: 10, source: 'reported' }],
  [0, 9, { tokens: 0, source: 'reported' }],
  [undefined, 9, { tokens: 9, source: 'counted' }],
  [undefined, undefined, undefined],
] as const) {
  test(`input reported as ${reported} and counted as ${counted} is ${expected?.tokens} tokens`, () => {
    const record = buildRecord({
      usage: { ...buildRecord().usage, inputTokens: reported },
      counted: { inputTokens: counted, outputTokens: 3, tokenizer: 'x', isApproximate: false },
    });
    assert.deepEqual(inputTokens(record), expected);
  });
}

test('as many counted tokens as events are one each, unless the tokenizer is not the model own', () => {
  assert.deepEqual(tokensPerEvent(recordOf({ events: UNSAID, counted: 3 })), [1, 1, 1]);
  assert.equal(tokensPerEvent(recordOf({ events: UNSAID, counted: 3, isApproximate: true })), undefined);
  assert.equal(tokensPerEvent(recordOf({ events: UNSAID, counted: 4 })), undefined);
  assert.equal(tokensPerEvent(recordOf({ events: UNSAID, reported: 4, counted: 3 })), undefined);
});

test('a reported 0 is a count', () => {
  assert.deepEqual(outputTokens(recordOf({ events: [], reported: 0 })), { tokens: 0, source: 'reported' });
});

test('without a reported count each event stands for one token', () => {
  assert.deepEqual(outputTokens(recordOf({ events: UNSAID })), { tokens: 3, source: 'events' });
});

test('without a reported count of the whole, what was said of every event adds up to one', () => {
  // 2 + 3
  assert.deepEqual(outputTokens(recordOf({ events: [{ tokens: 2 }, { tokens: 3 }] })), {
    tokens: 5,
    source: 'reported',
  });
  assert.deepEqual(outputTokens(recordOf({ events: [{ tokens: 2 }, { tokens: undefined }] })), {
    tokens: 2,
    source: 'events',
  });
});

test('without a reported count and events nobody knows', () => {
  assert.equal(outputTokens(recordOf({ events: [] })), undefined);
  assert.equal(outputTokens(recordOf({ events: [], isStreamed: false })), undefined);
});

test('an answer in one body has the count that was reported', () => {
  const record = recordOf({ events: [], isStreamed: false, reported: 9 });
  assert.deepEqual(outputTokens(record), { tokens: 9, source: 'reported' });
});

for (const [what, given, expected] of [
  ['as the server said', { events: [{ tokens: 1 }, { tokens: 5 }], reported: 7 }, [1, 5]],
  ['one each when as many were reported as there are events', { events: UNSAID, reported: 3 }, [1, 1, 1]],
  ['unknown when more were reported', { events: UNSAID, reported: 4 }, undefined],
  ['unknown when fewer were reported', { events: UNSAID, reported: 2 }, undefined],
  ['unknown when none were reported', { events: UNSAID }, undefined],
  [
    'unknown when only some events are known',
    { events: [{ tokens: 2 }, { tokens: undefined }], reported: 5 },
    undefined,
  ],
  ['an empty list without events', { events: [] }, []],
] as const) {
  test(`tokens of each event are ${what}`, () => {
    assert.deepEqual(tokensPerEvent(recordOf(given)), expected);
  });
}

for (const [what, given, expected] of [
  [
    'with their events where their number is known',
    {
      events: [
        { atMs: 100, tokens: 1 },
        { atMs: 250, tokens: 4 },
      ],
      reported: 5,
    },
    [
      { atMs: 100, tokens: 1 },
      { atMs: 250, tokens: 4 },
    ],
  ],
  [
    'spread evenly over the events where it is not', // 12 ÷ 3
    { events: UNSAID, reported: 12 },
    [
      { atMs: 100, tokens: 4 },
      { atMs: 200, tokens: 4 },
      { atMs: 300, tokens: 4 },
    ],
  ],
  [
    'one an event when nothing was reported',
    { events: UNSAID },
    [
      { atMs: 100, tokens: 1 },
      { atMs: 200, tokens: 1 },
      { atMs: 300, tokens: 1 },
    ],
  ],
  [
    'at the end when the answer came as one body',
    { events: [], isStreamed: false, reported: 9 },
    [{ atMs: 500, tokens: 9 }],
  ],
  ['not at all when nobody knows their number', { events: [], isStreamed: false }, []],
] as const) {
  test(`tokens arrive ${what}`, () => {
    assert.deepEqual(tokenArrivals(recordOf(given)), expected);
  });
}

test('a spread may leave fractions, whose sum is the total', () => {
  const arrivals = tokenArrivals(recordOf({ events: UNSAID.slice(0, 2), reported: 5 }));
  assert.deepEqual(arrivals, [
    { atMs: 100, tokens: 2.5 },
    { atMs: 200, tokens: 2.5 },
  ]);
});

describe('the counts of an answer', () => {
  const rows: readonly (readonly [when: string, usage: Partial<Usage>, addsUp: boolean | undefined])[] = [
    ['make the total that OpenAI gives, 7 + 3', { inputTokens: 7, outputTokens: 3, raw: { total_tokens: 10 } }, true],
    ['make Gemini’s', { inputTokens: 7, outputTokens: 3, raw: { totalTokenCount: 10 } }, true],
    ['make Bedrock’s', { inputTokens: 7, outputTokens: 3, raw: { totalTokens: 10 } }, true],
    [
      'make one that leaves out the cached, 100 + 9 - 90',
      { inputTokens: 100, cachedInputTokens: 90, outputTokens: 9, raw: { total_tokens: 19 } },
      true,
    ],
    ['make another', { inputTokens: 7, outputTokens: 3, raw: { total_tokens: 11 } }, false],
    ['cannot be judged without a total', { inputTokens: 7, outputTokens: 3, raw: { total_tokens: null } }, undefined],
    ['cannot be judged by half', { inputTokens: 7, outputTokens: undefined, raw: { total_tokens: 10 } }, undefined],
    ['cannot be judged without a block', { inputTokens: 7, outputTokens: 3, raw: undefined }, undefined],
    ['cannot be judged by a list', { inputTokens: 7, outputTokens: 3, raw: [10] }, undefined],
  ];
  for (const [when, usage, addsUp] of rows) {
    test(when, () => assert.equal(usageAddsUp({ ...buildRecord().usage, ...usage }), addsUp));
  }
});
