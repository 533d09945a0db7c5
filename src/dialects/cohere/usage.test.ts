import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from '../json.ts';
import { findUsage } from './usage.ts';

describe('a usage block', () => {
  /** Canonical counts: input, of it cached, output. Shapes as of providers.md §3.8. */
  const none = undefined;
  const rows: readonly (readonly [whose: string, block: Fields, counts: readonly (number | undefined)[]])[] = [
    [
      'counts everything, not what is billed',
      { billed_units: { input_tokens: 12, output_tokens: 3 }, tokens: { input_tokens: 507, output_tokens: 5 } },
      [507, none, 5],
    ],
    [
      'has cached tokens within input',
      { tokens: { input_tokens: 500, output_tokens: 5 }, cached_tokens: 448 },
      [500, 448, 5],
    ],
    [
      'of billed units alone has no counts, and is kept',
      { billed_units: { input_tokens: 12, output_tokens: 3 } },
      [none, none, none],
    ],
    ['takes no words for counts', { tokens: { input_tokens: '5', output_tokens: -1 } }, [none, none, none]],
  ];
  for (const [whose, block, [inputTokens, cachedInputTokens, outputTokens]] of rows) {
    test(whose, () => {
      const counts = {
        cacheWriteInputTokens: undefined,
        longCacheWriteInputTokens: undefined,
        inputTokens,
        cachedInputTokens,
        outputTokens,
        reasoningTokens: undefined,
      };
      assert.deepEqual(findUsage(block), { ...counts, raw: block });
    });
  }

  for (const nothing of [undefined, null, [], 'x', 7]) {
    test(`is not there in ${JSON.stringify(nothing)}`, () => assert.equal(findUsage(nothing), undefined));
  }
});
