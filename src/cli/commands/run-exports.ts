import type { AppContext } from '../../app/context.ts';
import { checkPlaces, exportStored } from '../../app/export/export-run.ts';
import type { ExportTarget } from '../../app/export/export-target.ts';
import { formatOfFile } from '../../app/export/format.ts';
import { AppError } from '../../errors.ts';
import type { Threshold } from '../../metrics/threshold.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { writeResult } from '../output/streams.ts';

/** Files that a run is written to when it is over. Rejects before it begins: with FLAG_INVALID, FLAGS_CONFLICT or FILE_NOT_WRITTEN. */
export async function readExports(flags: Pick<RunFlags, 'export' | 'save'>): Promise<readonly ExportTarget[]> {
  const files = flags.export ?? [];
  if (files.length > 0 && !flags.save) {
    const hint = 'files are written from the database; leave --no-save out, or name a --db of its own';
    throw new AppError('FLAGS_CONFLICT', { first: '--export', second: '--no-save', hint });
  }
  const targets = files.map((file) => ({ file, format: formatOfFile(file, '--export', 'run'), table: undefined }));
  await checkPlaces(targets);
  return targets;
}

/** Writes a run that is over; resolves to the files. Rejects with FILE_NOT_WRITTEN or STORE_*. */
export async function writeExports(
  app: AppContext,
  run: { readonly db: string; readonly runId: string },
  { targets, thresholds }: { readonly targets: readonly ExportTarget[]; readonly thresholds: readonly Threshold[] },
): Promise<readonly string[]> {
  if (targets.length === 0) return [];
  return (await exportStored(app, { ...run, targets, thresholds, stdout: writeResult })).files;
}
