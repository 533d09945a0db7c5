import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { recordsOf } from '../contract/from-run-document.ts';
import type { RunDocument } from '../contract/run-document.ts';
import { runDocumentSchema } from '../contract/run-document-schema.ts';
import { AppError } from '../errors.ts';
import { type ComparedRun, compareRuns, type RunComparison } from '../metrics/run-comparison.ts';
import { createTargetTally } from '../metrics/summary.ts';
import { createSampleTally } from '../metrics/target-samples.ts';
import type { Plan } from '../model/plan.ts';
import type { Target } from '../model/target.ts';
import { createRandom } from '../random.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';
import { findRunId } from './find-run-id.ts';

export interface CompareInput {
  /** Ids of runs of the database, names of baselines, or files with a run's document and its requests. */
  readonly a: string;
  readonly b: string;
  /** Only these, one of A and one of B, each by `provider/model`, provider or model; undefined: all that go together. */
  readonly targets: readonly [string, string] | undefined;
  readonly db: string;
  /** Smallest relative change that counts: 0.05 is 5 %. */
  readonly minEffect: number;
}

/** The same bootstrap for the same runs, whenever they are compared. */
const BOOTSTRAP_SEED = 1;

/** Compares two runs, or two targets of one. Rejects with RUN_NOT_FOUND, TARGET_NOT_FOUND, FILE_UNREADABLE, DOCUMENT_UNUSABLE, NOTHING_TO_COMPARE or STORE_*. */
export async function compare(context: AppContext, input: CompareInput): Promise<RunComparison> {
  const opened: { store: Store | undefined } = { store: undefined };
  const load = async (label: string): Promise<ComparedRun> => {
    if (isFile(label)) return ofDocument(label, await readDocument(label));
    opened.store ??= await context.openStore(input.db, 'read');
    return ofStored(label, opened.store);
  };
  const rules = { minEffect: input.minEffect, random: createRandom(BOOTSTRAP_SEED, 'bootstrap').next };
  try {
    const [nameA, nameB] = input.targets ?? [];
    const a = onlyTarget(await load(input.a), nameA);
    const b = onlyTarget(await load(input.b), nameB);
    const comparison = compareRuns(a, b, rules);
    if (comparison.targets.length === 0) throw nothingInCommon(comparison);
    return comparison;
  } finally {
    await opened.store?.close();
  }
}

/** A run with one of its targets; all of them where no name is given. */
function onlyTarget(run: ComparedRun, name: string | undefined): ComparedRun {
  if (name === undefined) return run;
  const named = run.targets.filter(({ target }) => namesOf(target).includes(name));
  if (named.length === 1) return { ...run, targets: named };
  const targets = run.targets.map(({ target }) => namesOf(target)[0]).join(', ');
  throw new AppError('TARGET_NOT_FOUND', { name, count: String(named.length), run: run.label, targets });
}

function namesOf({ provider, model }: Target): readonly string[] {
  return [`${provider}/${model}`, provider, model];
}

function nothingInCommon({ onlyInA, onlyInB }: RunComparison): AppError {
  const names = (targets: RunComparison['onlyInA']): string =>
    targets.map(({ provider, model }) => `${provider} ${model}`).join(', ');
  return new AppError('NOTHING_TO_COMPARE', { a: names(onlyInA), b: names(onlyInB) });
}

/** An id of a run cannot hold a slash, and nobody names one like a file that is there. */
export function isFile(label: string): boolean {
  return /[/\\]|\.json$/.test(label) || existsSync(label);
}

/** Rejects with FILE_UNREADABLE or DOCUMENT_UNUSABLE. */
export async function readDocument(file: string): Promise<RunDocument> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('FILE_UNREADABLE', { file, reason: (error as Error).message }, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('DOCUMENT_UNUSABLE', { file, problem: 'it is not JSON' }, { cause: error });
  }
  const parsed = runDocumentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new AppError('DOCUMENT_UNUSABLE', { file, problem: `${issue?.message ?? 'not of the schema'}${place}` });
}

function ofDocument(label: string, document: RunDocument): ComparedRun {
  const { run, plan } = document;
  const records = recordsOf(document);
  if (records === undefined)
    throw new AppError('DOCUMENT_UNUSABLE', { file: label, problem: 'its requests are missing' });
  const tallies = plan.targets.map((_, index) => createSampleTally(plan, index));
  for (const record of records) tallies[record.targetIndex]?.add(record);
  return {
    label,
    id: run.id,
    startedAtIso: run.startedAt,
    state: run.state,
    version: run.version,
    metricsVersion: run.metricsVersion,
    plan,
    environment: { calibration: undefined, ...run.environment },
    importedFrom: document.run.imported?.tool,
    targets: document.targets.flatMap((shown) => {
      const index = indexIn(plan, shown);
      const [target, tally] = [plan.targets[index], tallies[index]];
      if (target === undefined || tally === undefined) return [];
      const invalid = shown.validity.filter(({ level }) => level === 'invalid').map(({ text }) => text);
      return [{ target, samples: tally.samples(), invalid }];
    }),
  };
}

function indexIn(plan: Plan, of: { readonly provider: string; readonly model: string }): number {
  return plan.targets.findIndex(({ provider, model }) => provider === of.provider && model === of.model);
}

async function ofStored(label: string, store: Store): Promise<ComparedRun> {
  const id = await findRunId(store, label);
  const stored = await store.findRun(id);
  if (stored === undefined) throw new AppError('RUN_NOT_FOUND', { id: label, db: store.location });
  const { run, progress } = stored;
  if ((run.imported?.figures.length ?? 0) > 0) {
    const problem = `it was imported from ${run.imported?.tool} without requests; report show has its figures`;
    throw new AppError('DOCUMENT_UNUSABLE', { file: label, problem });
  }
  const tallies = run.plan.targets.map((target, index) => ({
    target,
    summary: createTargetTally(run.plan, index),
    samples: createSampleTally(run.plan, index),
  }));
  for await (const block of store.records(id)) {
    for (const record of block) {
      tallies[record.targetIndex]?.summary.add(record);
      tallies[record.targetIndex]?.samples.add(record);
    }
  }
  return {
    label,
    id: run.id,
    startedAtIso: run.startedAtIso,
    state: stored.state,
    version: run.version,
    metricsVersion: run.metricsVersion,
    plan: run.plan,
    environment: run.environment,
    importedFrom: run.imported?.tool,
    targets: tallies.map(({ target, summary, samples }, index) => ({
      target,
      samples: samples.samples(),
      invalid: summary
        .summarize(progress.find((one) => one.targetIndex === index))
        .validity.filter(({ level }) => level === 'invalid')
        .map(({ text }) => text),
    })),
  };
}
