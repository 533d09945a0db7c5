import type { ClientEvidence } from './calibration.ts';
import type { ImportOrigin, ImportTool } from './imported.ts';
import type { Plan } from './plan.ts';
import type { JsonObject, Milliseconds, Ratio } from './units.ts';

/**
 * `running` only while its process lives. `completed`: the plan ran to its end. `interrupted`: the user or a crash ended it early.
 * `cancelled`: its owner called it off. `over-budget`: the next request could have passed the plan's cap. `failed`: our own side broke. All but `running` are final.
 */
export type RunState = 'running' | 'completed' | 'interrupted' | 'cancelled' | 'over-budget' | 'failed';

/** The machine and software that measured. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  /** The HTTP client on the measuring path, with its version. */
  readonly transport: string;
  /** What was known of this very client; undefined: it was not calibrated. */
  readonly calibration: ClientEvidence | undefined;
}

/** Makes a run one step of a sweep or a search: of several runs that are read together. */
export interface RunGroup {
  /** Letters, digits, dots, dashes and underscores; all runs of the group have it. */
  readonly id: string;
  readonly kind: 'sweep' | 'search';
  /** From 1, in the order in which they ran. */
  readonly step: number;
  /** Steps planned; undefined where each step decides on the next. */
  readonly steps: number | undefined;
  /** What this step set, by the name of its axis: `{ rate: 8 }`. */
  readonly values: Readonly<Record<string, number>>;
  /** What the whole group was asked for, so that it can be concluded again from the store. */
  readonly asked: JsonObject;
}

/** What is known of a run before its first request. */
export interface Run {
  readonly id: string;
  /** Wall clock at the run's start: the only one taken. */
  readonly startedAtIso: string;
  readonly version: string;
  /** Rises when a metric's definition changes; two runs with different numbers need care. */
  readonly metricsVersion: number;
  readonly plan: Plan;
  readonly environment: Environment;
  /** Undefined: a run by itself. */
  readonly group: RunGroup | undefined;
  /** What the user called it, to find it again: `nightly`. */
  readonly labels: readonly string[];
  /** Undefined: it was measured here. */
  readonly imported: ImportOrigin | undefined;
}

/** A name that stands for a run until it is given to another. */
export interface Baseline {
  readonly name: string;
  readonly runId: string;
  readonly setAtIso: string;
}

/** How well one measuring thread itself was doing while one target was measured. Unknown is what older versions did not look at. */
export interface ThreadHealth {
  /** Its place among the run's shards. */
  readonly shardIndex: number;
  /** CPU time of the thread ÷ wall time; above 0.8 the client may be the bottleneck. */
  readonly cpuRatio: Ratio | undefined;
  /** How late the event loop would have seen what happened at any instant: 1 % of instants were worse. */
  readonly eventLoopDelayP99Ms: Milliseconds | undefined;
  readonly eventLoopDelayMaxMs: Milliseconds | undefined;
  /** Time in which the thread could have run and got no core ÷ wall time. Linux only. */
  readonly cpuWaitRatio: Ratio | undefined;
  /** Mean of these waits, one each time that the thread came to run. Linux only. */
  readonly cpuWaitMeanMs: Milliseconds | undefined;
  /** Time in garbage collection ÷ wall time. */
  readonly gcRatio: Ratio | undefined;
  readonly gcPauseMaxMs: Milliseconds | undefined;
}

/** Of a thread that nothing is known of. */
export const UNKNOWN_HEALTH: Omit<ThreadHealth, 'shardIndex'> = {
  cpuRatio: undefined,
  eventLoopDelayP99Ms: undefined,
  eventLoopDelayMaxMs: undefined,
  cpuWaitRatio: undefined,
  cpuWaitMeanMs: undefined,
  gcRatio: undefined,
  gcPauseMaxMs: undefined,
};

/** One target's passage through its phases. Missing bounds have not been reached. */
export interface TargetProgress {
  readonly targetIndex: number;
  readonly measureStartAtMs: Milliseconds | undefined;
  /** The steady window's end: the load could no longer be kept up, or the time was over. */
  readonly measureEndAtMs: Milliseconds | undefined;
  readonly drainEndAtMs: Milliseconds | undefined;
  /** Arrivals not sent because the ceiling of requests in flight was reached. */
  readonly dropped: number;
  /** Of the threads that measured it, by shard. */
  readonly threads: readonly ThreadHealth[];
}

/** A line of a list of runs. Counts are of measured requests, every attempt one. */
export interface RunOverview {
  readonly id: string;
  readonly state: RunState;
  readonly startedAtIso: string;
  readonly durationMs: Milliseconds;
  /** Without repeats, in the plan's order. */
  readonly providers: readonly string[];
  readonly models: readonly string[];
  readonly labels: readonly string[];
  /** Whose result it is, if it was not measured here. */
  readonly importedFrom: ImportTool | undefined;
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
}
