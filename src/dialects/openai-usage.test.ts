import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from './json.ts';
import { findUsage, toUsage } from './openai-usage.ts';

/** Canonical counts: input, of it cached, output, of it reasoning. */
type Counts = readonly [
  input: number | undefined,
  cached: number | undefined,
  output: number | undefined,
  reasoning: number | undefined,
];

const none = undefined;

describe('counts of tokens', () => {
  /** Shapes and arithmetic as of providers.md §3.14. */
  const rows: readonly (readonly [whose: string, block: Fields, counts: Counts])[] = [
    [
      'OpenAI: cached within prompt, reasoning within completion',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 64 },
        completion_tokens_details: { reasoning_tokens: 40 },
      },
      [100, 64, 50, 40],
    ],
    [
      'xAI: reasoning beside completion, 9 + 340, as its total 12 + 9 + 340 shows',
      {
        prompt_tokens: 12,
        completion_tokens: 9,
        total_tokens: 361,
        completion_tokens_details: { reasoning_tokens: 340 },
      },
      [12, none, 349, 340],
    ],
    [
      'xAI: cached beside prompt, 10 + 90, since more is cached than was prompted',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 90 } },
      [100, 90, 5, none],
    ],
    [
      'everything cached is still within prompt',
      { prompt_tokens: 90, completion_tokens: 5, total_tokens: 95, prompt_tokens_details: { cached_tokens: 90 } },
      [90, 90, 5, none],
    ],
    [
      'DeepSeek: hits at the top',
      { prompt_tokens: 20, completion_tokens: 31, prompt_cache_hit_tokens: 16, prompt_cache_miss_tokens: 4 },
      [20, 16, 31, none],
    ],
    ['Moonshot: cached at the top', { prompt_tokens: 8, completion_tokens: 19, cached_tokens: 7 }, [8, 7, 19, none]],
    [
      'Azure DeepSeek: reasoning at the top, within completion',
      { prompt_tokens: 7, completion_tokens: 14, total_tokens: 21, reasoning_tokens: 10 },
      [7, none, 14, 10],
    ],
    [
      'no reasoning at all is none to add',
      { prompt_tokens: 7, completion_tokens: 14, total_tokens: 21, reasoning_tokens: 0 },
      [7, none, 14, 0],
    ],
    [
      'reasoning without a total stays within completion',
      { prompt_tokens: 7, completion_tokens: 14, reasoning_tokens: 10 },
      [7, none, 14, 10],
    ],
    ['null details', { prompt_tokens: 1, completion_tokens: 2, prompt_tokens_details: null }, [1, none, 2, none]],
    ['output alone', { completion_tokens: 3 }, [none, none, 3, none]],
    ['what is no count', { prompt_tokens: '5', completion_tokens: -1, total_tokens: 1.5 }, [none, none, none, none]],
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

describe('the usage block of a chunk', () => {
  const block = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, queue_time: 0.1 };

  const places: readonly (readonly [where: string, chunk: Fields])[] = [
    ['at the top', { choices: [], usage: block }],
    ['under x_groq', { usage: null, x_groq: { id: 'r', usage: block } }],
    ['within the choice', { choices: [{ index: 0, usage: block }] }],
  ];
  for (const [where, chunk] of places) {
    test(`is found ${where} and kept as it was`, () => {
      assert.deepEqual(findUsage(chunk), {
        inputTokens: 1,
        cachedInputTokens: undefined,
        cacheWriteInputTokens: undefined,
        longCacheWriteInputTokens: undefined,
        outputTokens: 2,
        reasoningTokens: undefined,
        raw: block,
      });
    });
  }

  const nothing: readonly Fields[] = [{}, { usage: null }, { usage: {} }, { usage: { cost: 1 } }, { usage: [block] }];
  for (const chunk of nothing) {
    test(`is missing in ${JSON.stringify(chunk)}`, () => assert.equal(findUsage(chunk), undefined));
  }
});
