/** One-sided. */
const CONFIDENCE = 0.95;
/** The 95 % quantile of the normal distribution. */
const Z_95 = 1.6448536269514722;
/** Expected successes above which the normal distribution is near enough, and sums of tiny terms are not. */
const NORMAL_FROM = 100;

/** Whether `seen` of `n` would be so rare with a true share of `ratio` that the share must be higher (one-sided, 95 %). */
export function isSurelyAbove(ratio: number, seen: number, n: number): boolean {
  if (seen <= ratio * n) return false;
  if (ratio * n > NORMAL_FROM) return (seen - 0.5 - ratio * n) / Math.sqrt(ratio * (1 - ratio) * n) > Z_95;
  return probabilityBelow(ratio, seen, n) > CONFIDENCE;
}

/** P(X < seen) of a binomial distribution. */
function probabilityBelow(ratio: number, seen: number, n: number): number {
  let term = (1 - ratio) ** n;
  let sum = 0;
  for (let successes = 0; successes < seen; successes++) {
    sum += term;
    term *= ((n - successes) / (successes + 1)) * (ratio / (1 - ratio));
  }
  return sum;
}
