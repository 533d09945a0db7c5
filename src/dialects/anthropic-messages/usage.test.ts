import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from '../json.ts';
import { createUsageReader, toUsage } from './usage.ts';

/** Canonical counts: input, of it cached, output, of it reasoning; of the input written into a cache, and of that for long. */
type Counts = readonly [
  input: number | undefined,
  cached: number | undefined,
  output: number | undefined,
  reasoning: number | undefined,
  written?: number,
  writtenForLong?: number,
];

const none = undefined;

describe('counts of tokens', () => {
  /** Arithmetic as of providers.md §3.14. */
  const rows: readonly (readonly [whose: string, block: Fields, counts: Counts])[] = [
    ['no cache', { input_tokens: 10, output_tokens: 5 }, [10, none, 5, none]],
    [
      'a cache: 12 + 30 written + 400 read',
      { input_tokens: 12, cache_creation_input_tokens: 30, cache_read_input_tokens: 400, output_tokens: 5 },
      [442, 400, 5, none, 30],
    ],
    [
      'a cache written but not read: 12 + 30',
      { input_tokens: 12, cache_creation_input_tokens: 30, cache_read_input_tokens: 0, output_tokens: 5 },
      [42, 0, 5, none, 30],
    ],
    [
      'a cache written for five minutes and for an hour: 12 + (10 + 20)',
      {
        input_tokens: 12,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
        output_tokens: 5,
      },
      [42, none, 5, none, 30, 20],
    ],
    [
      'thinking within output',
      { input_tokens: 1, output_tokens: 373, output_tokens_details: { thinking_tokens: 62 } },
      [1, none, 373, 62],
    ],
    [
      'a compaction without what it read: 200 + 5, without the advisor',
      {
        input_tokens: 1,
        output_tokens: 5,
        iterations: [
          { type: 'compaction', output_tokens: 200 },
          { type: 'message', output_tokens: 5 },
          { type: 'advisor_message', output_tokens: 99 },
        ],
      },
      [1, none, 205, none],
    ],
    [
      'a compaction: (100 + 50 read + 7 written) + (10 + 4 written) in, 200 + 5 out',
      {
        input_tokens: 10,
        cache_creation_input_tokens: 4,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 3 },
        output_tokens: 5,
        iterations: [
          {
            type: 'compaction',
            input_tokens: 100,
            cache_read_input_tokens: 50,
            cache_creation_input_tokens: 7,
            cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 2 },
            output_tokens: 200,
          },
          {
            type: 'message',
            input_tokens: 10,
            cache_read_input_tokens: 0,
            cache_creation_input_tokens: 4,
            cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 3 },
            output_tokens: 5,
          },
        ],
      },
      [171, 50, 205, none, 11, 5],
    ],
    [
      'an advisor between two iterations, which the top has summed: 1051 + 3676 in, 35 + 3356 out',
      {
        input_tokens: 4_727,
        output_tokens: 3_391,
        iterations: [
          { type: 'message', input_tokens: 1_051, output_tokens: 35 },
          { type: 'advisor_message', input_tokens: 2_728, output_tokens: 3_880 },
          { type: 'message', input_tokens: 3_676, output_tokens: 3_356 },
        ],
      },
      [4_727, none, 3_391, none],
    ],
    [
      'a fallback, which the top has summed already',
      {
        input_tokens: 1,
        output_tokens: 70,
        iterations: [
          { type: 'message', output_tokens: 40 },
          { type: 'fallback_message', output_tokens: 30 },
        ],
      },
      [1, none, 70, none],
    ],
    [
      'iterations without a count',
      { input_tokens: 1, output_tokens: 5, iterations: [{ type: 'message' }] },
      [1, none, 5, none],
    ],
    ['iterations that are none', { input_tokens: 1, output_tokens: 5, iterations: [null] }, [1, none, 5, none]],
    ['output alone', { output_tokens: 3 }, [none, none, 3, none]],
    ['what is no count', { input_tokens: '5', output_tokens: -1 }, [none, none, none, none]],
  ];
  for (const [whose, block, counts] of rows) {
    test(`of ${whose}`, () => {
      const [inputTokens, cachedInputTokens, outputTokens, reasoningTokens, written, writtenForLong] = counts;
      assert.deepEqual(toUsage(block), {
        inputTokens,
        cachedInputTokens,
        cacheWriteInputTokens: written,
        longCacheWriteInputTokens: writtenForLong,
        outputTokens,
        reasoningTokens,
        raw: block,
      });
    });
  }
});

describe('usage in pieces', () => {
  test('takes no count of output from the first estimate', () => {
    const block = { input_tokens: 7, output_tokens: 3 };
    assert.deepEqual(createUsageReader().read(block, false), {
      inputTokens: 7,
      cachedInputTokens: undefined,
      cacheWriteInputTokens: undefined,
      longCacheWriteInputTokens: undefined,
      outputTokens: undefined,
      reasoningTokens: undefined,
      raw: block,
    });
  });

  test('keeps the input of the start when the end has none, or null', () => {
    const reader = createUsageReader();
    reader.read({ input_tokens: 7, cache_read_input_tokens: 2, output_tokens: 1 }, false);
    const { inputTokens, cachedInputTokens, outputTokens } =
      reader.read({ input_tokens: null, output_tokens: 20 }, true) ?? {};
    assert.deepEqual([inputTokens, cachedInputTokens, outputTokens], [9, 2, 20]);
  });

  test('lets the end win', () => {
    const reader = createUsageReader();
    reader.read({ input_tokens: 43, output_tokens: 1 }, false);
    const { inputTokens, outputTokens } = reader.read({ input_tokens: 61, output_tokens: 2 }, true) ?? {};
    assert.deepEqual([inputTokens, outputTokens], [61, 2]);
  });

  test('keeps a total when a start is sent once more', () => {
    const reader = createUsageReader();
    reader.read({ output_tokens: 20 }, true);
    assert.equal(reader.read({ input_tokens: 5 }, false)?.outputTokens, 20);
  });

  for (const nothing of [undefined, null, {}, [], 'x', { output_tokens: null }, { service_tier: 'x' }]) {
    test(`is not there in ${JSON.stringify(nothing)}`, () => {
      assert.equal(createUsageReader().read(nothing, true), undefined);
    });
  }
});
