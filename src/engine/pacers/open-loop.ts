import { inverseOf, type LoadProfile } from '../../model/load-profile.ts';
import type { Pacer } from '../pacer.ts';
import { type Shard, WHOLE_RUN } from '../shard.ts';
import type { UnitSchedule } from './gap-law.ts';

/**
 * Arrivals of any law at a rate that changes: a schedule of mean gap 1 on a clock that runs as fast as the rate is high (time rescaling;
 * Brown and others, 2002). Arrival i is due when the integral of the rate has come to the schedule's time of i: an absolute schedule, so
 * that lateness never adds up. Gaps are never rescaled to fit a duration or a count: that would make them another law.
 */
export function createOpenLoopPacer(
  schedule: UnitSchedule,
  profile: LoadProfile,
  { index, count }: Shard = WHOLE_RUN,
): Pacer {
  return {
    next: ({ arrivals }) => ({ kind: 'at', atMs: inverseOf(profile, schedule(index + arrivals * count)) }),
  };
}
