import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUsage } from './usage.ts';

test('cached tokens, read or written, are part of the input', () => {
  const raw = {
    inputTokens: 5,
    outputTokens: 4,
    cacheReadInputTokens: 1_000,
    cacheWriteInputTokens: 55,
    cacheDetails: [{ ttl: '1h', inputTokens: 40 }, { ttl: '1h', inputTokens: 2 }, { ttl: '5m', inputTokens: 13 }, 7],
  };
  assert.deepEqual(toUsage(raw), {
    inputTokens: 1_060,
    cachedInputTokens: 1_000,
    cacheWriteInputTokens: 55,
    longCacheWriteInputTokens: 42,
    outputTokens: 4,
    reasoningTokens: undefined,
    raw,
  });
});

test('what is not told is unknown, not nothing', () => {
  assert.deepEqual(toUsage({ outputTokens: 4, inputTokens: null, cacheReadInputTokens: 3 }), {
    inputTokens: undefined,
    cachedInputTokens: 3,
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: 4,
    reasoningTokens: undefined,
    raw: { outputTokens: 4, inputTokens: null, cacheReadInputTokens: 3 },
  });
  assert.equal(toUsage({ totalTokens: 4, cacheReadInputTokens: 3 }), undefined);
});
