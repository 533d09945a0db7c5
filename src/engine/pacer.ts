import type { Milliseconds } from '../model/units.ts';

/** Where a phase stands. */
export interface PacerState {
  /** Since the phase's start. */
  readonly elapsedMs: Milliseconds;
  /** Arrivals of this shard so far, dropped ones included: the number of the next one. Never falls. */
  readonly arrivals: number;
  /** Clients that are waiting for an answer, a retry or the end of their pause. */
  readonly busy: number;
}

/** `at`: the next request is due at that time of the phase. `answer`: ask again when a client has become free. */
export type Pace = { readonly kind: 'at'; readonly atMs: Milliseconds } | { readonly kind: 'answer' };

/**
 * Decides when the next request starts, and nothing else: it has no clock, so its tests need none. Asking twice in the same
 * state gives the same answer.
 */
export interface Pacer {
  next(state: PacerState): Pace;
}
