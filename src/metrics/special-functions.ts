/** The distributions that intervals and tests rest on. Accurate to about 1e-12, checked against scipy in the test beside it. */

/** ln Γ(x), x > 0: Stirling's series (Abramowitz and Stegun 6.1.41), shifted up to where it has converged. */
export function lnGamma(x: number): number {
  let shift = 1;
  let y = x;
  while (y < 15) shift *= y++;
  const inverse = 1 / (y * y);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - Math.log(shift);
}

/** The regularised incomplete beta function I_x(a, b), x from 0 to 1, by its continued fraction (Lentz; A. and S. 26.5.8). */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a);
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  return front * betaFraction(x, a, b);
}

const TINY = 1e-300;
const CONVERGED = 1e-15;
/** It takes about √(a + b) steps. */
const MAX_STEPS = 100_000;

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MAX_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < CONVERGED) break;
  }
  return fraction;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** P(X ≤ k) of a binomial with `n` trials of chance `p`; `n` need not be whole, for effective sample sizes. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : 1 - regularizedBeta(p, k + 1, n - k);
}

/** P(Z > z) of a standard normal: Taylor's series in the middle, a continued fraction in the tails, so that tiny chances keep their figures. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z === Number.POSITIVE_INFINITY) return 0;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * sum; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 - density * sum;
}

/** The two-sided p of a standard normal statistic. */
export function twoSidedP(z: number): number {
  return Math.min(1, 2 * normalTail(Math.abs(z)));
}

/** The z above which a standard normal lies with chance `tail` (0 < tail < 1): 1.96 for 0.025. */
export function normalQuantile(tail: number): number {
  return descend(normalTail, tail);
}

/** The t above which Student's t with `df` > 0 degrees of freedom lies with chance `tail` (0 < tail ≤ 0.5). */
export function studentQuantile(tail: number, df: number): number {
  return descend((t) => (t < 0 ? 1 : 0.5 * regularizedBeta(df / (df + t * t), df / 2, 0.5)), tail);
}

/** Where a falling function takes a value. */
function descend(fall: (x: number) => number, value: number): number {
  let high = 1;
  while (fall(high) > value) high *= 2;
  let low = -1;
  while (fall(low) < value) low *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (fall(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
