import type { Milliseconds } from './units.ts';

/** How requests arrive. Closed loop: a fixed number of clients, each waiting for its answer. Open loop: arrivals wait for nobody. */
export type Load =
  | {
      readonly kind: 'closed-loop';
      /** Requests in flight, at least 1. */
      readonly concurrency: number;
      /** Pause of each client between an answer and its next request. */
      readonly requestDelayMs: Milliseconds;
    }
  | {
      readonly kind: 'open-loop';
      /** `constant`: equal gaps. `poisson`: exponential gaps. */
      readonly arrival: 'constant' | 'poisson';
      /** Mean arrivals per second and target, above 0. */
      readonly ratePerSecond: number;
      /** Arrivals above this ceiling are dropped and counted; undefined: no ceiling. */
      readonly maxInFlight: number | undefined;
    };

/** When a target's measured phase stops sending: at whichever comes first. At least one is given. */
export interface StopRule {
  /** First attempts to send per target. */
  readonly requests: number | undefined;
  readonly durationMs: Milliseconds | undefined;
}

/** `warmup` requests are recorded but left out of every metric; in `drain` nothing is sent and answers are awaited. */
export type Phase = 'warmup' | 'measure' | 'drain';
