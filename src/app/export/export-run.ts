import { AppError } from '../../errors.ts';
import { judgeThresholds, type ThresholdVerdict } from '../../metrics/judge-thresholds.ts';
import { createTargetTally } from '../../metrics/summary.ts';
import type { Threshold } from '../../metrics/threshold.ts';
import { thresholdsOf } from '../../metrics/thresholds-of-plan.ts';
import type { Run } from '../../model/run.ts';
import type { Store, StoredRun } from '../../store/store.ts';
import { concludeTargets } from '../conclude.ts';
import type { AppContext } from '../context.ts';
import { findRunId } from '../find-run-id.ts';
import type { ExportTarget, OpenTarget } from './export-target.ts';
import { checkWritable, type Output, openOutput } from './output-file.ts';
import { openParquetSinks } from './parquet-sinks.ts';
import {
  type Conclusion,
  csvSink,
  type ExportSink,
  htmlSink,
  jsonLinesSink,
  jsonSink,
  junitSink,
  markdownSink,
} from './sinks.ts';

export interface ExportOptions {
  readonly targets: readonly ExportTarget[];
  /** Empty: those that the run brings along. */
  readonly thresholds: readonly Threshold[];
  readonly stdout: (text: string) => Promise<void>;
}

export interface Exported {
  readonly runId: string;
  /** Files in the order in which they were asked for. */
  readonly files: readonly string[];
  readonly verdict: ThresholdVerdict | undefined;
}

/** Writes a stored run. `runId`: an id or the name of a baseline; undefined: the newest. Rejects with RUN_NOT_FOUND, NO_RUNS, FILE_NOT_WRITTEN or STORE_*. */
export async function exportStored(
  context: AppContext,
  { db, runId, ...options }: ExportOptions & { readonly db: string; readonly runId: string | undefined },
): Promise<Exported> {
  await checkPlaces(options.targets);
  const store = await context.openStore(db, 'read');
  try {
    return await exportRun(store, await findRunId(store, runId), options);
  } finally {
    await store.close();
  }
}

/** Whether all could be written, before anything is read or measured. Rejects with FILE_NOT_WRITTEN. */
export async function checkPlaces(targets: readonly ExportTarget[]): Promise<void> {
  for (const { file } of targets) if (file !== undefined) await checkWritable(file);
}

/** The same of a store that is open. Its records are read once, whatever is written, and never held at once. */
export async function exportRun(store: Store, runId: string, options: ExportOptions): Promise<Exported> {
  const stored = await store.findRun(runId);
  if (stored === undefined) throw new AppError('RUN_NOT_FOUND', { id: runId, db: store.location });
  const opened: OpenTarget[] = [];
  try {
    for (const target of options.targets) opened.push(await openTarget(target, stored, options));
    const conclusion = await passThrough(store, stored, { sinks: opened.flatMap(({ sinks }) => sinks), options });
    for (const { commit } of opened) await commit();
    return { runId, files: opened.flatMap(({ files }) => files), verdict: conclusion.verdict };
  } catch (error) {
    for (const { discard } of opened) await discard();
    throw error;
  }
}

async function passThrough(
  store: Store,
  stored: StoredRun,
  { sinks, options }: { readonly sinks: readonly ExportSink[]; readonly options: ExportOptions },
): Promise<Conclusion> {
  const { run, state, durationMs, progress } = stored;
  const tallies = run.plan.targets.map((_, index) => createTargetTally(run.plan, index));
  for await (const block of store.records(run.id)) {
    for (const record of block) tallies[record.targetIndex]?.add(record);
    for (const sink of sinks) await sink.add(block);
  }
  const targets = concludeTargets(tallies, stored);
  const thresholds = options.thresholds.length > 0 ? options.thresholds : thresholdsOf(run.plan);
  const verdict = judgeThresholds(thresholds, targets);
  const conclusion = { result: { run, state, durationMs, targets }, progress, verdict };
  for (const sink of sinks) await sink.end(conclusion);
  return conclusion;
}

async function openTarget(target: ExportTarget, { run }: StoredRun, { stdout }: ExportOptions): Promise<OpenTarget> {
  if (target.format === 'parquet') return openParquetSinks(run, target);
  const { file } = target;
  const out = file === undefined ? onStdout(stdout) : await openOutput(file);
  const { commit, discard } = out;
  return { sinks: [await sinkFor(target, run, out)], files: file === undefined ? [] : [file], commit, discard };
}

function onStdout(write: (text: string) => Promise<void>): Output {
  return { write, commit: async () => undefined, discard: async () => undefined };
}

async function sinkFor({ format, table }: ExportTarget, run: Run, out: Output): Promise<ExportSink> {
  switch (format) {
    case 'json':
      return jsonSink(run, out);
    case 'jsonl':
      return jsonLinesSink(run, out);
    case 'csv':
      return csvSink(run, out, table ?? 'requests');
    case 'markdown':
      return markdownSink(out);
    case 'junit':
      return junitSink(out);
    case 'html':
      return htmlSink(run, out);
    case 'parquet':
      throw new Error(`no sink for ${format}`);
  }
}
