import { quantile, type SortedSamples } from './quantile.ts';
import { binomialCdf, normalQuantile, studentQuantile } from './special-functions.ts';

/** Covers the true value in 95 of 100 repetitions, unless another confidence was asked for. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A value with the interval around it. */
export interface Estimate extends Interval {
  readonly value: number;
}

export const CONFIDENCE = 0.95;

/** Ranks from 1: the interval of a quantile goes from one sample to another. */
export interface QuantileRanks {
  readonly low: number;
  readonly high: number;
  /** Chance that the true quantile lies between them, at least the confidence asked for. */
  readonly coverage: number;
}

/**
 * The ranks between which the true q-quantile lies, whatever the distribution (David and Nagaraja, Order Statistics, 7.1): the
 * number of samples below it is binomial. Each side errs with at most half of 1 − confidence. Undefined when no two samples of so
 * few enclose it that surely: a median needs 6, a p95 72. `n` need not be whole.
 */
export function quantileRanks(n: number, q: number, confidence: number = CONFIDENCE): QuantileRanks | undefined {
  const alpha = (1 - confidence) / 2;
  const below = (rank: number): number => binomialCdf(rank - 1, n, q);
  const size = Math.floor(n);
  // The last rank that is too high with a chance of at most alpha, and the first that is too low with that chance.
  const low = lastWhere(0, size, (rank) => rank === 0 || below(rank) <= alpha);
  const high = lastWhere(0, size + 1, (rank) => rank === 0 || (rank <= size && below(rank) < 1 - alpha)) + 1;
  return low === 0 || high > size ? undefined : { low, high, coverage: below(high) - below(low) };
}

/** The last whole number of a range that holds, where none holds after the first that does not. */
function lastWhere(from: number, to: number, holds: (value: number) => boolean): number {
  let low = from;
  let high = to + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The 95 % interval of a quantile by order statistics. `dependence` (at least 1): how many samples say as much as one independent
 * one; the ranks are then those of fewer samples, spread over all. Undefined: too few samples.
 */
export function quantileInterval(samples: SortedSamples, q: number, dependence: number = 1): Interval | undefined {
  const n = samples.length;
  const ranks = quantileRanks(n / dependence, q);
  if (ranks === undefined) return undefined;
  const low = samples[Math.max(1, Math.floor(ranks.low * dependence)) - 1];
  const high = samples[Math.min(n, Math.ceil(ranks.high * dependence)) - 1];
  return low === undefined || high === undefined ? undefined : { low, high };
}

/** The quantile of type 7 with its interval. */
export function quantileEstimate(samples: SortedSamples, q: number, dependence: number = 1): Estimate | undefined {
  const value = quantile(samples, q);
  const interval = quantileInterval(samples, q, dependence);
  return value === undefined || interval === undefined ? undefined : { value, ...interval };
}

/** Student's interval of a mean. For samples that do not depend on each other; undefined below two. */
export function meanInterval(samples: readonly number[], confidence: number = CONFIDENCE): Estimate | undefined {
  const n = samples.length;
  if (n < 2) return undefined;
  const value = mean(samples);
  let squares = 0;
  for (const sample of samples) squares += (sample - value) ** 2;
  const error = Math.sqrt(squares / (n - 1) / n) * studentQuantile((1 - confidence) / 2, n - 1);
  return { value, low: value - error, high: value + error };
}

/** Wilson's score interval of a share: right at 0 and 1 too (Wilson 1927). Undefined without trials. */
export function shareInterval(successes: number, trials: number): Estimate | undefined {
  if (trials <= 0) return undefined;
  const z = normalQuantile((1 - CONFIDENCE) / 2);
  const value = successes / trials;
  const weight = 1 + (z * z) / trials;
  const middle = (value + (z * z) / (2 * trials)) / weight;
  const error = (z / weight) * Math.sqrt((value * (1 - value)) / trials + (z * z) / (4 * trials * trials));
  // At the ends the bound is exact, where rounding would leave 1e-17.
  return {
    value,
    low: successes === 0 ? 0 : middle - error,
    high: successes === trials ? 1 : middle + error,
  };
}

export function mean(samples: readonly number[]): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  return sum / samples.length;
}
