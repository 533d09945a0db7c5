import { HEADLINE_METRICS, type MetricUnit, REQUEST_METRICS, WINDOW_METRICS } from './catalogue.ts';
import type { Distribution } from './distribution.ts';

/** What of a distribution is held to a limit. */
export const THRESHOLD_STATISTICS = ['p50', 'p90', 'p95', 'p99', 'mean', 'min', 'max', 'stdev'] as const;

export type ThresholdStatistic = Exclude<keyof Distribution, 'n'> & (typeof THRESHOLD_STATISTICS)[number];

export const OPERATORS = ['>=', '<=', '>', '<'] as const;

/** A condition that no run should meet: `ttft.p95 > 800ms`. */
export interface Threshold {
  /** As the user wrote it, without needless spaces. */
  readonly text: string;
  /** Id of a metric of the catalogue, or `cost` without a statistic: of the whole run. */
  readonly metric: string;
  /** Undefined for figures of a whole target or run. */
  readonly statistic: ThresholdStatistic | undefined;
  readonly operator: (typeof OPERATORS)[number];
  /** In the metric's own unit: ms, tokens/s, requests/s, a share from 0 to 1, USD. */
  readonly limit: number;
  readonly unit: MetricUnit;
}

/** Figures of a whole target, and the cost of the run. `goodput` and `errorRate` are also distributions over seconds. */
const WHOLE_UNITS: ReadonlyMap<string, MetricUnit> = new Map<string, MetricUnit>([
  ...HEADLINE_METRICS.filter(({ id }) => id !== 'runCost').map(({ id, unit }) => [id, unit] as const),
  ['goodput', 'requests/s'],
  ['errorRate', 'ratio'],
  ['cost', 'usd'],
]);

const DISTRIBUTION_UNITS: ReadonlyMap<string, MetricUnit> = new Map(
  [...REQUEST_METRICS, ...WINDOW_METRICS].map(({ id, unit }) => [id, unit]),
);

/** Names as people write them: `error_rate`, `error-rate`, `errorRate`. */
const IDS: ReadonlyMap<string, string> = new Map(
  [...WHOLE_UNITS.keys(), ...DISTRIBUTION_UNITS.keys()].map((id) => [id.toLowerCase(), id]),
);

/** Factors to the metric's own unit. `/s` is understood for both rates. */
const UNIT_FACTORS: Readonly<Record<MetricUnit, Readonly<Record<string, number>>>> = {
  ms: { ms: 1, s: 1_000, m: 60_000, us: 0.001, µs: 0.001 },
  ratio: { '%': 0.01 },
  usd: { usd: 1, $: 1 },
  'tokens/s': { 'tokens/s': 1, 'tok/s': 1, '/s': 1 },
  'requests/s': { 'requests/s': 1, 'req/s': 1, '/s': 1 },
};

const EXAMPLES: Readonly<Record<MetricUnit, string>> = {
  ms: '800ms or 2s',
  ratio: '1%',
  usd: '0.50usd',
  'tokens/s': '50tokens/s',
  'requests/s': '10requests/s',
};

/** Reads a condition; `problem` says in a line what would be right. Nothing is guessed: statistic and unit are asked for. */
export function parseThreshold(text: string): Threshold | { readonly problem: string } {
  const match = /^\s*([a-z][\w-]*?)(?:\.(\w+))?\s*(>=|<=|>|<|≥|≤)\s*(\$?)\s*(\d+(?:\.\d+)?)\s*(\S*)\s*$/i.exec(text);
  if (match === null) return { problem: `"${text}" is not a condition like 'ttft.p95 > 800ms' or 'error_rate > 1%'` };
  const [, name = '', statisticName, sign = '', dollar = '', digits = '', unitName = ''] = match;
  const metric = IDS.get(name.replaceAll(/[_-]/g, '').toLowerCase());
  if (metric === undefined) return { problem: `"${name}" is no metric; there are ${[...IDS.values()].join(', ')}` };
  const statistic = readStatistic(metric, statisticName);
  if (typeof statistic === 'object') return statistic;
  const unit = (statistic === undefined ? WHOLE_UNITS : DISTRIBUTION_UNITS).get(metric) ?? 'ms';
  const factor = UNIT_FACTORS[unit][`${dollar}${unitName}`.toLowerCase()];
  if (factor === undefined) {
    const given = `${dollar}${unitName}` === '' ? 'has no unit' : `has no unit of ${metric}`;
    return { problem: `"${text.trim()}" ${given}; write it as ${EXAMPLES[unit]}` };
  }
  const operator = sign === '≥' ? '>=' : sign === '≤' ? '<=' : (sign as Threshold['operator']);
  // 1 % is 0.01: 1 × 0.01, and not the nearest double of a product.
  const limit = unit === 'ratio' ? Number(digits) / 100 : Number(digits) * factor;
  return { text: text.trim().replaceAll(/\s+/g, ' '), metric, statistic, operator, limit, unit };
}

function readStatistic(
  metric: string,
  name: string | undefined,
): ThresholdStatistic | undefined | { readonly problem: string } {
  if (name === undefined) {
    if (WHOLE_UNITS.has(metric)) return undefined;
    return { problem: `${metric} needs a statistic: ${metric}.p95, or one of ${THRESHOLD_STATISTICS.join(', ')}` };
  }
  if (!DISTRIBUTION_UNITS.has(metric)) return { problem: `${metric} is one figure and takes no statistic` };
  const known = name.toLowerCase() === 'median' ? 'p50' : name.toLowerCase();
  const statistic = THRESHOLD_STATISTICS.find((one) => one === known);
  return (
    statistic ?? { problem: `"${name}" is no statistic of ${metric}; there are ${THRESHOLD_STATISTICS.join(', ')}` }
  );
}
