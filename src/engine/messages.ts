import type { Origin } from '../clock.ts';
import type { Plan } from '../model/plan.ts';
import type { TargetProgress } from '../model/run.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import type { WorkloadItems } from '../model/workload.ts';
import type { PackedRecords } from './batch.ts';

/** All that a measuring thread needs, as one message that can also go to another machine. Holds secrets. */
export interface MeasuringOrder {
  readonly plan: Plan;
  readonly items: WorkloadItems;
  /** By target, as in the plan. */
  readonly credentials: readonly Credentials[];
  /** The run's zero, so that all threads stamp on one scale. */
  readonly origin: Origin;
  readonly userAgent: string;
}

/** Counts of one target that a live view needs before its records are there. */
export interface LiveCounts {
  readonly targetIndex: number;
  readonly phase: 'waiting' | 'warmup' | 'measure' | 'drain' | 'over';
  /** Of the measured phase, in flight ones included. */
  readonly started: number;
  readonly ended: number;
  readonly inFlight: number;
  readonly dropped: number;
}

/** From the measuring thread. `end` is the last. */
export type MeasuringReport =
  | {
      readonly type: 'batch';
      readonly records: PackedRecords;
      readonly progress: readonly TargetProgress[];
      readonly live: readonly LiveCounts[];
    }
  /** `isCutShort`: the budget ended it before its plan. */
  | { readonly type: 'end'; readonly isCutShort: boolean };

/** To the measuring thread. */
export type MeasuringCommand =
  /** Send nothing more, and cancel what is still in flight after `graceMs` (0: now). */
  | { readonly type: 'stop'; readonly graceMs: Milliseconds }
  /** Send what is still to be sent to one target with these: the ones before expire. Holds secrets. */
  | { readonly type: 'credentials'; readonly targetIndex: number; readonly credentials: Credentials };
