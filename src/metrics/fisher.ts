import { lnGamma } from './special-functions.ts';

/** Events in a number of trials. */
export interface Share {
  readonly events: number;
  readonly trials: number;
}

/**
 * Fisher's exact test of two shares, two-sided: the chance of all tables with the same margins that are no likelier than this one.
 * 1 when a side has no trials.
 */
export function fisherExact(a: Share, b: Share): number {
  if (a.trials === 0 || b.trials === 0) return 1;
  const events = a.events + b.events;
  const lnTotal = lnChoose(a.trials + b.trials, events);
  const chance = (k: number): number => Math.exp(lnChoose(a.trials, k) + lnChoose(b.trials, events - k) - lnTotal);
  // Equal chances may differ in their last figures.
  const seen = chance(a.events) * (1 + 1e-7);
  let p = 0;
  for (let k = Math.max(0, events - b.trials); k <= Math.min(a.trials, events); k++) {
    const one = chance(k);
    if (one <= seen) p += one;
  }
  return Math.min(1, p);
}

function lnChoose(n: number, k: number): number {
  return lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
}
