import type { Load } from '../../model/load.ts';
import type { Milliseconds } from '../../model/units.ts';
import type { Random } from '../../random.ts';
import type { Pacer } from '../pacer.ts';
import { type Shard, WHOLE_RUN } from '../shard.ts';
import { createClosedLoopPacer, createStagedClientsPacer } from './closed-loop.ts';
import { unitScheduleOf } from './gap-law.ts';
import { createOpenLoopPacer } from './open-loop.ts';
import { createTracePacer } from './trace.ts';

/** What a load takes its arrivals from, beside itself. */
export interface PacerInput {
  /** For laws with chance in them; the same for all shards. */
  readonly random: Random;
  readonly shard?: Shard;
  /** Of a trace, ascending, from its first arrival. */
  readonly arrivesAtMs?: ArrayLike<Milliseconds> | undefined;
}

/** The pacer for a shard's load, as `loadOfShard` gives it. */
export function createPacer(load: Load, { random, shard = WHOLE_RUN, arrivesAtMs = [] }: PacerInput): Pacer {
  switch (load.kind) {
    case 'closed-loop':
      if (load.stages.length === 0) return createClosedLoopPacer(load.concurrency);
      return createStagedClientsPacer({ stages: load.stages, held: load.concurrency }, shard);
    case 'open-loop': {
      const profile = { stages: load.stages, held: load.ratePerSecond };
      return createOpenLoopPacer(unitScheduleOf(load.arrival, random), profile, shard);
    }
    case 'trace':
      return createTracePacer(arrivesAtMs, load.speed, shard);
  }
}
