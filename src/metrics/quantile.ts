declare const sorted: unique symbol;

/** Finite numbers in ascending order; only `sortSamples` makes one. */
export type SortedSamples = readonly number[] & { readonly [sorted]: true };

export const QUANTILES = ['p50', 'p90', 'p95', 'p99'] as const;

export type QuantileName = (typeof QUANTILES)[number];

export const QUANTILE_VALUES: Readonly<Record<QuantileName, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/**
 * Below these counts a quantile is shown, but marked: MLPerf's early-stopping minima at confidence 0.99 (a p99 of 100 samples is
 * little more than their maximum). A median has no minimum.
 */
export const MIN_SAMPLES: Readonly<Record<QuantileName, number>> = { p50: 1, p90: 64, p95: 130, p99: 662 };

/** A sorted copy. */
export function sortSamples(samples: Iterable<number>): SortedSamples {
  // A typed array sorts by number, without a comparator, several times faster than a list.
  return Array.from(Float64Array.from(samples).sort()) as unknown as SortedSamples;
}

/**
 * The q-quantile of type 7 (linear interpolation between the two nearest ranks; Hyndman and Fan 1996): the rule of numpy, R and
 * DuckDB's `quantile_cont`. `q` from 0 to 1. Undefined without samples.
 */
export function quantile(samples: SortedSamples, q: number): number | undefined {
  const rank = (samples.length - 1) * q;
  const below = samples[Math.floor(rank)];
  const above = samples[Math.ceil(rank)];
  if (below === undefined || above === undefined) return undefined;
  return interpolate(below, above, rank - Math.floor(rank));
}

export function interpolate(below: number, above: number, share: number): number {
  return below + (above - below) * share;
}

/** The quantile by its name in reports. */
export function namedQuantile(samples: SortedSamples, name: QuantileName): number | undefined {
  return quantile(samples, QUANTILE_VALUES[name]);
}
