import { rename, rm } from 'node:fs/promises';
import { AppError } from '../../errors.ts';
import type { Run } from '../../model/run.ts';
import { openParquet } from '../../store/open.ts';
import type { ExportTarget, OpenTarget } from './export-target.ts';
import { EXPORT_TABLES, type ExportTableName } from './format.ts';
import { guard, placeFor } from './output-file.ts';
import { tableSink } from './sinks.ts';
import { TABLE_COLUMNS } from './tables.ts';

/** One table into the file itself, or all of them into files named after it: `run.requests.parquet` and so on. */
export async function openParquetSinks(run: Run, { file, table }: ExportTarget): Promise<OpenTarget> {
  if (file === undefined) {
    throw new AppError('FLAG_MISSING', { flag: '--output', hint: 'Parquet needs a file: -o run.parquet' });
  }
  const tables = table === undefined ? EXPORT_TABLES : [table];
  const places = await Promise.all(
    tables.map(async (name) => {
      const wanted = table === undefined ? fileOfTable(file, name) : file;
      return { name, wanted, ...(await placeFor(wanted)) };
    }),
  );
  const columns = tables.map((name) => ({ name, columns: TABLE_COLUMNS[name] }));
  const writer = await guard(file, () => openParquet(file, columns));
  return {
    sinks: tables.map((name) => tableSink(run, name, { write: (rows) => writer.append(name, rows) })),
    files: places.map(({ wanted }) => wanted),
    async commit() {
      for (const { name, wanted, path, isReplaced } of places) {
        await guardDuckDb(wanted, () => writer.write(name, path));
        if (isReplaced !== undefined) await guard(wanted, () => rename(path, isReplaced));
      }
      await writer.close();
    },
    async discard() {
      await writer.close().catch(() => undefined);
      for (const { path, isReplaced } of places) if (isReplaced !== undefined) await rm(path, { force: true });
    },
  };
}

/** `run.parquet` and `requests` → `run.requests.parquet`. */
export function fileOfTable(file: string, table: ExportTableName): string {
  return /\.parquet$/i.test(file) ? file.replace(/\.parquet$/i, `.${table}.parquet`) : `${file}.${table}.parquet`;
}

async function guardDuckDb(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new AppError('FILE_NOT_WRITTEN', { file, reason }, { cause: error });
  }
}
