import { z } from 'zod';
import type { Price, PriceTier, TokenRates } from '../../model/price.ts';
import type { ListOrigin, ModelFacts, PriceList } from '../price-query.ts';

/** US dollars per token, by `provider/model` or the bare name: model_prices_and_context_window.json of BerriAI/litellm. */
type LitellmPrices = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const named = z.looseObject({ litellm_provider: z.string() });

/** One entry of the file, `sample_spec`, only describes the others. */
export function isLitellmPrices(content: Readonly<Record<string, unknown>>): content is LitellmPrices {
  return Object.values(content).some((entry) => named.safeParse(entry).success);
}

export function createLitellmPrices(content: LitellmPrices, origin: ListOrigin): PriceList {
  return {
    source: origin.source,
    find({ litellmProvider, models }) {
      if (litellmProvider === undefined) return undefined;
      for (const model of models) {
        const entry = content[`${litellmProvider}/${model}`] ?? ofProvider(content[model], litellmProvider);
        if (entry !== undefined) return toFacts(entry, origin);
      }
      return undefined;
    },
  };
}

/** Bare names stand for one provider each; `bedrock_converse`, `vertex_ai-language-models` and the like are parts of one. */
function ofProvider(entry: LitellmPrices[string] | undefined, provider: string): LitellmPrices[string] | undefined {
  const owner = entry?.['litellm_provider'];
  if (typeof owner !== 'string') return undefined;
  return owner === provider || owner.startsWith(`${provider}_`) || owner.startsWith(`${provider}-`) ? entry : undefined;
}

function toFacts(entry: LitellmPrices[string], origin: ListOrigin): ModelFacts {
  return {
    price: toPrice(entry, origin),
    contextWindow: countOf(entry['max_input_tokens']),
    maxOutputTokens: countOf(entry['max_output_tokens']),
    capabilities: {
      acceptsTemperature: undefined,
      reasons: booleanOf(entry['supports_reasoning']),
      efforts: undefined,
      callsTools: booleanOf(entry['supports_function_calling']),
      source: origin.source,
    },
  };
}

function toPrice(entry: LitellmPrices[string], { source, asOf }: ListOrigin): Price | undefined {
  const base = toRates(entry, '');
  if (base === undefined) return undefined;
  const thresholds = Object.keys(entry).flatMap((key) => {
    const found = /^input_cost_per_token_above_(\d+)k_tokens$/.exec(key);
    return found === null ? [] : [Number(found[1])];
  });
  const tiers = thresholds
    .toSorted((a, b) => a - b)
    .flatMap((thousands): readonly PriceTier[] => {
      const rates = toRates(entry, `_above_${thousands}k_tokens`);
      // What a tier does not say stays as below it.
      return rates === undefined ? [] : [{ ...base, ...defined(rates), aboveInputTokens: thousands * 1_000 }];
    });
  return { ...base, tiers, perRequestUsd: numberOf(entry['input_cost_per_request']) ?? 0, source, asOf };
}

function toRates(entry: LitellmPrices[string], suffix: string): TokenRates | undefined {
  const inputUsd = perMillion(entry[`input_cost_per_token${suffix}`]);
  const outputUsd = perMillion(entry[`output_cost_per_token${suffix}`] ?? entry['output_cost_per_token']);
  if (inputUsd === undefined || outputUsd === undefined) return undefined;
  return {
    inputUsd,
    outputUsd,
    cachedInputUsd: perMillion(entry[`cache_read_input_token_cost${suffix}`]),
    cacheWriteUsd: perMillion(entry[`cache_creation_input_token_cost${suffix}`]),
    longCacheWriteUsd: perMillion(entry[`cache_creation_input_token_cost_above_1hr${suffix}`]),
    reasoningUsd: perMillion(entry[`output_cost_per_reasoning_token${suffix}`]),
  };
}

function defined(rates: TokenRates): Partial<TokenRates> {
  return Object.fromEntries(Object.entries(rates).filter(([, value]) => value !== undefined));
}

/** 1.5e-7 a token is 0.15 a million, not 0.15000000000000002. */
function perMillion(perToken: unknown): number | undefined {
  const value = numberOf(perToken);
  return value === undefined ? undefined : Number((value * 1_000_000).toPrecision(12));
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

/** Some entries hold texts such as "max input tokens". */
function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
