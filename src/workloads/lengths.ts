import type { LengthDistribution, LengthLaw } from '../model/recipe.ts';
import type { Random } from '../random.ts';

/** More draws than a law that can be met at all needs; after them the nearest limit is taken. */
const MAX_DRAWS = 1_000;

/** A length of the law, in whole tokens. */
export function drawLength({ law, min, max = Number.POSITIVE_INFINITY }: LengthLaw, random: Random): number {
  if (law.kind === 'constant') return law.tokens;
  let drawn = 0;
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    drawn = Math.round(drawFrom(law, random));
    if (drawn >= min && drawn <= max) return drawn;
  }
  return Math.min(Math.max(drawn, min), max);
}

function drawFrom(law: Exclude<LengthDistribution, { readonly kind: 'constant' }>, random: Random): number {
  if (law.kind === 'uniform') return law.from + Math.floor(random.next() * (law.to - law.from + 1));
  if (law.kind === 'normal') return law.mean + law.deviation * drawNormal(random);
  if (law.kind === 'lognormal') return Math.exp(law.mu + law.sigma * drawNormal(random));
  const share = random.next();
  return law.tokens[firstAbove(law.shares, share)] ?? 0;
}

/** Of mean 0 and deviation 1: Box and Muller's method, without the half of it that would need a memory. */
function drawNormal(random: Random): number {
  // An exponential is never infinite, as the logarithm of a uniform 0 would be.
  return Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.next());
}

/** Place of the first share above a value; the last where none is. */
function firstAbove(shares: readonly number[], value: number): number {
  let [low, high] = [0, shares.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((shares[middle] ?? 1) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
