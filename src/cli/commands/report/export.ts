import { exportStored } from '../../../app/export/export-run.ts';
import type { ExportTarget } from '../../../app/export/export-target.ts';
import { type ExportFormat, type ExportTableName, formatOfFile } from '../../../app/export/format.ts';
import { AppError } from '../../../errors.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { readThresholds } from '../../flags/values.ts';
import { say, writeResult } from '../../output/streams.ts';

export interface ExportFlags {
  readonly format?: ExportFormat;
  readonly output?: readonly string[];
  readonly table?: ExportTableName;
  readonly failIf?: readonly string[];
  readonly db?: string;
}

/** `report export ID`: one stored run as files for people, programs and CI. */
export const reportExport: Command<ExportFlags> = async (flags, context, [runId]) => {
  const { files, verdict } = await exportStored(context.createApp(context.settings.logLevel), {
    db: flags.db ?? context.settings.db,
    runId,
    targets: readTargets(flags),
    thresholds: readThresholds(flags.failIf, 'report export'),
    stdout: writeResult,
  });
  for (const file of files) say(`wrote ${file}`);
  // A run brings its own conditions along; only those that are asked for now decide the exit code.
  return flags.failIf !== undefined && verdict?.isPassed === false ? EXIT.failedCheck : EXIT.ok;
};

/** Each file by its extension, unless `--format` says it for a single one; without a file to stdout. */
function readTargets({ format, output = [], table }: ExportFlags): readonly ExportTarget[] {
  if (output.length === 0 || (output.length === 1 && output[0] === '-')) {
    if (format === undefined) {
      throw new AppError('FLAG_MISSING', { flag: '--output', hint: 'name a file, as -o run.html, or a --format' });
    }
    return [{ file: undefined, format, table }];
  }
  if (format !== undefined && output.length > 1) {
    throw new AppError('FLAGS_CONFLICT', {
      first: '--format',
      second: 'several --output',
      hint: 'let the extensions say it: .json, .jsonl, .csv, .parquet, .md, .xml, .html',
    });
  }
  return output.map((file) => ({ file, format: format ?? formatOfFile(file, '--output', 'report export'), table }));
}
