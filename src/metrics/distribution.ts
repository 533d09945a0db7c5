import { type Interval, quantileInterval } from './interval.ts';
import { namedQuantile, type QuantileName, type SortedSamples, sortSamples } from './quantile.ts';

/** A metric over many requests or windows. Every value but `n` is undefined without samples. */
export interface Distribution extends Readonly<Record<QuantileName, number | undefined>> {
  readonly n: number;
  readonly mean: number | undefined;
  /** Sample standard deviation (n − 1); undefined below two samples. */
  readonly stdev: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Describes samples, exactly and in any order. */
export function distributionOf(samples: Iterable<number>): Distribution {
  return distributionOfSorted(sortSamples(samples));
}

/** The same, of samples that are sorted already. */
export function distributionOfSorted(ascending: SortedSamples): Distribution {
  const n = ascending.length;
  const mean = n === 0 ? undefined : sum(ascending) / n;
  return {
    n,
    mean,
    stdev: mean === undefined || n < 2 ? undefined : Math.sqrt(sumOfSquares(ascending, mean) / (n - 1)),
    min: ascending.at(0),
    max: ascending.at(-1),
    p50: namedQuantile(ascending, 'p50'),
    p90: namedQuantile(ascending, 'p90'),
    p95: namedQuantile(ascending, 'p95'),
    p99: namedQuantile(ascending, 'p99'),
  };
}

/** 95 % intervals of quantiles, by order statistics; undefined with too few samples. They take requests for independent. */
export interface QuantileIntervals {
  readonly p50: Interval | undefined;
  readonly p95: Interval | undefined;
}

export function quantileIntervalsOf(ascending: SortedSamples): QuantileIntervals {
  return { p50: quantileInterval(ascending, 0.5), p95: quantileInterval(ascending, 0.95) };
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Of the distances from the mean. */
function sumOfSquares(values: readonly number[], mean: number): number {
  let total = 0;
  for (const value of values) total += (value - mean) ** 2;
  return total;
}
