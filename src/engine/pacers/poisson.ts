import { MS_PER_SECOND } from '../../model/units.ts';
import type { Random } from '../../random.ts';
import type { Pacer } from '../pacer.ts';
import { type Shard, WHOLE_RUN } from '../shard.ts';

/**
 * A Poisson process: independent exponential gaps with mean 1 ÷ rate, added up from the phase's start, so that a late start moves
 * no later arrival. The gaps are never rescaled to fit a duration: that would make them something else. Each shard draws all of them and
 * takes its own.
 */
export function createPoissonPacer(ratePerSecond: number, random: Random, { index, count }: Shard = WHOLE_RUN): Pacer {
  const meanGapMs = MS_PER_SECOND / ratePerSecond;
  let drawn = 0;
  let atMs = 0;
  return {
    next({ arrivals }) {
      for (; drawn <= index + arrivals * count; drawn++) atMs += random.exponential() * meanGapMs;
      return { kind: 'at', atMs };
    },
  };
}
