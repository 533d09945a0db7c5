import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from '../json.ts';
import { findUsage } from './usage.ts';

/** Canonical counts: input, of it cached and written into the cache, output, of it reasoning. */
type Counts = readonly (number | undefined)[];

describe('the usage block of a response', () => {
  const rows: readonly (readonly [whose: string, block: Fields, counts: Counts])[] = [
    [
      'OpenAI: cached within input, reasoning within output',
      {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 64, cache_write_tokens: 36 },
        output_tokens: 50,
        output_tokens_details: { reasoning_tokens: 40 },
        total_tokens: 150,
      },
      [100, 64, 36, 50, 40],
    ],
    [
      'a server that counts both apart, as its numbers show',
      {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 90 },
        output_tokens: 9,
        output_tokens_details: { reasoning_tokens: 340 },
        total_tokens: 359,
      },
      [100, 90, undefined, 349, 340],
    ],
    ['a server without details', { input_tokens: 1, output_tokens: 2 }, [1, undefined, undefined, 2, undefined]],
    [
      'null details',
      { input_tokens: 1, output_tokens: 2, output_tokens_details: null },
      [1, undefined, undefined, 2, undefined],
    ],
  ];
  for (const [whose, block, counts] of rows) {
    test(`of ${whose} is canonical, and kept as it was`, () => {
      const [inputTokens, cachedInputTokens, cacheWriteInputTokens, outputTokens, reasoningTokens] = counts;
      assert.deepEqual(findUsage({ usage: block }), {
        inputTokens,
        cachedInputTokens,
        cacheWriteInputTokens,
        longCacheWriteInputTokens: undefined,
        outputTokens,
        reasoningTokens,
        raw: block,
      });
    });
  }

  const nothing: readonly Fields[] = [{}, { usage: null }, { usage: {} }, { usage: { cost: 1 } }, { usage: [] }];
  for (const response of nothing) {
    test(`is missing in ${JSON.stringify(response)}`, () => assert.equal(findUsage(response), undefined));
  }
});
