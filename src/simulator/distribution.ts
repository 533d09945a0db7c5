import { InvalidValue } from './invalid-value.ts';
import type { Random } from './random.ts';

/** A non-negative quantity (milliseconds or tokens), drawn anew for each use. */
export type Distribution =
  | { readonly kind: 'fixed'; readonly value: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  /** exp(N(ln median, sigma²)): its median is `median`, its mean median × exp(sigma² ÷ 2). */
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number };

const NUMBER = String.raw`(\d+(?:\.\d+)?|\.\d+)`;
const FIXED = new RegExp(`^${NUMBER}$`);
const UNIFORM = new RegExp(`^uniform:${NUMBER}\\.\\.${NUMBER}$`);
const LOGNORMAL = new RegExp(`^lognormal:${NUMBER},${NUMBER}$`);

export function fixed(value: number): Distribution {
  return { kind: 'fixed', value };
}

/** Reads `50`, `uniform:20..80` or `lognormal:50,0.4`. Throws InvalidValue. */
export function parseDistribution(text: string): Distribution {
  const value = FIXED.exec(text)?.[1];
  if (value !== undefined) return fixed(Number(value));
  const [, min, max] = UNIFORM.exec(text) ?? [];
  if (min !== undefined && max !== undefined) {
    if (Number(min) > Number(max)) throw new InvalidValue(`"${text}" begins above its end; use uniform:${max}..${min}`);
    return { kind: 'uniform', min: Number(min), max: Number(max) };
  }
  const [, median, sigma] = LOGNORMAL.exec(text) ?? [];
  if (median !== undefined && sigma !== undefined) {
    return { kind: 'lognormal', median: Number(median), sigma: Number(sigma) };
  }
  throw new InvalidValue(`"${text}" is not a distribution; use 50, uniform:20..80 or lognormal:50,0.4`);
}

/** One value of the distribution. A fixed one takes no random number, a uniform one takes one, a lognormal one two. */
export function drawFrom(distribution: Distribution, random: Random): number {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.value;
    case 'uniform':
      return distribution.min + (distribution.max - distribution.min) * random();
    case 'lognormal':
      return distribution.median * Math.exp(distribution.sigma * drawStandardNormal(random));
  }
}

/** Box and Muller's transform; 1 − u keeps the logarithm's argument above zero. */
function drawStandardNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
