import type { Price, TokenRates } from '../model/price.ts';
import { formatNumber, UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** What one model costs; undefined: unknown, which is not free. */
export interface PricedModel {
  readonly provider: string;
  readonly model: string;
  readonly price: Price | undefined;
}

/** US dollars per million tokens, a line a model and another for each tier, and below where the prices come from. */
export function renderPrices(models: readonly PricedModel[], style: Style): string {
  const head = ['$ per million tokens', 'input', 'output', 'cached', 'cache write', 'reasoning'];
  const rows = models.flatMap(({ provider, model, price }) => {
    const name = `${provider} ${model}`;
    if (price === undefined) return [[name, ...head.slice(1).map(() => UNDEFINED)]];
    return [
      [name, ...cells(price)],
      ...price.tiers.map((tier) => [`  above ${formatNumber(tier.aboveInputTokens)} in`, ...cells(tier)]),
      ...(price.perRequestUsd === 0 ? [] : [[`  and $${price.perRequestUsd} a request`]]),
    ];
  });
  const known = models.map(({ price }) => price).filter((price) => price !== undefined);
  const sources = [...new Set(known.map(({ source, asOf }) => (asOf === undefined ? source : `${source} of ${asOf}`)))];
  const unknown = models.length - known.length;
  return [
    ...renderTable([head.map((text) => style.dim(text)), ...rows]),
    '',
    ...(sources.length === 0 ? [] : [style.dim(`from ${sources.join(', ')}`)]),
    ...(unknown === 0
      ? []
      : [style.dim(`${unknown} unknown: give it in providers.toml, or bring a list by --catalog`)]),
  ].join('\n');
}

function cells({ inputUsd, outputUsd, cachedInputUsd, cacheWriteUsd, reasoningUsd }: TokenRates): readonly string[] {
  const cell = (usd: number | undefined): string => (usd === undefined ? UNDEFINED : String(usd));
  return [inputUsd, outputUsd, cachedInputUsd, cacheWriteUsd, reasoningUsd].map(cell);
}
