import type { Price } from '../model/price.ts';
import type { ModelFacts, PriceList, PriceQuery } from './price-query.ts';
import { readPriceFile } from './prices/price-file.ts';

/** Of which day the prices are that ship with this program. */
export async function ownPrices(): Promise<{ readonly version: string; readonly publishedOn: string }> {
  return (await import('./prices/genai-prices.ts')).GENAI_PRICES;
}

/** What is known of models, from several lists: the first that knows a fact counts. */
export interface PriceBook {
  find(query: PriceQuery): ModelFacts;
}

const NOTHING: ModelFacts = {
  price: undefined,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  capabilities: undefined,
};

/**
 * The user's files in their order, then `@pydantic/genai-prices`, which is loaded when the first price is asked for. Throws
 * FILE_UNREADABLE or FILE_MALFORMED.
 */
export async function openPriceBook(files: readonly string[]): Promise<PriceBook> {
  const lists: PriceList[] = [];
  for (const file of files) lists.push(await readPriceFile(file));
  const { createGenaiPrices } = await import('./prices/genai-prices.ts');
  return createPriceBook([...lists, createGenaiPrices()]);
}

/** Names of the models that our own list has of a provider. */
export async function knownModels(providerId: string): Promise<readonly string[]> {
  const { genaiModels } = await import('./prices/genai-prices.ts');
  return genaiModels(providerId);
}

export function createPriceBook(lists: readonly PriceList[]): PriceBook {
  return {
    find(query) {
      let facts = NOTHING;
      for (const list of lists) {
        const found = list.find(query);
        if (found === undefined) continue;
        facts = {
          price: facts.price ?? found.price,
          contextWindow: facts.contextWindow ?? found.contextWindow,
          maxOutputTokens: facts.maxOutputTokens ?? found.maxOutputTokens,
          capabilities: facts.capabilities ?? found.capabilities,
        };
      }
      return facts;
    },
  };
}

/** Prices that the user gave by flag or in a providers file, in US dollars per million tokens. */
export interface GivenPrices {
  readonly inputUsd: number | undefined;
  readonly outputUsd: number | undefined;
  readonly cachedInputUsd: number | undefined;
}

/** Undefined unless both input and output are given: half a price is none. */
export function toUserPrice(given: GivenPrices): Price | undefined {
  const { inputUsd, outputUsd, cachedInputUsd } = given;
  if (inputUsd === undefined || outputUsd === undefined) return undefined;
  return {
    inputUsd,
    outputUsd,
    cachedInputUsd,
    cacheWriteUsd: undefined,
    longCacheWriteUsd: undefined,
    reasoningUsd: undefined,
    tiers: [],
    perRequestUsd: 0,
    source: 'user',
    asOf: undefined,
  };
}
