import type { Estimate, Interval } from './interval.ts';
import { normalQuantile, twoSidedP } from './special-functions.ts';

/**
 * The interval of b − a, from the interval of each: MOVER, the "method of variance estimates recovery" (Zou and Donner 2008). The
 * distance from a value to its bound tells its variance on that side, so that lopsided intervals give a lopsided one. With Wilson's
 * intervals of shares this is Newcombe's method 10 (1998). a and b must be independent.
 */
export function differenceInterval(a: Estimate, b: Estimate): Interval {
  const change = b.value - a.value;
  return {
    low: change - Math.hypot(b.value - b.low, a.high - a.value),
    high: change + Math.hypot(b.high - b.value, a.value - a.low),
  };
}

/**
 * The interval of b ÷ a by the same method (Donner and Zou 2012): the ratios r for which the interval of b − r·a holds 0. So it
 * leaves out 1 exactly when the interval of the difference leaves out 0. For values above 0; undefined where a may be 0, when no
 * ratio can be ruled out.
 */
export function ratioInterval(a: Estimate, b: Estimate): Interval | undefined {
  if (a.low <= 0 || b.value < 0 || b.low < 0) return undefined;
  const middle = a.value * b.value;
  const lowC = b.low * (2 * b.value - b.low);
  const lowRoot = middle + root(middle, a.high * (2 * a.value - a.high) * lowC);
  const highA = a.low * (2 * a.value - a.low);
  const highC = b.high * (2 * b.value - b.high);
  return {
    low: lowRoot === 0 ? 0 : lowC / lowRoot,
    high: (middle + root(middle, highA * highC)) / highA,
  };
}

function root(middle: number, product: number): number {
  return Math.sqrt(Math.max(0, middle * middle - product));
}

/** The two-sided p of "b and a are equal" that belongs to the interval of their difference: 0.05 where it just touches 0. */
export function differenceP(a: Estimate, b: Estimate): number {
  const change = b.value - a.value;
  if (change === 0) return 1;
  const reach =
    change > 0 ? Math.hypot(b.value - b.low, a.high - a.value) : Math.hypot(b.high - b.value, a.value - a.low);
  return reach === 0 ? 0 : twoSidedP((change / reach) * normalQuantile(0.025));
}
