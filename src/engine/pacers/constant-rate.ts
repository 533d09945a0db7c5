import { MS_PER_SECOND } from '../../model/units.ts';
import type { Pacer } from '../pacer.ts';

/** Arrival i is due at i ÷ rate: an absolute schedule, so that lateness never adds up (k6: constant-arrival-rate). */
export function createConstantRatePacer(ratePerSecond: number): Pacer {
  return { next: ({ arrivals }) => ({ kind: 'at', atMs: (arrivals * MS_PER_SECOND) / ratePerSecond }) };
}
