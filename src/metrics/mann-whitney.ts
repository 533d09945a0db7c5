import type { SortedSamples } from './quantile.ts';
import { twoSidedP } from './special-functions.ts';

/** Whether one sample tends to be larger than another. */
export interface MannWhitney {
  /** Pairs in which b is the larger, ties half. Of n × m; half of that when neither tends to be. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/** Up to here all orders are counted, if no two values are equal; beyond, the normal curve is right to the third figure. */
const EXACT_UP_TO = 20;

/**
 * The Mann-Whitney U test (Mann and Whitney 1947), two-sided. Exact for small samples without ties, else by the normal
 * approximation with the correction for ties and for continuity. `dependence` (at least 1) widens the variance of U for samples
 * that depend on their neighbours. Undefined when a side is empty.
 */
export function mannWhitney(a: SortedSamples, b: SortedSamples, dependence: number = 1): MannWhitney | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const { u, ties } = count(a, b);
  const pairs = a.length * b.length;
  if (ties === 0 && dependence === 1 && isSmall(a.length, b.length)) {
    const chances = uDistribution(a.length, b.length);
    let tail = 0;
    for (let k = 0; k <= Math.min(u, pairs - u); k++) tail += chances[k] ?? 0;
    return { u, p: Math.min(1, 2 * tail), method: 'exact' };
  }
  const spread = Math.sqrt(uVariance({ n: a.length, m: b.length, ties }) * dependence);
  const distance = Math.abs(u - pairs / 2) - 0.5;
  return { u, p: spread === 0 || distance <= 0 ? 1 : twoSidedP(distance / spread), method: 'normal' };
}

/** Whether the test is exact, if no values are equal. */
export function isSmall(n: number, m: number): boolean {
  return n <= EXACT_UP_TO && m <= EXACT_UP_TO;
}

/** The variance of U when both samples come from one distribution; `ties`: Σ (t³ − t) over groups of t equal values. */
export function uVariance({ n, m, ties }: { readonly n: number; readonly m: number; readonly ties: number }): number {
  const all = n + m;
  return ((n * m) / 12) * (all + 1 - (all > 1 ? ties / (all * (all - 1)) : 0));
}

/** The chance of each U from 0 to n × m when all orders are equally likely: coefficients of the Gaussian binomial. */
export function uDistribution(n: number, m: number): Float64Array {
  const ways = new Float64Array(n * m + 1);
  ways[0] = 1;
  for (let i = 1; i <= n; i++) {
    // times (1 − x^(m + i)), then divided by (1 − x^i)
    for (let k = n * m; k >= m + i; k--) ways[k] = (ways[k] ?? 0) - (ways[k - m - i] ?? 0);
    for (let k = i; k <= n * m; k++) ways[k] = (ways[k] ?? 0) + (ways[k - i] ?? 0);
  }
  const total = ways.reduce((sum, way) => sum + way, 0);
  return ways.map((way) => way / total);
}

function count(a: SortedSamples, b: SortedSamples): { readonly u: number; readonly ties: number } {
  let u = 0;
  let ties = 0;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const value = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    const before = i;
    const beforeB = j;
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    const equalA = i - before;
    const equalB = j - beforeB;
    u += equalB * before + (equalA * equalB) / 2;
    const equal = equalA + equalB;
    ties += equal ** 3 - equal;
  }
  return { u, ties };
}
