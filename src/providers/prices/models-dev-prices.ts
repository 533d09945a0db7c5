import { z } from 'zod';
import type { Price, TokenRates } from '../../model/price.ts';
import type { ListOrigin, ModelCapabilities, ModelFacts, PriceList } from '../price-query.ts';

/** US dollars per million tokens: https://github.com/anomalyco/models.dev, packages/core/src/schema.ts. */
const rates = z.looseObject({
  input: z.number().min(0),
  output: z.number().min(0),
  reasoning: z.number().min(0).optional(),
  cache_read: z.number().min(0).optional(),
  cache_write: z.number().min(0).optional(),
});

const cost = rates.extend({
  context_over_200k: rates.optional(),
  tiers: z.array(rates.extend({ tier: z.looseObject({ size: z.number().min(0) }) })).optional(),
});

const model = z.looseObject({
  cost: cost.optional(),
  limit: z.looseObject({ context: z.number().optional(), output: z.number().optional() }).optional(),
  temperature: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  tool_call: z.boolean().optional(),
  reasoning_options: z.array(z.looseObject({ type: z.string(), values: z.array(z.string()).optional() })).optional(),
});

type Model = z.infer<typeof model>;

/** Providers, each with its models. */
type ModelsDev = Readonly<Record<string, { readonly models: Readonly<Record<string, unknown>> }>>;

export function isModelsDevPrices(content: Readonly<Record<string, unknown>>): content is ModelsDev {
  const providers = Object.values(content);
  return (
    providers.length > 0 &&
    providers.every((provider) => z.looseObject({ models: z.looseObject({}) }).safeParse(provider).success)
  );
}

/** A model that does not hold to the schema is skipped, as if the list did not know it. */
export function createModelsDevPrices(content: ModelsDev, origin: ListOrigin): PriceList {
  return {
    source: origin.source,
    find({ modelsDevId, models }) {
      const known = modelsDevId === undefined ? undefined : content[modelsDevId]?.models;
      if (known === undefined) return undefined;
      for (const name of models) {
        const found = model.safeParse(known[name]);
        if (found.success) return toFacts(found.data, origin);
      }
      return undefined;
    },
  };
}

function toFacts(found: Model, origin: ListOrigin): ModelFacts {
  return {
    price: found.cost === undefined ? undefined : toPrice(found.cost, origin),
    // Zero stands for "not said" there.
    contextWindow: found.limit?.context || undefined,
    maxOutputTokens: found.limit?.output || undefined,
    capabilities: toCapabilities(found, origin),
  };
}

function toPrice(found: z.infer<typeof cost>, { source, asOf }: ListOrigin): Price {
  // `context_over_200k` is the older way to say one tier.
  const tiers =
    found.tiers ??
    (found.context_over_200k === undefined ? [] : [{ ...found.context_over_200k, tier: { size: 200_000 } }]);
  return {
    ...toRates(found),
    tiers: tiers
      .map((tier) => ({ ...toRates(tier), aboveInputTokens: tier.tier.size }))
      .toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens),
    perRequestUsd: 0,
    source,
    asOf,
  };
}

function toRates(found: z.infer<typeof rates>): TokenRates {
  return {
    inputUsd: found.input,
    outputUsd: found.output,
    cachedInputUsd: found.cache_read,
    cacheWriteUsd: found.cache_write,
    longCacheWriteUsd: undefined,
    reasoningUsd: found.reasoning,
  };
}

function toCapabilities(found: Model, { source }: ListOrigin): ModelCapabilities {
  return {
    acceptsTemperature: found.temperature,
    reasons: found.reasoning,
    efforts: found.reasoning_options?.find(({ type }) => type === 'effort')?.values,
    callsTools: found.tool_call,
    source,
  };
}
