import { calcPrice, findProvider, type ModelPrice, type Provider } from '@pydantic/genai-prices';
import type { Price, PriceTier, TokenRates } from '../../model/price.ts';
import type { ModelFacts, PriceList, PriceQuery } from '../price-query.ts';

/** Version of the pinned package, and the day it was published: the day of its prices. A test holds both to package.json. */
export const GENAI_PRICES = { version: '0.1.8', publishedOn: '2026-09-23' } as const;

/** The list that ships with `@pydantic/genai-prices`; nothing is fetched. */
export function createGenaiPrices(): PriceList {
  const source = `genai-prices ${GENAI_PRICES.version}`;
  return {
    source,
    find(query) {
      const provider = providerOf(query);
      if (provider === undefined) return undefined;
      for (const model of query.models) {
        const facts = factsOf(provider, model, { source, at: query.at });
        if (facts !== undefined) return facts;
      }
      return undefined;
    },
  };
}

/** Names of the models that the list has of a provider. */
export function genaiModels(providerId: string): readonly string[] {
  return (findProvider({ providerId })?.models ?? []).map(({ id }) => id);
}

/** By id, else by the URL; a host that is nobody's has no provider, whatever its models are called. */
function providerOf({ genaiPricesId, url }: PriceQuery): Provider | undefined {
  return genaiPricesId === undefined
    ? findProvider({ providerApiUrl: url })
    : findProvider({ providerId: genaiPricesId });
}

function factsOf(
  provider: Provider,
  model: string,
  { source, at }: { readonly source: string; readonly at: Date },
): ModelFacts | undefined {
  // No usage: only the model's rates at that time are wanted.
  const found = calcPrice({}, model, { provider, timestamp: at });
  if (found === null) return undefined;
  return {
    price: toPrice(found.model_price, source),
    contextWindow: found.model.context_window,
    maxOutputTokens: undefined,
    capabilities: undefined,
  };
}

/** Undefined for a model that is not paid by input and output tokens (speech, images). */
export function toPrice(prices: ModelPrice, source: string): Price | undefined {
  const starts = [...new Set(Object.values(prices).flatMap((rate) => tiersOf(rate).map(({ start }) => start)))];
  const base = ratesAt(prices, 0);
  if (base === undefined) return undefined;
  const tiers = starts
    .toSorted((a, b) => a - b)
    .flatMap((start): readonly PriceTier[] => {
      // Just above the threshold.
      const rates = ratesAt(prices, start + 1);
      return rates === undefined ? [] : [{ ...rates, aboveInputTokens: start }];
    });
  const perThousandRequests = rateAt(prices['requests_kcount'], 0);
  return {
    ...base,
    tiers,
    perRequestUsd: (perThousandRequests ?? 0) / 1_000,
    source,
    asOf: GENAI_PRICES.publishedOn,
  };
}

type Rate = ModelPrice[string];

function ratesAt(prices: ModelPrice, inputTokens: number): TokenRates | undefined {
  const inputUsd = rateAt(prices['input_mtok'], inputTokens);
  const outputUsd = rateAt(prices['output_mtok'], inputTokens);
  if (inputUsd === undefined || outputUsd === undefined) return undefined;
  return {
    inputUsd,
    outputUsd,
    cachedInputUsd: rateAt(prices['cache_read_mtok'], inputTokens),
    cacheWriteUsd: rateAt(prices['cache_write_mtok'], inputTokens),
    longCacheWriteUsd: rateAt(prices['cache_write_1h_mtok'], inputTokens),
    reasoningUsd: rateAt(prices['output_reasoning_mtok'], inputTokens),
  };
}

function rateAt(rate: Rate, inputTokens: number): number | undefined {
  if (rate === undefined || typeof rate === 'number') return rate;
  return tiersOf(rate).findLast(({ start }) => inputTokens > start)?.price ?? rate.base;
}

function tiersOf(rate: Rate): readonly { readonly start: number; readonly price: number }[] {
  return rate === undefined || typeof rate === 'number' ? [] : rate.tiers.toSorted((a, b) => a.start - b.start);
}
