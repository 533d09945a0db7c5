import type { Random } from '../../random.ts';

/**
 * A number of the gamma distribution with scale 1. Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); below a
 * shape of 1 by their own step, a draw of shape + 1 times u^(1 ÷ shape).
 */
export function drawGamma(random: Random, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Mean 0, standard deviation 1: Box and Muller (1958), the cosine of each pair. */
export function drawNormal(random: Random): number {
  return Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.next());
}
