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

/**
 * `at`: the next request is due at that time of the phase; infinite where the level stays 0. `answer`: ask again when a client has become free, and at `againAtMs`, when there
 * may be more of them. `over`: nothing is due any more, and at `atMs` the load ends.
 */
export type Pace =
  | { readonly kind: 'at'; readonly atMs: Milliseconds }
  | { readonly kind: 'answer'; readonly againAtMs: Milliseconds | undefined }
  | { readonly kind: 'over'; readonly atMs: Milliseconds };

/**
 * Decides when the next request starts, and nothing else: it has no clock, so its tests need none. Asking twice in the same
 * state gives the same answer. One of several shards draws the whole schedule from the same seed and takes the arrivals that are its own
 * (`placesOfShard`); of the clients of a closed loop it has its part.
 */
export interface Pacer {
  next(state: PacerState): Pace;
}
