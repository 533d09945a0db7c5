import { readFile } from 'node:fs/promises';
import { wallClockDate } from '../../clock.ts';
import type { TargetProfile } from '../../model/target.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import type { ParameterTarget } from '../../providers/apply-parameters.ts';
import { type Catalog, openCatalog } from '../../providers/catalog.ts';
import { type PriceBook, toUserPrice } from '../../providers/price-book.ts';
import type { ModelFacts } from '../../providers/price-query.ts';
import { unreadableFile } from '../../providers/problems.ts';
import type { Resolved } from '../../providers/resolution.ts';
import type { Reached } from './reach.ts';
import type { TargetOptions } from './target-options.ts';
import type { Wish } from './wishes.ts';

/** Our catalog of providers with the user's own rows. Rejects with FILE_UNREADABLE or FILE_MALFORMED. */
export async function openCatalogOf({ providerRows: file }: TargetOptions): Promise<Catalog> {
  if (file === undefined) return openCatalog();
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw unreadableFile(file, error);
  }
  // With its YAML parser, only for those who have such a file.
  const { readCatalogFile } = await import('../../providers/catalog-file.ts');
  return openCatalog(readCatalogFile(text, file));
}

/** What lists say of the model behind a target. */
export function findFacts({ row, url, model }: Reached, prices: PriceBook): ModelFacts {
  return prices.find({
    genaiPricesId: row?.genaiPricesId,
    modelsDevId: row?.modelsDevId,
    litellmProvider: row?.provider,
    url,
    models: namesOf(model, row),
    at: wallClockDate(),
  });
}

/**
 * What lists may know a model as, the most special name first: a region or a profile of Bedrock may have its own price. A profile
 * stands bare or at the end of an ARN, as `us.` before the model's name.
 */
function namesOf(model: string, row: Resolved | undefined): readonly string[] {
  const base = row?.baseModel;
  const own = model.slice(model.lastIndexOf('/') + 1);
  const isProfile = base !== undefined && own.endsWith(`.${base}`);
  const names = base === undefined ? [model] : isProfile ? [own, base] : [base, model];
  const regional = row?.region === undefined ? [] : names.map((name) => `${row.region}/${name}`);
  return [...(isProfile ? [] : regional), ...names];
}

/** What the user says comes before what lists say. */
export function knownOf(
  { entry }: Wish,
  facts: ModelFacts,
  { prices }: TargetOptions,
): Pick<TargetProfile, 'contextWindow' | 'maxOutputTokens' | 'price'> {
  return {
    contextWindow: entry.contextWindow ?? facts.contextWindow,
    maxOutputTokens: entry.maxOutputTokens ?? facts.maxOutputTokens,
    price: toUserPrice(prices) ?? entry.price ?? facts.price,
  };
}

/** What the user asked for, from the least to the most specific: the provider's own fields, then flags. */
export function requestedOf({ entry }: Wish, { parameters }: TargetOptions): JsonObject {
  const given: Record<string, JsonValue> = { ...entry.params };
  if (entry.temperature !== undefined) given['temperature'] = entry.temperature;
  if (entry.maxTokens !== undefined) given['max_tokens'] = entry.maxTokens;
  return { ...given, ...parameters };
}

/** What the rules of parameters go by. */
export function parameterTargetOf(
  { entry }: Wish,
  { row, dialect, model }: Reached,
  facts: ModelFacts,
): ParameterTarget {
  const maxOutputTokens = entry.maxOutputTokens ?? facts.maxOutputTokens;
  const { capabilities } = facts;
  return {
    prefix: row?.provider,
    dialect,
    model: row?.baseModel ?? model,
    maxTokensName: row?.maxTokensName,
    capabilities:
      capabilities === undefined && maxOutputTokens === undefined
        ? undefined
        : { ...NOTHING_SAID, source: 'your providers file', ...capabilities, maxOutputTokens },
  };
}

const NOTHING_SAID = {
  acceptsTemperature: undefined,
  reasons: undefined,
  efforts: undefined,
  callsTools: undefined,
};
