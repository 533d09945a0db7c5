import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPrices } from './prices.ts';
import { PLAIN_STYLE } from './style.ts';

const RATES = {
  inputUsd: 3,
  outputUsd: 15,
  cachedInputUsd: 0.3,
  cacheWriteUsd: undefined,
  longCacheWriteUsd: undefined,
  reasoningUsd: undefined,
};

test('prices stand with their tiers, what is unknown is no zero, and the sources are named', () => {
  const price = {
    ...RATES,
    tiers: [{ ...RATES, inputUsd: 6, aboveInputTokens: 200_000 }],
    perRequestUsd: 0.005,
    source: 'genai-prices 9',
    asOf: '2026-09-23',
  };
  const text = renderPrices(
    [
      { provider: 'a', model: 'x', price },
      { provider: 'b', model: 'y', price: undefined },
    ],
    PLAIN_STYLE,
  );
  assert.deepEqual(text.split('\n'), [
    '$ per million tokens    input  output  cached  cache write  reasoning',
    'a x                         3      15     0.3            —          —',
    '  above 200,000 in          6      15     0.3            —          —',
    '  and $0.005 a request',
    'b y                         —       —       —            —          —',
    '',
    'from genai-prices 9 of 2026-09-23',
    '1 unknown: give it in providers.toml, or bring a list by --catalog',
  ]);
});
