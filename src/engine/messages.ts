import type { Origin } from '../clock.ts';
import type { Quirks } from '../dialects/dialect.ts';
import type { Plan } from '../model/plan.ts';
import type { ProxyRules } from '../model/proxy.ts';
import type { WorkloadItems } from '../model/recipe.ts';
import type { TargetProgress } from '../model/run.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import type { PackedRecords } from './batch.ts';
import type { Shard } from './shard.ts';

/** All that a measuring thread needs, as one message that can also go to another machine. Holds secrets. */
export interface MeasuringOrder {
  readonly plan: Plan;
  /** Which part of the plan's load is run here. */
  readonly shard: Shard;
  readonly items: WorkloadItems;
  /** By target, as in the plan. */
  readonly credentials: readonly Credentials[];
  /** The run's zero, so that all threads stamp on one scale. */
  readonly origin: Origin;
  readonly userAgent: string;
  /** What the requests go through. Holds secrets. */
  readonly proxies: ProxyRules;
}

/** What the warm-up's first request found out, for all shards: it is sent by one of them alone. */
export interface Findings {
  /** Whether the warm-up has other requests to send. */
  readonly goesOn: boolean;
  readonly quirks: Quirks;
  /** The most that a cost was above its worst case, as a factor. */
  readonly excess: number;
}

/** Counts of one target that a live view needs before its records are there. */
export interface LiveCounts {
  readonly targetIndex: number;
  readonly phase: 'waiting' | 'warmup' | 'measure' | 'cooldown' | 'drain' | 'over';
  /** Of the measured phase, in flight ones included. */
  readonly started: number;
  readonly ended: number;
  readonly inFlight: number;
  readonly dropped: number;
}

/** How a shard stands with its part of the budget, in US dollars. */
export interface MoneyReport {
  /** Given back so far, of all that it was given. */
  readonly returnedUsd: number;
  readonly spentUsd: number;
  /** The dearest that the request may cost which waits; 0: none waits. */
  readonly neededUsd: number;
  /** What it would like to have besides what it has. */
  readonly lackingUsd: number;
}

/** From a measuring thread. `end` is the last. */
export type MeasuringReport =
  /** Comes every quarter of a second, also when nothing has happened. */
  | {
      readonly type: 'batch';
      readonly records: PackedRecords;
      readonly progress: readonly TargetProgress[];
      readonly live: readonly LiveCounts[];
    }
  /** A step is done. `findings` only of a probe. */
  | { readonly type: 'step'; readonly targetIndex: number; readonly findings: Findings | undefined }
  | { readonly type: 'money'; readonly money: MoneyReport }
  /** `isCutShort`: the budget ended it before its plan. */
  | { readonly type: 'end'; readonly isCutShort: boolean };

/** A part of one target's run. One at a time for each target; a `step` report answers it. */
export type MeasuringStep =
  /** The warm-up's first request: only one shard sends it. */
  | { readonly type: 'probe'; readonly targetIndex: number }
  /** The shard's part of the rest of the warm-up, as the probe found the server to be. */
  | { readonly type: 'warmup'; readonly targetIndex: number; readonly findings: Findings }
  /** The shard's part of the measured load, from that instant on; undefined: at once. */
  | { readonly type: 'measure'; readonly targetIndex: number; readonly startAtMs: Milliseconds | undefined };

/** To a measuring thread. */
export type MeasuringCommand =
  | MeasuringStep
  /** There are no more steps: send the rest, and end. */
  | { readonly type: 'finish' }
  /** Send nothing more, and cancel what is still in flight after `graceMs` (0: now). */
  | { readonly type: 'stop'; readonly graceMs: Milliseconds }
  /** Send what is still to be sent to one target with these: the ones before expire. Holds secrets. */
  | { readonly type: 'credentials'; readonly targetIndex: number; readonly credentials: Credentials }
  /** It may spend so much more. `isLast`: there is no more, and nobody to ask. */
  | { readonly type: 'grant'; readonly usd: number; readonly isLast: boolean }
  /** Nothing that may cost so much can be paid any more, whatever comes free. */
  | { readonly type: 'refusal'; readonly usd: number }
  /** Give back money that lies idle, for another shard lacks it. A `money` report answers it. */
  | { readonly type: 'recall' };
