import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from '../json.ts';
import { toUsage } from './usage.ts';

type Counts = readonly [input: number | undefined, cached: number | undefined, output: number | undefined];

const none = undefined;

describe('counts of tokens', () => {
  const rows: readonly (readonly [which: string, event: Fields, timings: Fields | undefined, counts: Counts])[] = [
    [
      'the cached ones within the prompt, as the server counts them',
      { tokens_evaluated: 64, tokens_predicted: 9, tokens_cached: 72 },
      { cache_n: 48, prompt_n: 16, predicted_n: 9 },
      [64, 48, 9],
    ],
    [
      'what was not computed came from the cache',
      { tokens_evaluated: 5, tokens_predicted: 51 },
      { prompt_n: 1 },
      [5, 4, 51],
    ],
    [
      'the count of the cache is the server’s own where it gives one',
      { tokens_evaluated: 64 },
      { cache_n: 40, prompt_n: 16 },
      [64, 40, none],
    ],
    ['nothing from the cache is zero', { tokens_evaluated: 5 }, { prompt_n: 5 }, [5, 0, none]],
    [
      'more computed than prompted says nothing of the cache',
      { tokens_evaluated: 5 },
      { prompt_n: 8 },
      [5, none, none],
    ],
    [
      'without timings the cache is unknown',
      { tokens_evaluated: 5, tokens_predicted: 2, tokens_cached: 6 },
      none,
      [5, none, 2],
    ],
    ['timings alone', {}, { cache_n: 2, prompt_n: 3, predicted_n: 4 }, [5, 2, 4]],
    ['half a prompt is no count', {}, { prompt_n: 3, predicted_n: 4 }, [none, none, 4]],
    ['what is no count', { tokens_evaluated: '5', tokens_predicted: -1 }, { prompt_n: 1.5 }, [none, none, none]],
  ];
  for (const [which, event, timings, [inputTokens, cachedInputTokens, outputTokens]] of rows) {
    test(which, () => {
      const { raw: _, ...usage } = toUsage(event, timings);
      assert.deepEqual(usage, {
        cacheWriteInputTokens: undefined,
        longCacheWriteInputTokens: undefined,
        inputTokens,
        cachedInputTokens,
        outputTokens,
        reasoningTokens: undefined,
      });
    });
  }

  test('are kept as they came, without the prompt and the settings', () => {
    const counts = {
      tokens_evaluated: 1,
      tokens_predicted: 2,
      tokens_cached: 2,
      truncated: true,
      timings: { draft_n: 3 },
    };
    const event = { ...counts, prompt: 'secret', generation_settings: {}, content: 'x' };
    assert.deepEqual(toUsage(event, counts.timings).raw, counts);
  });
});
