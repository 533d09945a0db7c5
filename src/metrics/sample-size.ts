import { normalQuantile } from './special-functions.ts';

/** The chance with which a change as large as the limit should be found. */
const POWER = 0.8;

/** Nobody should be told to send a million requests: the change then lies too near to the limit. */
const MOST_TIMES = 100;

export interface SampleSizeInput {
  /** Samples of the smaller side. */
  readonly n: number;
  /** Half the width of the 95 % interval of the change, at these samples. In the unit of the limit, as all that follows. */
  readonly halfWidth: number;
  /** The smallest change that counts. */
  readonly limit: number;
  /** The change seen, either sign. */
  readonly change: number;
}

/**
 * The samples that each side needs before a change as large as the limit is told from none in 80 % of comparisons: the width of an
 * interval shrinks with the root of n, and must come down to limit ÷ (1.96 + 0.84) × 1.96. Where there are that many already, and the
 * change seen lies near the limit, as many as part the two. Undefined: more than a hundred times as many.
 */
export function samplesToDecide({ n, halfWidth, limit, change }: SampleSizeInput): number | undefined {
  const z = normalQuantile(0.025);
  const toFind = limit / (1 + normalQuantile(1 - POWER) / z);
  const byPower = n * (halfWidth / toFind) ** 2;
  const needed = byPower > n ? byPower : n * (halfWidth / Math.abs(Math.abs(change) - limit)) ** 2;
  return needed <= n * MOST_TIMES ? Math.max(n + 1, Math.ceil(needed)) : undefined;
}
