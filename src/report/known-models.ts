import type { Price } from '../model/price.ts';
import { formatNumber, UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** What is known of one model. */
export interface KnownModelRow {
  readonly model: string;
  readonly dialect: string | undefined;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly price: Price | undefined;
  readonly problem: string | undefined;
}

/** A line a model, with prices in dollars per million tokens and where they come from; what is wrong stands below. */
export function renderKnownModels(models: readonly KnownModelRow[], style: Style): string {
  const head = ['model', 'dialect', 'context', 'output', '$/M input', '$/M output', '$/M cached', 'price from'];
  const rows = models.map(({ model, dialect, contextWindow, maxOutputTokens, price }) => [
    model,
    dialect ?? UNDEFINED,
    formatNumber(contextWindow),
    formatNumber(maxOutputTokens),
    usd(price?.inputUsd),
    usd(price?.outputUsd),
    usd(price?.cachedInputUsd),
    price === undefined ? UNDEFINED : [price.source, ...(price.asOf === undefined ? [] : [price.asOf])].join(', '),
  ]);
  const problems = models.flatMap(({ model, problem }) =>
    problem === undefined ? [] : [`${style.bad(model)}: ${problem}`],
  );
  return [...renderTable([head.map((text) => style.dim(text)), ...rows], 2), ...problems].join('\n');
}

/** As it is priced: no figure is rounded away. */
function usd(value: number | undefined): string {
  return value === undefined ? UNDEFINED : String(value);
}
