import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from '../json.ts';
import { createUsageReader, toUsage } from './usage.ts';

/** Canonical counts: input, of it cached, output, of it reasoning. */
type Counts = readonly [
  input: number | undefined,
  cached: number | undefined,
  output: number | undefined,
  reasoning: number | undefined,
];

const none = undefined;

describe('counts of tokens', () => {
  /** Arithmetic as of providers.md §3.14. */
  const rows: readonly (readonly [whose: string, block: Fields, counts: Counts])[] = [
    ['no cache', { input_tokens: 10, output_tokens: 5 }, [10, none, 5, none]],
    [
      'a cache: 12 + 30 written + 400 read',
      { input_tokens: 12, cache_creation_input_tokens: 30, cache_read_input_tokens: 400, output_tokens: 5 },
      [442, 400, 5, none],
    ],
    [
      'a cache written but not read: 12 + 30',
      { input_tokens: 12, cache_creation_input_tokens: 30, cache_read_input_tokens: 0, output_tokens: 5 },
      [42, 0, 5, none],
    ],
    [
      'thinking within output',
      { input_tokens: 1, output_tokens: 373, output_tokens_details: { thinking_tokens: 62 } },
      [1, none, 373, 62],
    ],
    [
      'a compaction, 200 + 5, without the advisor',
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
  for (const [whose, block, [inputTokens, cachedInputTokens, outputTokens, reasoningTokens]] of rows) {
    test(`of ${whose}`, () => {
      assert.deepEqual(toUsage(block), {
        cacheWriteInputTokens: undefined,
        longCacheWriteInputTokens: undefined,
        inputTokens,
        cachedInputTokens,
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
