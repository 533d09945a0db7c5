import { AppError } from '../errors.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Baseline, Run, RunOverview, RunState, TargetProgress } from '../model/run.ts';
import type { Window } from '../model/window.ts';
import type { RunBatch, RunEnd, Store, StoredRun } from './store.ts';

/** Records given out at a time. */
const BLOCK_RECORDS = 1_000;

interface KeptRun {
  readonly run: Run;
  state: RunState;
  /** Undefined while it runs. */
  durationMs: number | undefined;
  readonly records: Map<number, RequestRecord>;
  /** By target, then by second. */
  readonly windows: Map<number, Map<number, Window>>;
  readonly progress: Map<number, TargetProgress>;
  eventsDroppedAtIso: string | undefined;
}

/** A store that forgets with its process: for `--no-save` and for tests. */
export function createMemoryStore(): Store {
  const runs = new Map<string, KeptRun>();
  const baselines = keepBaselines();
  const begun = (runId: string): KeptRun => {
    const kept = runs.get(runId);
    if (kept === undefined) throw new Error(`run ${runId} was not begun in this store`);
    return kept;
  };
  return {
    location: 'memory:',
    async createRun(run) {
      if (runs.has(run.id)) throw new AppError('RUN_ID_TAKEN', { id: run.id, db: 'memory:' });
      runs.set(run.id, {
        run,
        state: 'running',
        durationMs: undefined,
        records: new Map(),
        windows: new Map(),
        progress: new Map(),
        eventsDroppedAtIso: undefined,
      });
    },
    async append(runId, batch) {
      addBatch(begun(runId), batch);
    },
    async setCounts(runId, counts) {
      const { records } = begun(runId);
      for (const { requestId, counted } of counts) {
        const record = records.get(requestId);
        if (record !== undefined) records.set(requestId, { ...record, counted });
      }
    },
    async finishRun(runId: string, end: RunEnd) {
      Object.assign(begun(runId), end);
    },
    async listRuns(limit) {
      return [...runs.values()].sort(compareNewestFirst).slice(0, limit).map(toOverview);
    },
    async findRun(runId) {
      const kept = runs.get(runId);
      return kept === undefined ? undefined : toStoredRun(kept);
    },
    async findGroup(groupId) {
      const newestFirst = [...runs.values()].sort(compareNewestFirst).map(({ run }) => run);
      const id = groupId ?? newestFirst.find(({ group }) => group !== undefined)?.group?.id;
      return newestFirst
        .filter(({ group }) => id !== undefined && group?.id === id)
        .map((run) => run.id)
        .reverse();
    },
    async *records(runId) {
      const records = [...(runs.get(runId)?.records.values() ?? [])].sort((a, b) => a.id - b.id);
      for (let start = 0; start < records.length; start += BLOCK_RECORDS) {
        yield records.slice(start, start + BLOCK_RECORDS);
      }
    },
    async windows(runId, targetIndex) {
      return [...(runs.get(runId)?.windows.get(targetIndex)?.values() ?? [])].sort((a, b) => a.second - b.second);
    },
    async removeRun(runId) {
      baselines.forget(runId);
      return runs.delete(runId);
    },
    async dropEvents(runIds, atIso) {
      for (const runId of runIds) dropEvents(begun(runId), atIso);
    },
    async compact() {},
    ...baselines.port,
    async close() {},
  };
}

function dropEvents(kept: KeptRun, atIso: string): void {
  kept.eventsDroppedAtIso = atIso;
  for (const [id, record] of kept.records) kept.records.set(id, { ...record, events: [] });
}

interface KeptBaselines {
  readonly port: Pick<Store, 'baselines' | 'setBaseline' | 'removeBaseline'>;
  /** The run is gone. */
  forget(runId: string): void;
}

function keepBaselines(): KeptBaselines {
  const byName = new Map<string, Baseline>();
  return {
    port: {
      baselines: async () => [...byName.values()].sort((a, b) => compareText(a.name, b.name)),
      async setBaseline(baseline) {
        byName.set(baseline.name, baseline);
      },
      removeBaseline: async (name) => byName.delete(name),
    },
    forget(runId) {
      for (const { name, runId: named } of [...byName.values()]) if (named === runId) byName.delete(name);
    },
  };
}

function addBatch(kept: KeptRun, batch: RunBatch): void {
  for (const record of batch.records) kept.records.set(record.id, record);
  for (const { targetIndex, window } of batch.windows) {
    const windows = kept.windows.get(targetIndex) ?? new Map<number, Window>();
    kept.windows.set(targetIndex, windows.set(window.second, window));
  }
  for (const progress of batch.progress) kept.progress.set(progress.targetIndex, progress);
}

/** Runs of the same millisecond stand by their id, so that the order never wavers. */
function compareNewestFirst(a: KeptRun, b: KeptRun): number {
  return compareText(b.run.startedAtIso, a.run.startedAtIso) || compareText(b.run.id, a.run.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function toStoredRun(kept: KeptRun): StoredRun {
  const progress = [...kept.progress.values()].sort((a, b) => a.targetIndex - b.targetIndex);
  const { run, state, eventsDroppedAtIso } = kept;
  return { run, state, durationMs: durationMs(kept), progress, eventsDroppedAtIso };
}

function toOverview(kept: KeptRun): RunOverview {
  const { run } = kept;
  const measured = [...kept.records.values()].filter((record) => record.phase === 'measure');
  const count = (kind: string): number => measured.filter((record) => record.outcome.kind === kind).length;
  return {
    id: run.id,
    state: kept.state,
    startedAtIso: run.startedAtIso,
    durationMs: durationMs(kept),
    providers: [...new Set(run.plan.targets.map((target) => target.provider))],
    models: [...new Set(run.plan.targets.map((target) => target.model))],
    labels: run.labels,
    importedFrom: run.imported?.tool,
    requests: measured.length,
    completed: count('completed'),
    failed: count('failed'),
  };
}

function durationMs(kept: KeptRun): number {
  if (kept.durationMs !== undefined) return kept.durationMs;
  return [...kept.records.values()].reduce((latest, { instants }) => Math.max(latest, instants.endedAtMs), 0);
}
