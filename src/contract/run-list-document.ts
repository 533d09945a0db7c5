import type { RunOverview, RunState } from '../model/run.ts';

/** Stored runs, newest first: `report list --json`. */
export interface RunListDocument {
  readonly schema: 'llm-bench/runs/1';
  readonly runs: readonly {
    readonly id: string;
    readonly state: RunState;
    /** Wall clock, ISO 8601, UTC. */
    readonly startedAt: string;
    readonly durationMs: number;
    readonly providers: readonly string[];
    readonly models: readonly string[];
    readonly labels: readonly string[];
    /** Whose result it is, where it was not measured here; null: measured here. */
    readonly importedFrom: string | null;
    /** Of the measured phase; every attempt is one. */
    readonly requests: { readonly started: number; readonly completed: number; readonly failed: number };
  }[];
}

export function toRunListDocument(runs: readonly RunOverview[]): RunListDocument {
  return {
    schema: 'llm-bench/runs/1',
    runs: runs.map(
      ({
        id,
        state,
        startedAtIso,
        durationMs,
        providers,
        models,
        labels,
        importedFrom,
        requests,
        completed,
        failed,
      }) => ({
        id,
        state,
        startedAt: startedAtIso,
        durationMs,
        providers,
        models,
        labels,
        importedFrom: importedFrom ?? null,
        requests: { started: requests, completed, failed },
      }),
    ),
  };
}
