import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { worstCostUsd } from '../../metrics/cost.ts';
import type { Price } from '../../model/price.ts';
import { createPriceBook, openPriceBook, toUserPrice } from '../price-book.ts';
import type { PriceList, PriceQuery } from '../price-query.ts';
import { createGenaiPrices, GENAI_PRICES, toPrice } from './genai-prices.ts';
import { readPriceFile } from './price-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-prices-'));
after(() => rmSync(folder, { recursive: true }));

function query(overrides: Partial<PriceQuery>): PriceQuery {
  return {
    genaiPricesId: undefined,
    modelsDevId: undefined,
    litellmProvider: undefined,
    url: 'http://127.0.0.1:8000/v1',
    models: [],
    at: new Date('2026-11-01T12:00:00Z'),
    ...overrides,
  };
}

const NO_RATES = {
  cachedInputUsd: undefined,
  cacheWriteUsd: undefined,
  longCacheWriteUsd: undefined,
  reasoningUsd: undefined,
};

function fileOf(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  utimesSync(file, new Date('2026-05-06T07:08:09Z'), new Date('2026-05-06T07:08:09Z'));
  return file;
}

describe('the list that is built in', () => {
  const list = createGenaiPrices();
  const priceOf = (overrides: Partial<PriceQuery>): Price | undefined => list.find(query(overrides))?.price;

  test('is named with the version that is pinned', () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
    assert.equal(manifest.dependencies['@pydantic/genai-prices'], GENAI_PRICES.version);
    assert.equal(list.source, `genai-prices ${GENAI_PRICES.version}`);
  });

  test('knows a model of a provider by its id, or by the URL', () => {
    for (const where of [{ genaiPricesId: 'openai' }, { url: 'https://api.openai.com/v1' }]) {
      assert.deepEqual(priceOf({ ...where, models: ['gpt-4o-mini'] }), {
        inputUsd: 0.15,
        outputUsd: 0.6,
        ...NO_RATES,
        cachedInputUsd: 0.075,
        tiers: [],
        perRequestUsd: 0,
        source: list.source,
        asOf: GENAI_PRICES.publishedOn,
      });
    }
  });

  test('has no price for a known name at an unknown host: a server at home is not the provider', () => {
    assert.equal(priceOf({ models: ['gpt-4o-mini'] }), undefined);
    assert.equal(
      priceOf({ url: 'https://gateway.example/?https://api.openai.com', models: ['gpt-4o-mini'] }),
      undefined,
    );
  });

  test('tries names in their order, and knows no price of one that is not there', () => {
    assert.equal(priceOf({ genaiPricesId: 'openai', models: ['my-deployment', 'gpt-4o-mini'] })?.inputUsd, 0.15);
    assert.equal(priceOf({ genaiPricesId: 'openai', models: ['my-deployment'] }), undefined);
    assert.equal(priceOf({ genaiPricesId: 'nobody', models: ['gpt-4o-mini'] }), undefined);
  });

  test('keeps tiers, and both kinds of cache writes', () => {
    const price = priceOf({ genaiPricesId: 'anthropic', models: ['claude-sonnet-4-5'] });
    assert.ok(price);
    const { inputUsd, cachedInputUsd, cacheWriteUsd, longCacheWriteUsd, tiers } = price;
    assert.deepEqual([inputUsd, cachedInputUsd, cacheWriteUsd, longCacheWriteUsd], [3, 0.3, 3.75, 6]);
    assert.deepEqual(
      tiers.map((tier) => [tier.aboveInputTokens, tier.inputUsd, tier.outputUsd, tier.longCacheWriteUsd]),
      [[200_000, 6, 22.5, 12]],
    );
    // 300,000 × max(6, 7.5, 12) + 1,000 × 22.5 per million.
    assert.equal(worstCostUsd(price, { inputTokens: 300_000, outputTokens: 1_000 }), 3.6 + 0.0225);
  });

  test('prices requests too', () => {
    assert.equal(priceOf({ genaiPricesId: 'perplexity', models: ['sonar'] })?.perRequestUsd, 0.012);
  });
});

test('rates with different thresholds become tiers that each hold all rates; a model without token rates has no price', () => {
  const tiered = (base: number, start: number, price: number): never => ({ base, tiers: [{ start, price }] }) as never;
  const price = toPrice({ input_mtok: tiered(1, 100, 2), output_mtok: tiered(10, 300, 20), cache_read_mtok: 0.5 }, 'x');
  assert.deepEqual(
    price?.tiers.map((tier) => [tier.aboveInputTokens, tier.inputUsd, tier.outputUsd, tier.cachedInputUsd]),
    [
      [100, 2, 10, 0.5],
      [300, 2, 20, 0.5],
    ],
  );
  assert.equal(toPrice({ audio_hours: 1 }, 'x'), undefined);
});

describe('a file of models.dev', () => {
  const file = fileOf('api.json', {
    acme: {
      models: {
        'acme-1': {
          cost: { input: 1.5, output: 6, cache_read: 0.15, reasoning: 8, context_over_200k: { input: 3, output: 9 } },
          limit: { context: 400_000, output: 32_000 },
          temperature: false,
          reasoning: true,
          tool_call: true,
          reasoning_options: [{ type: 'toggle' }, { type: 'effort', values: ['low', 'high'] }],
        },
        'acme-2': {
          cost: { input: 1, output: 2, tiers: [{ input: 3, output: 4, tier: { type: 'context', size: 272_000 } }] },
          limit: { context: 0, output: 0 },
        },
        'acme-free': { limit: { context: 8_000, output: 1_000 } },
        broken: { cost: { input: 'much', output: 1 } },
      },
    },
  });

  test('gives prices, limits and what may be set', async () => {
    const facts = (await readPriceFile(file)).find(query({ modelsDevId: 'acme', models: ['acme-1'] }));
    assert.deepEqual(facts, {
      price: {
        inputUsd: 1.5,
        outputUsd: 6,
        ...NO_RATES,
        cachedInputUsd: 0.15,
        reasoningUsd: 8,
        tiers: [{ inputUsd: 3, outputUsd: 9, ...NO_RATES, aboveInputTokens: 200_000 }],
        perRequestUsd: 0,
        source: 'api.json',
        asOf: '2026-05-06',
      },
      contextWindow: 400_000,
      maxOutputTokens: 32_000,
      capabilities: {
        acceptsTemperature: false,
        reasons: true,
        efforts: ['low', 'high'],
        callsTools: true,
        source: 'api.json',
      },
    });
  });

  test('gives tiers of the newer kind; what it does not say stays unknown', async () => {
    const list = await readPriceFile(file);
    const tiered = list.find(query({ modelsDevId: 'acme', models: ['acme-2'] }));
    assert.deepEqual(tiered?.price?.tiers, [{ inputUsd: 3, outputUsd: 4, ...NO_RATES, aboveInputTokens: 272_000 }]);
    assert.deepEqual([tiered?.contextWindow, tiered?.maxOutputTokens], [undefined, undefined]);
    const free = list.find(query({ modelsDevId: 'acme', models: ['acme-free'] }));
    assert.deepEqual([free?.price, free?.contextWindow], [undefined, 8_000]);
    assert.equal(list.find(query({ modelsDevId: 'acme', models: ['broken', 'none'] })), undefined);
    assert.equal(list.find(query({ modelsDevId: 'other', models: ['acme-1'] })), undefined);
    assert.equal(list.find(query({ models: ['acme-1'] })), undefined);
  });
});

describe("LiteLLM's price map", () => {
  const file = fileOf('prices.json', {
    sample_spec: { max_input_tokens: 'max input tokens', litellm_provider: 'one of them' },
    'groq/llama-x': {
      litellm_provider: 'groq',
      input_cost_per_token: 1.5e-7,
      output_cost_per_token: 6e-7,
      max_input_tokens: 131_072,
      max_output_tokens: 'unlimited',
      supports_function_calling: true,
    },
    'gemini-y': {
      litellm_provider: 'vertex_ai-language-models',
      input_cost_per_token: 1.25e-6,
      output_cost_per_token: 1e-5,
      input_cost_per_token_above_200k_tokens: 2.5e-6,
      output_cost_per_token_above_200k_tokens: 1.5e-5,
      cache_read_input_token_cost: 1.25e-7,
      cache_creation_input_token_cost: 1.6e-6,
      cache_creation_input_token_cost_above_1hr: 2.6e-6,
      cache_creation_input_token_cost_above_1hr_above_200k_tokens: 5.2e-6,
      output_cost_per_reasoning_token: 2e-5,
      input_cost_per_request: 0.01,
    },
  });

  test('gives prices by prefixed name, without the noise of its tiny numbers', async () => {
    const facts = (await readPriceFile(file)).find(query({ litellmProvider: 'groq', models: ['llama-x'] }));
    assert.deepEqual([facts?.price?.inputUsd, facts?.price?.outputUsd], [0.15, 0.6]);
    assert.deepEqual([facts?.contextWindow, facts?.maxOutputTokens], [131_072, undefined]);
    assert.equal(facts?.capabilities?.callsTools, true);
  });

  test('gives prices by bare name of the same provider only', async () => {
    const list = await readPriceFile(file);
    const price = list.find(query({ litellmProvider: 'vertex_ai', models: ['gemini-y'] }))?.price;
    assert.deepEqual(price, {
      inputUsd: 1.25,
      outputUsd: 10,
      cachedInputUsd: 0.125,
      cacheWriteUsd: 1.6,
      longCacheWriteUsd: 2.6,
      reasoningUsd: 20,
      // What the tier does not say stays as below it.
      tiers: [
        {
          inputUsd: 2.5,
          outputUsd: 15,
          cachedInputUsd: 0.125,
          cacheWriteUsd: 1.6,
          longCacheWriteUsd: 5.2,
          reasoningUsd: 20,
          aboveInputTokens: 200_000,
        },
      ],
      perRequestUsd: 0.01,
      source: 'prices.json',
      asOf: '2026-05-06',
    });
    assert.equal(list.find(query({ litellmProvider: 'openai', models: ['gemini-y'] })), undefined);
    assert.equal(list.find(query({ models: ['gemini-y'] })), undefined);
  });
});

describe('a file that is no list of prices', () => {
  for (const [what, content] of [
    ['text', 'hello\nyou'],
    ['a list', []],
    ['an empty object', {}],
    ['objects of another kind', { a: { b: 1 } }],
  ] as const) {
    test(`but ${what} is FILE_MALFORMED`, async () => {
      await assert.rejects(readPriceFile(fileOf('odd.json', content)), { code: 'FILE_MALFORMED', message: /^[^\n]+$/ });
    });
  }

  test('but is missing is FILE_UNREADABLE', async () => {
    await assert.rejects(readPriceFile(join(folder, 'none.json')), {
      code: 'FILE_UNREADABLE',
      message: /there is no such file/,
    });
  });
});

describe('a book of several lists', () => {
  const flat = toUserPrice({ inputUsd: 1, outputUsd: 2, cachedInputUsd: undefined });
  const nothing = { price: undefined, contextWindow: undefined, maxOutputTokens: undefined, capabilities: undefined };
  const list = (facts: Partial<typeof nothing> | undefined): PriceList => ({
    source: 'any',
    find: () => (facts === undefined ? undefined : { ...nothing, ...facts }),
  });

  test('takes each fact from the first that knows it', () => {
    const limits = { contextWindow: 10, maxOutputTokens: 5 } as object;
    const book = createPriceBook([list(undefined), list(limits), list({ price: flat, contextWindow: 99 } as object)]);
    assert.deepEqual(book.find(query({})), { ...nothing, price: flat, contextWindow: 10, maxOutputTokens: 5 });
  });

  test("puts the user's files before the built-in list", async () => {
    const cost = { input: 7, output: 8 };
    const file = fileOf('mine.json', { openai: { models: { 'gpt-4o-mini': { cost } } } });
    const book = await openPriceBook([file]);
    const where = { genaiPricesId: 'openai', modelsDevId: 'openai' };
    assert.equal(book.find(query({ ...where, models: ['gpt-4o-mini'] })).price?.inputUsd, 7);
    assert.equal(book.find(query({ ...where, models: ['gpt-4o'] })).price?.inputUsd, 2.5);
  });

  test('knows nothing of half a price', () => {
    assert.equal(toUserPrice({ inputUsd: 1, outputUsd: undefined, cachedInputUsd: undefined }), undefined);
    assert.deepEqual([flat?.source, flat?.cachedInputUsd, flat?.perRequestUsd], ['user', undefined, 0]);
  });
});
