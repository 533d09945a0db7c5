import type { LoadStage } from '../../model/load.ts';
import { type LoadProfile, levelAt, stagesMs } from '../../model/load-profile.ts';
import type { Milliseconds } from '../../model/units.ts';
import type { Pacer } from '../pacer.ts';
import { dealt, type Shard, WHOLE_RUN } from '../shard.ts';

/** A fixed number of clients, each sending again as soon as it is free (k6: constant-vus). */
export function createClosedLoopPacer(concurrency: number): Pacer {
  return {
    next: ({ elapsedMs, busy }) =>
      busy < concurrency ? { kind: 'at', atMs: elapsedMs } : { kind: 'answer', againAtMs: undefined },
  };
}

/** A level that is reached by a sum of fractions is reached. */
const ROUNDING = 1e-9;

/**
 * Clients that come and go with the level, rounded to whole ones so that their mean is the level's (k6: ramping-vus). One too many leaves
 * when it has its answer. A shard has the clients whose number is its own.
 */
export function createStagedClientsPacer(profile: LoadProfile, shard: Shard = WHOLE_RUN): Pacer {
  const endMs = stagesMs(profile.stages);
  return {
    next({ elapsedMs, busy }) {
      const clients = dealt(Math.round(levelAt(profile, elapsedMs) + ROUNDING), shard);
      if (busy < clients) return { kind: 'at', atMs: elapsedMs };
      // No answer could ever change that.
      if (clients === 0 && elapsedMs >= endMs) return { kind: 'at', atMs: Number.POSITIVE_INFINITY };
      return { kind: 'answer', againAtMs: nextRiseMs(profile.stages, elapsedMs) };
    },
  };
}

/** The earliest time after `atMs` at which there may be one client more; undefined: never again. */
function nextRiseMs(stages: readonly LoadStage[], atMs: Milliseconds): Milliseconds | undefined {
  let startMs = 0;
  for (const { from, to, durationMs } of stages) {
    const endMs = startMs + durationMs;
    if (atMs < endMs) {
      const level = from + ((to - from) * (atMs - startMs)) / durationMs;
      const next = Math.round(level + ROUNDING) + 0.5;
      return next < to ? startMs + ((next - from) / (to - from)) * durationMs : endMs;
    }
    startMs = endMs;
  }
  return undefined;
}
