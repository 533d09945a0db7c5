import { centredRanks, firstBeyond } from './dependence.ts';
import { mean } from './interval.ts';
import { quantile, sortSamples } from './quantile.ts';

/** Samples fall into two groups with a valley between them: two cache states, two replicas, two routes. */
export interface TwoGroups {
  /** Medians of the groups. */
  readonly low: number;
  readonly high: number;
  /** Samples in the lower group ÷ all. */
  readonly lowRatio: number;
}

/** The level moved during the run and stayed there. */
export interface LevelChange {
  /** The first sample, from 0 and in order of start, of the new level. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const MIN_SAMPLES = 40;
/** A group below this share is a tail. */
const MIN_SHARE = 0.1;
/** The valley must be less than half as dense as the lower of the hills beside it … */
const VALLEY_RATIO = 0.5;
/** … by more than so many standard errors of the counts. */
const VALLEY_ERRORS = 4;

/**
 * Two groups, or undefined: too few samples, or one hill. On logarithms, which make one hill of a long tail: the split with the
 * least variance within the groups (Fisher 1958, Otsu 1979), then the counts in the middle third between their medians and in equal
 * widths around the medians. A rule of thumb for a note, not a test.
 */
export function twoGroups(samples: readonly number[]): TwoGroups | undefined {
  const ascending = sortSamples(samples);
  const n = ascending.length;
  const least = ascending[0];
  if (n < MIN_SAMPLES || least === undefined || least <= 0) return undefined;
  const logs = sortSamples(ascending.map(Math.log));
  const split = bestSplit(logs);
  if (split < n * MIN_SHARE || n - split < n * MIN_SHARE) return undefined;
  const low = logs[Math.floor(split / 2)] as number;
  const high = logs[split + Math.floor((n - split) / 2)] as number;
  const third = (high - low) / 3;
  const within = (from: number): number => firstBeyond(logs, from + third) - firstBeyond(logs, from);
  const valley = within(low + third);
  const hills = Math.min(within(low - third / 2), within(high - third / 2));
  const isValley = valley < hills * VALLEY_RATIO && hills - valley > VALLEY_ERRORS * Math.sqrt(hills + valley);
  return isValley ? { low: Math.exp(low), high: Math.exp(high), lowRatio: split / n } : undefined;
}

/** The number of samples in the lower group. */
function bestSplit(ascending: readonly number[]): number {
  const n = ascending.length;
  const centre = mean(ascending);
  let best = { split: 0, between: 0 };
  let sum = 0;
  for (let split = 1; split < n; split++) {
    sum += (ascending[split - 1] as number) - centre;
    const between = (sum * sum) / split + (sum * sum) / (n - split);
    if (between > best.between) best = { split, between };
  }
  return best.split;
}

const LEVEL_P = 0.001;
const LEVEL_SHIFT = 0.1;

/**
 * A lasting change of level, by Pettitt's test on ranks (Pettitt 1979) with p ≤ 0.001 and medians that differ by at least 10 %;
 * undefined when there is none or samples are too few. `series` in the order of the requests' starts.
 */
export function levelChange(series: readonly number[]): LevelChange | undefined {
  const n = series.length;
  if (n < MIN_SAMPLES) return undefined;
  const { k, at } = pettitt(series);
  if (2 * Math.exp((-6 * k * k) / (n ** 3 + n ** 2)) > LEVEL_P) return undefined;
  const before = quantile(sortSamples(series.slice(0, at)), 0.5);
  const after = quantile(sortSamples(series.slice(at)), 0.5);
  if (before === undefined || after === undefined) return undefined;
  return Math.abs(after - before) >= LEVEL_SHIFT * Math.abs(before) ? { at, before, after } : undefined;
}

/** Pettitt's K, and how many samples come before the change. */
export function pettitt(series: readonly number[]): { readonly k: number; readonly at: number } {
  let sum = 0;
  let best = { k: 0, at: 0 };
  for (const [index, rank] of centredRanks(series).entries()) {
    sum += 2 * rank;
    if (Math.abs(sum) > best.k) best = { k: Math.abs(sum), at: index + 1 };
  }
  return best;
}
