import type { RequestRecord } from '../model/record.ts';
import type { Baseline, Run, RunOverview, RunState, TargetProgress } from '../model/run.ts';
import type { Milliseconds } from '../model/units.ts';
import type { CountedTokens } from '../model/usage.ts';
import type { Window } from '../model/window.ts';

/** What is added to a run in one go: all of it becomes visible, or none. */
export interface RunBatch {
  readonly records: readonly RequestRecord[];
  /** Replace the window of the same target and second. */
  readonly windows: readonly { readonly targetIndex: number; readonly window: Window }[];
  /** Replace the progress of the same target. */
  readonly progress: readonly TargetProgress[];
}

/** What a tokenizer counted of one request. */
export interface RequestCount {
  readonly requestId: number;
  readonly counted: CountedTokens;
}

export interface RunEnd {
  readonly state: Exclude<RunState, 'running'>;
  readonly durationMs: Milliseconds;
}

/** A run as it was kept. A run whose process died without a word is `interrupted`; its duration is up to its last record's end. */
export interface StoredRun {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: Milliseconds;
  /** Ascending by target; a target that was not begun is missing. */
  readonly progress: readonly TargetProgress[];
  /** When its token events were removed to free space (`dropEvents`); undefined: they are there. */
  readonly eventsDroppedAtIso: string | undefined;
}

/**
 * The port: the memory of runs, in six tables (runs, providers, requests, token_events, window_metrics_1s, baselines). One suite runs over
 * every adapter. Numbers come back exactly as they went in. All methods may reject with STORE_WRITE_FAILED or STORE_UNREADABLE.
 */
export interface Store {
  /** What the user calls it: a path or URL without password. */
  readonly location: string;
  /** Begins a run. Rejects with RUN_ID_TAKEN. */
  createRun(run: Run): Promise<void>;
  /** Adds to a run that was created here, in one transaction. Once resolved, it survives the death of this process. */
  append(runId: string, batch: RunBatch): Promise<void>;
  /** Sets what a tokenizer counted, for requests that were appended here, in one transaction. */
  setCounts(runId: string, counts: readonly RequestCount[]): Promise<void>;
  finishRun(runId: string, end: RunEnd): Promise<void>;
  /** Newest first. `limit` undefined: all. Loads no records. */
  listRuns(limit: number | undefined): Promise<readonly RunOverview[]>;
  /** Undefined when there is none of that id. */
  findRun(runId: string): Promise<StoredRun | undefined>;
  /** Ids of the runs of one group, oldest first; `undefined`: of the group with the newest run. Empty when there is none. */
  findGroup(groupId: string | undefined): Promise<readonly string[]>;
  /** Records in order of their id, in blocks, so that a large run need not fit in memory. */
  records(runId: string): AsyncIterable<readonly RequestRecord[]>;
  /** Windows of one target, ascending; empty seconds included. */
  windows(runId: string, targetIndex: number): Promise<readonly Window[]>;
  /** Removes a run from all tables, baselines included, in one transaction. Returns whether it was there. */
  removeRun(runId: string): Promise<boolean>;
  /** Removes the token events of runs that have ended; their requests stay, and remember when (`eventsDroppedAtIso`). */
  dropEvents(runIds: readonly string[], atIso: string): Promise<void>;
  /** Gives back what space the engine can. */
  compact(): Promise<void>;
  /** By name. */
  baselines(): Promise<readonly Baseline[]>;
  /** The name stands for that run from now on. */
  setBaseline(baseline: Baseline): Promise<void>;
  /** Whether there was one of that name. */
  removeBaseline(name: string): Promise<boolean>;
  /** Writes out what is open; nothing may be called after it. */
  close(): Promise<void>;
}

/** What a store tells while it is at work, in lines for people. */
export interface StoreWatch {
  readonly say: (line: string) => void;
}
