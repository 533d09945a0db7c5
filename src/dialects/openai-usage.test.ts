import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from './json.ts';
import { findUsage, toUsage } from './openai-usage.ts';

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
    [
      'OpenAI: 30 of 100 read from its cache, 60 written to it',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        total_tokens: 105,
        prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 60 },
      },
      [100, 30, 5, none, 60],
    ],
    [
      'LiteLLM before Claude: 12 + 20 written + 8 read, of the written 15 for an hour',
      {
        prompt_tokens: 40,
        completion_tokens: 5,
        total_tokens: 45,
        prompt_tokens_details: {
          cached_tokens: 8,
          cache_creation_tokens: 20,
          cache_creation_token_details: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 15 },
        },
        cache_creation_input_tokens: 20,
        cache_read_input_tokens: 8,
      },
      [40, 8, 5, none, 20, 15],
    ],
    [
      'an older LiteLLM: its cache at the top alone',
      {
        prompt_tokens: 40,
        completion_tokens: 5,
        total_tokens: 45,
        cache_creation_input_tokens: 20,
        cache_read_input_tokens: 8,
      },
      [40, 8, 5, none, 20],
    ],
    [
      'DashScope with a cache that was asked for',
      {
        prompt_tokens: 1_500,
        completion_tokens: 7,
        total_tokens: 1_507,
        prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 1_480, cache_type: 'ephemeral' },
      },
      [1_500, 0, 7, none, 1_480],
    ],
    ['Moonshot: cached at the top', { prompt_tokens: 8, completion_tokens: 19, cached_tokens: 7 }, [8, 7, 19, none]],
    [
      'Azure DeepSeek: reasoning at the top, within completion',
      { prompt_tokens: 7, completion_tokens: 14, total_tokens: 21, reasoning_tokens: 10 },
      [7, none, 14, 10],
    ],
    [
      'more reasoning than completion stands beside it where no total says otherwise: 11 + 953',
      { prompt_tokens: 33, completion_tokens: 11, reasoning_tokens: 953 },
      [33, none, 964, 953],
    ],
    [
      'OpenRouter, a token more of reasoning than of completion: the total is 43 + 10',
      {
        prompt_tokens: 43,
        completion_tokens: 10,
        total_tokens: 53,
        completion_tokens_details: { reasoning_tokens: 11 },
      },
      [43, none, 10, 11],
    ],
    [
      'reasoning alone',
      {
        prompt_tokens: 7,
        completion_tokens: 14,
        total_tokens: 21,
        completion_tokens_details: { reasoning_tokens: 14 },
      },
      [7, none, 14, 14],
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

  test('of llama.cpp goes with how much of the prompt its timings say was cached', () => {
    const usage = findUsage({ usage: block, timings: { prompt_n: 0, cache_n: 1 } });
    assert.deepEqual([usage?.inputTokens, usage?.cachedInputTokens], [1, 1]);
    const told = findUsage({
      usage: { ...block, prompt_tokens_details: { cached_tokens: 0 } },
      timings: { cache_n: 1 },
    });
    assert.equal(told?.cachedInputTokens, 0);
  });

  const gemini: readonly (readonly [model: string, total: number, output: number, thoughts: number | undefined])[] = [
    // 109 - 35 - 12 thoughts
    ['gemini-2.5-pro-preview-05-06', 109, 74, 62],
    ['gemini-2.5-pro-preview-05-06', 47, 12, undefined],
    ['another', 109, 12, undefined],
  ];
  for (const [model, total, output, thoughts] of gemini) {
    test(`of ${model} with a total of ${total} has ${thoughts} thoughts`, () => {
      const usage = findUsage({ model, usage: { prompt_tokens: 35, completion_tokens: 12, total_tokens: total } });
      assert.deepEqual([usage?.outputTokens, usage?.reasoningTokens], [output, thoughts]);
    });
  }

  const nothing: readonly Fields[] = [{}, { usage: null }, { usage: {} }, { usage: { cost: 1 } }, { usage: [block] }];
  for (const chunk of nothing) {
    test(`is missing in ${JSON.stringify(chunk)}`, () => assert.equal(findUsage(chunk), undefined));
  }
});
