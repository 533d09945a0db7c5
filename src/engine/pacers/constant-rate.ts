import { MS_PER_SECOND } from '../../model/units.ts';
import type { Pacer } from '../pacer.ts';
import { type Shard, WHOLE_RUN } from '../shard.ts';

/** Arrival i is due at i ÷ rate: an absolute schedule, so that lateness never adds up (k6: constant-arrival-rate). */
export function createConstantRatePacer(ratePerSecond: number, { index, count }: Shard = WHOLE_RUN): Pacer {
  return {
    next: ({ arrivals }) => ({ kind: 'at', atMs: ((index + arrivals * count) * MS_PER_SECOND) / ratePerSecond }),
  };
}
