import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildRecord } from '../../test/support/record-builder.ts';
import type { Price } from '../model/price.ts';
import type { FailureKind, RequestRecord } from '../model/record.ts';
import type { Usage } from '../model/usage.ts';
import { type BilledTokens, costUsd, createCostTally, tokensCostUsd, worstCostUsd } from './cost.ts';

const FLAT: Price = {
  inputUsd: 3,
  outputUsd: 15,
  cachedInputUsd: undefined,
  cacheWriteUsd: undefined,
  longCacheWriteUsd: undefined,
  reasoningUsd: undefined,
  tiers: [],
  perRequestUsd: 0,
  source: 'test',
  asOf: undefined,
};

const FULL: Price = {
  ...FLAT,
  cachedInputUsd: 0.3,
  cacheWriteUsd: 3.75,
  longCacheWriteUsd: 6,
  reasoningUsd: 20,
  perRequestUsd: 0.005,
};

function withUsage(usage: Partial<Usage>, overrides: Partial<RequestRecord> = {}): RequestRecord {
  const none = { inputTokens: undefined, cachedInputTokens: undefined, outputTokens: undefined };
  const rest = { cacheWriteInputTokens: undefined, longCacheWriteInputTokens: undefined, reasoningTokens: undefined };
  return buildRecord({ usage: { ...none, ...rest, raw: undefined, ...usage }, ...overrides });
}

function failed(kind: FailureKind, status: number | undefined): RequestRecord['outcome'] {
  const failure = { kind, message: '', status, code: undefined, retryAfterMs: undefined, excerpt: undefined };
  return { kind: 'failed', failure };
}

describe('the cost of one request', () => {
  test('is tokens × price: 1,000 in at $3 and 200 out at $15 a million are $0.006', () => {
    assert.equal(costUsd(withUsage({ inputTokens: 1000, outputTokens: 200 }), FLAT), 0.006);
  });

  // The four models of seed 001's table, with the tokens of its example and with a million of each.
  for (const [model, inputUsd, outputUsd, small, large] of [
    ['claude-3-haiku-20240307', 0.25, 1.25, 0.000_011_25, 1.5],
    ['claude-3-5-haiku-20241022', 0.8, 4, 0.000_036, 4.8],
    ['claude-3-5-sonnet-20241022', 3, 15, 0.000_135, 18],
    ['claude-3-opus-20240229', 15, 75, 0.000_675, 90],
  ] as const) {
    test(`of ${model} is what seed 001's table says`, () => {
      const price = { ...FLAT, inputUsd, outputUsd };
      assert.equal(costUsd(withUsage({ inputTokens: 20, outputTokens: 5 }), price), small);
      assert.equal(costUsd(withUsage({ inputTokens: 1_000_000, outputTokens: 1_000_000 }), price), large);
    });
  }

  test('has a price for each kind: cached, written for minutes and for an hour, reasoning, and the request', () => {
    // 1,000 in: 400 cached, 300 written of which 100 for an hour, 300 fresh; 50 out of which 10 reasoning.
    // 300×3 + 400×0.3 + 200×3.75 + 100×6 + 40×15 + 10×20 = 900 + 120 + 750 + 600 + 600 + 200 = 3,170 per million.
    const usage = {
      inputTokens: 1000,
      cachedInputTokens: 400,
      cacheWriteInputTokens: 300,
      longCacheWriteInputTokens: 100,
      outputTokens: 50,
      reasoningTokens: 10,
    };
    assert.equal(costUsd(withUsage(usage), FULL), 0.003_17 + 0.005);
  });

  test('of a kind without a price of its own is that of the kind it is part of', () => {
    const usage = {
      inputTokens: 1000,
      cachedInputTokens: 400,
      cacheWriteInputTokens: 300,
      longCacheWriteInputTokens: 100,
    };
    const record = withUsage({ ...usage, outputTokens: 50, reasoningTokens: 10 });
    assert.equal(costUsd(record, FLAT), 0.003_75);
    assert.equal(costUsd(record, { ...FLAT, cacheWriteUsd: 4 }), 0.004_05); // 700×3 + 300×4 + 50×15
  });

  test('is that of the tier its whole input reaches, above the threshold and not at it', () => {
    const tier = { ...FLAT, inputUsd: 6, outputUsd: 22.5, aboveInputTokens: 200_000 };
    const price = { ...FLAT, tiers: [tier, { ...tier, inputUsd: 9, aboveInputTokens: 500_000 }] };
    const at = (inputTokens: number): number | undefined => costUsd(withUsage({ inputTokens, outputTokens: 0 }), price);
    assert.deepEqual([at(200_000), at(200_001), at(500_001)], [0.6, 1.200_006, 4.500_009]);
  });

  test('counts tokens by a tokenizer where none were reported', () => {
    const counted = { inputTokens: 1000, outputTokens: 200, tokenizer: 'o200k_base', isApproximate: false };
    assert.equal(costUsd(withUsage({}, { counted, events: [] }), FLAT), 0.006);
  });

  test('is unknown without a price, without a count, and where only events were counted', () => {
    assert.equal(costUsd(withUsage({ inputTokens: 1, outputTokens: 1 }), undefined), undefined);
    assert.equal(costUsd(withUsage({ outputTokens: 1 }), FLAT), undefined);
    assert.equal(costUsd(withUsage({ inputTokens: 1 }, { events: [] }), FLAT), undefined);
    const events = [{ atMs: 1, kind: 'content', tokens: undefined, bytes: 1, isCoalesced: false }] as const;
    assert.equal(costUsd(withUsage({ inputTokens: 1 }, { events }), FLAT), undefined);
  });

  for (const [kind, status] of [
    ['rate-limited', 429],
    ['auth', 401],
    ['server', 500],
    ['connect', undefined],
    ['dns', undefined],
    ['timeout-connect', undefined],
  ] as const) {
    test(`that failed by ${kind} is nothing`, () => {
      assert.equal(costUsd(withUsage({}, { outcome: failed(kind, status), events: [] }), FULL), 0);
    });
  }

  for (const [kind, status] of [
    ['timeout-total', 200],
    ['timeout-first-token', undefined],
    ['reset', undefined],
    ['truncated', 200],
  ] as const) {
    test(`that broke off by ${kind} is unknown, unless its usage came`, () => {
      const outcome = failed(kind, status);
      assert.equal(costUsd(withUsage({}, { outcome }), FLAT), undefined);
      const counted = { inputTokens: 1000, outputTokens: 200, tokenizer: 'o200k_base', isApproximate: false };
      assert.equal(costUsd(withUsage({}, { outcome, counted, events: [] }), FLAT), undefined);
      assert.equal(costUsd(withUsage({ inputTokens: 1000, outputTokens: 200 }, { outcome }), FLAT), 0.006);
    });
  }
});

test('a tally sums what is known and counts what is not', () => {
  const tally = createCostTally(FLAT);
  for (const outputTokens of [200, 400]) tally.add(withUsage({ inputTokens: 1000, outputTokens }));
  tally.add(withUsage({}, { outcome: failed('reset', undefined) }));
  assert.deepEqual(tally.total(), { usd: 0.006 + 0.009, unknown: 1 });
  const unpriced = createCostTally(undefined);
  unpriced.add(withUsage({ inputTokens: 1, outputTokens: 1 }));
  assert.deepEqual(unpriced.total(), { usd: undefined, unknown: 0 });
});

test('nothing within the limits costs more than the worst case', () => {
  const tokens = fc.nat({ max: 1_000_000 });
  const rate = fc.double({ min: 0, max: 100, noNaN: true });
  const maybe = fc.option(rate, { nil: undefined });
  const rates = {
    inputUsd: rate,
    outputUsd: rate,
    cachedInputUsd: maybe,
    cacheWriteUsd: maybe,
    longCacheWriteUsd: maybe,
  };
  const price = fc.record({
    ...rates,
    reasoningUsd: maybe,
    tiers: fc.array(fc.record({ ...rates, reasoningUsd: maybe, aboveInputTokens: tokens }), { maxLength: 2 }),
    perRequestUsd: rate,
    source: fc.constant('any'),
    asOf: fc.constant(undefined),
  });
  const billed: fc.Arbitrary<BilledTokens> = fc.record({
    input: tokens,
    cached: tokens,
    cacheWrite: tokens,
    longCacheWrite: tokens,
    output: tokens,
    reasoning: tokens,
  });
  fc.assert(
    fc.property(price, billed, ({ tiers, ...flat }, some) => {
      const sorted = { ...flat, tiers: tiers.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens) };
      const worst = worstCostUsd(sorted, { inputTokens: some.input, outputTokens: some.output });
      assert.ok(tokensCostUsd(some, sorted) + sorted.perRequestUsd <= worst * (1 + 1e-12));
    }),
    { seed: 7, numRuns: 500 },
  );
});
