import type { Load } from '../../model/load.ts';
import type { Random } from '../../random.ts';
import type { Pacer } from '../pacer.ts';
import { type Shard, WHOLE_RUN } from '../shard.ts';
import { createClosedLoopPacer } from './closed-loop.ts';
import { createConstantRatePacer } from './constant-rate.ts';
import { createPoissonPacer } from './poisson.ts';

/** The pacer for a shard's load. `random` is used by loads with chance in them. */
export function createPacer(load: Load, random: Random, shard: Shard = WHOLE_RUN): Pacer {
  if (load.kind === 'closed-loop') return createClosedLoopPacer(load.concurrency);
  if (load.arrival === 'constant') return createConstantRatePacer(load.ratePerSecond, shard);
  return createPoissonPacer(load.ratePerSecond, random, shard);
}
