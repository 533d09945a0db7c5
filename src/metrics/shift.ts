import { CONFIDENCE, type Estimate } from './interval.ts';
import { isSmall, uDistribution, uVariance } from './mann-whitney.ts';
import type { SortedSamples } from './quantile.ts';
import { normalQuantile } from './special-functions.ts';

/**
 * The Hodges-Lehmann shift from a to b: the median of all differences b − a, with the 95 % interval that the Mann-Whitney test
 * gives (Hodges and Lehmann 1963): the shifts which it does not refuse. `dependence` as there. With so few samples that no interval
 * is that sure it goes from the smallest to the largest difference. Undefined when a side is empty.
 */
export function hodgesLehmann(a: SortedSamples, b: SortedSamples, dependence: number = 1): Estimate | undefined {
  const pairs = a.length * b.length;
  if (pairs === 0) return undefined;
  const all: Differences = { a: Float64Array.from(a), b: Float64Array.from(b) };
  const middle = Math.ceil(pairs / 2);
  const value = kthDifference(all, middle);
  const low = Math.max(1, lowRank(a.length, b.length, dependence));
  return {
    value: pairs % 2 === 1 ? value : (value + kthDifference(all, middle + 1)) / 2,
    low: kthDifference(all, low),
    high: kthDifference(all, pairs + 1 - low),
  };
}

function lowRank(n: number, m: number, dependence: number): number {
  const tail = (1 - CONFIDENCE) / 2;
  if (dependence === 1 && isSmall(n, m)) {
    let chance = 0;
    const chances = uDistribution(n, m);
    for (let k = 0; k < chances.length; k++) {
      chance += chances[k] ?? 0;
      if (chance > tail) return k;
    }
  }
  const spread = Math.sqrt(uVariance({ n, m, ties: 0 }) * dependence);
  return Math.floor((n * m) / 2 - normalQuantile(tail) * spread);
}

/** All differences b − a, not made but counted. */
interface Differences {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/**
 * The k-th smallest (from 1) of all differences b − a, exactly and without making them. Each step counts in O(n + m); the guesses lie
 * a little below and a little above where a straight line between the bounds leads, which closes in from both sides, and every third
 * one halves the span, which always ends.
 */
function kthDifference(all: Differences, k: number): number {
  let low = (all.b[0] ?? 0) - (all.a.at(-1) ?? 0);
  let below = countUpTo(all, low);
  if (below >= k) return low;
  let high = (all.b.at(-1) ?? 0) - (all.a[0] ?? 0);
  let upTo = all.a.length * all.b.length;
  // The k-th difference lies above `low` and at most at `high`, until it is the next one above `low`.
  for (let step = 0; step < MAX_STEPS && below < k - 1; step++) {
    const straight = (k - below) / (upTo - below);
    const part = step % 3 === 2 ? 0.5 : straight + (step % 3 === 0 ? -ASIDE : ASIDE);
    const aside = low + (high - low) * Math.min(1 - ASIDE, Math.max(ASIDE, part));
    // Near the end rounding may land on a bound; two neighbouring doubles leave only the upper one.
    const guess = aside > low && aside < high ? aside : low + (high - low) / 2;
    if (guess <= low || guess >= high) return high;
    const count = countUpTo(all, guess);
    if (count >= k) {
      high = guess;
      upTo = count;
    } else {
      low = guess;
      below = count;
    }
  }
  return leastAbove(all, low);
}

const ASIDE = 0.01;
/** A third of them halve: what 120 halvings have not parted is equal for every purpose. */
const MAX_STEPS = 360;

function countUpTo({ a, b }: Differences, limit: number): number {
  let count = 0;
  let j = 0;
  // As a grows, more of b lies within reach.
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    while (j < b.length && (b[j] as number) - x <= limit) j++;
    count += j;
  }
  return count;
}

/** The smallest difference above a limit. */
function leastAbove({ a, b }: Differences, limit: number): number {
  let least = Number.POSITIVE_INFINITY;
  let j = 0;
  for (const x of a) {
    while (j < b.length && (b[j] as number) - x <= limit) j++;
    if (j < b.length) least = Math.min(least, (b[j] as number) - x);
  }
  return least;
}
