import { toComparisonDocument } from '../../contract/comparison-document.ts';
import { recordsOf } from '../../contract/from-run-document.ts';
import { AppError } from '../../errors.ts';
import type { RunComparison } from '../../metrics/run-comparison.ts';
import { createTargetTally } from '../../metrics/summary.ts';
import type { RequestRecord } from '../../model/record.ts';
import { renderComparisonMarkdown } from '../../report/comparison-markdown.ts';
import type { ComparedPage } from '../../report/html/comparison-page.ts';
import { renderComparisonJunit } from '../../report/junit.ts';
import type { StoredRun } from '../../store/store.ts';
import { type CompareInput, isFile, readDocument } from '../compare-runs.ts';
import { concludeTargets } from '../conclude.ts';
import type { AppContext } from '../context.ts';
import { findRunId } from '../find-run-id.ts';
import type { ExportFormat } from './format.ts';
import { openOutput } from './output-file.ts';

/** A file for a comparison. Tables of rows are of one run only. */
export interface ComparisonFile {
  readonly file: string;
  readonly format: ExportFormat;
}

/** Writes what was concluded of two runs. Rejects with FLAG_INVALID (a format for single runs), FILE_NOT_WRITTEN or STORE_*. */
export async function writeComparison(
  context: AppContext,
  {
    comparison,
    input,
    files,
  }: {
    readonly comparison: RunComparison;
    readonly input: Pick<CompareInput, 'a' | 'b' | 'db'>;
    readonly files: readonly ComparisonFile[];
  },
): Promise<void> {
  for (const { file, format } of files) {
    const text = await render(context, { comparison, input, format });
    const out = await openOutput(file);
    try {
      await out.write(text);
      await out.commit();
    } catch (error) {
      await out.discard();
      throw error;
    }
  }
}

async function render(
  context: AppContext,
  {
    comparison,
    input,
    format,
  }: {
    readonly comparison: RunComparison;
    readonly input: Pick<CompareInput, 'a' | 'b' | 'db'>;
    readonly format: ExportFormat;
  },
): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(toComparisonDocument(comparison), undefined, 2)}\n`;
    case 'markdown':
      return renderComparisonMarkdown(comparison);
    case 'junit':
      return renderComparisonJunit(comparison);
    case 'html': {
      const { renderComparisonPage } = await import('../../report/html/comparison-page.ts');
      const [a, b] = [await loadPage(context, input.a, input.db), await loadPage(context, input.b, input.db)];
      return renderComparisonPage({ comparison, a, b });
    }
    default: {
      const problem = `a comparison has no ${format}; it can be .json, .md, .xml or .html`;
      throw new AppError('FLAG_INVALID', { flag: '--export', problem, command: 'compare' });
    }
  }
}

/** One side with its pictures, from the database or from a file with its requests. */
async function loadPage(context: AppContext, label: string, db: string): Promise<ComparedPage> {
  if (isFile(label)) {
    const document = await readDocument(label);
    const { id, startedAt, version, metricsVersion, environment, durationMs, state } = document.run;
    const run = {
      id,
      startedAtIso: startedAt,
      version,
      metricsVersion,
      environment: { calibration: undefined, ...environment },
      plan: document.plan,
      group: undefined,
      labels: [],
      imported: undefined,
    };
    return conclude({ run, state, durationMs, progress: [], eventsDroppedAtIso: undefined }, [
      recordsOf(document) ?? [],
    ]);
  }
  const store = await context.openStore(db, 'read');
  try {
    const id = await findRunId(store, label);
    const stored = await store.findRun(id);
    if (stored === undefined) throw new AppError('RUN_NOT_FOUND', { id: label, db: store.location });
    return await conclude(stored, store.records(id));
  } finally {
    await store.close();
  }
}

async function conclude(
  stored: StoredRun,
  blocks: AsyncIterable<readonly RequestRecord[]> | Iterable<readonly RequestRecord[]>,
): Promise<ComparedPage> {
  const { createPictureTally } = await import('../../report/html/gather.ts');
  const { run, state, durationMs, progress } = stored;
  const pictures = createPictureTally(run.plan);
  const tallies = run.plan.targets.map((_, index) => createTargetTally(run.plan, index));
  for await (const block of blocks) {
    for (const record of block) {
      tallies[record.targetIndex]?.add(record);
      pictures.add(record);
    }
  }
  const targets = concludeTargets(tallies, stored);
  return { run, state, durationMs, progress, targets, pictures: pictures.pictures() };
}
