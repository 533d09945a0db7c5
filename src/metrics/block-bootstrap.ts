import { CONFIDENCE, type Estimate, mean } from './interval.ts';
import { quantile, sortSamples } from './quantile.ts';

/** How the bootstrap draws. */
export interface BootstrapOptions {
  /** Uniform in [0, 1), seeded by the caller through `random.ts`. */
  readonly random: () => number;
  /** 2,000 by default. */
  readonly resamples?: number;
  /** Neighbours that are drawn together; ∛n by default, the rate at which blocks should grow (Künsch 1989). */
  readonly blockLength?: number;
}

/**
 * The 95 % percentile interval of a mean whose samples, in the order in which they were taken, may depend on their neighbours:
 * circular blocks of them are drawn with replacement (Politis and Romano 1992). The same chance gives the same interval. Undefined
 * below two samples.
 */
export function blockBootstrapMean(series: readonly number[], options: BootstrapOptions): Estimate | undefined {
  const n = series.length;
  if (n < 2) return undefined;
  const { random, resamples = 2_000, blockLength = Math.ceil(Math.cbrt(n)) } = options;
  const sums = blockSums(series, blockLength);
  const last = n % blockLength;
  const lastSums = last === 0 ? undefined : blockSums(series, last);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let drawn = 0; drawn + blockLength <= n; drawn += blockLength) sum += sums[pick(random(), n)] ?? 0;
    // The last block is cut, so that each resample has n samples.
    if (lastSums !== undefined) sum += lastSums[pick(random(), n)] ?? 0;
    return sum / n;
  });
  const ascending = sortSamples(means);
  const tail = (1 - CONFIDENCE) / 2;
  return {
    value: mean(series),
    low: quantile(ascending, tail) ?? Number.NaN,
    high: quantile(ascending, 1 - tail) ?? Number.NaN,
  };
}

function pick(chance: number, n: number): number {
  return Math.floor(chance * n);
}

/** The sum of the block that begins at each sample; the series closes to a circle. */
function blockSums(series: readonly number[], length: number): Float64Array {
  const n = series.length;
  const until = new Float64Array(n + length + 1);
  for (let index = 0; index < n + length; index++) until[index + 1] = (until[index] ?? 0) + (series[index % n] ?? 0);
  return Float64Array.from(series, (_, start) => (until[start + length] ?? 0) - (until[start] ?? 0));
}
