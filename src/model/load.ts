import type { Milliseconds } from './units.ts';

/**
 * How requests arrive. Closed loop: clients, each waiting for its answer. Open loop: arrivals wait for nobody, at a rate. Trace: arrivals
 * wait for nobody, at the times that the workload gives.
 */
export type Load =
  | {
      readonly kind: 'closed-loop';
      /** Requests in flight, at least 1; from the end of the stages on, where there are any. */
      readonly concurrency: number;
      /** Run through first, one after the other; their level is a number of clients. Empty: the concurrency holds from the start. */
      readonly stages: readonly LoadStage[];
      /** Pause of each client between an answer and its next request. */
      readonly requestDelayMs: Milliseconds;
    }
  | {
      readonly kind: 'open-loop';
      readonly arrival: Arrival;
      /** Mean arrivals per second and target; from the end of the stages on, where there are any. Above 0, but for a load that ends at 0. */
      readonly ratePerSecond: number;
      /** Run through first, one after the other; their level is a rate per second. Empty: the rate holds from the start. */
      readonly stages: readonly LoadStage[];
      /** Arrivals above this ceiling are dropped and counted; undefined: no ceiling. */
      readonly maxInFlight: number | undefined;
    }
  | {
      readonly kind: 'trace';
      /** How many times as fast as it happened, above 0. */
      readonly speed: number;
      /** As of an open loop. */
      readonly maxInFlight: number | undefined;
    };

/** A span in which the level of a load goes from one value to another in a straight line; equal values: it stays. From 0. */
export interface LoadStage {
  readonly from: number;
  readonly to: number;
  /** Above 0. */
  readonly durationMs: Milliseconds;
}

/**
 * The law of the gaps between arrivals. `constant`: equal gaps. `poisson`: exponential gaps. `gamma`: gaps with a coefficient of variation
 * `cv` above 0; 1 is Poisson, more comes in clusters. `burst`: `size` arrivals at one instant, the groups at equal gaps. The mean is
 * always 1 ÷ rate an arrival.
 */
export type Arrival =
  | 'constant'
  | 'poisson'
  | { readonly kind: 'gamma'; readonly cv: number }
  | { readonly kind: 'burst'; readonly size: number };

/** When a target's measured phase stops sending: at whichever comes first. At least one is given. */
export interface StopRule {
  /** First attempts to send per target. */
  readonly requests: number | undefined;
  readonly durationMs: Milliseconds | undefined;
}

/** A share of the measured streams that the client gives up by plan. */
export interface Cancellation {
  /** Of first attempts, above 0 and up to 1. */
  readonly ratio: number;
  /** From a request's start. One that has its answer by then is not cancelled. */
  readonly after: TimeLaw;
}

/** A time, or how times are distributed. `normal` never goes below 0. */
export type TimeLaw =
  | { readonly kind: 'constant'; readonly ms: Milliseconds }
  | { readonly kind: 'uniform'; readonly fromMs: Milliseconds; readonly toMs: Milliseconds }
  | { readonly kind: 'normal'; readonly meanMs: Milliseconds; readonly deviationMs: Milliseconds };

/**
 * `warmup` and `cooldown` requests are recorded but left out of every metric: the load before and after what is measured. In `drain` nothing
 * is sent and answers are awaited.
 */
export type Phase = 'warmup' | 'measure' | 'cooldown' | 'drain';
