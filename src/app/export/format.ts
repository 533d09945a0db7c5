import { AppError } from '../../errors.ts';

/** What a run can be written as. */
export const EXPORT_FORMATS = ['json', 'jsonl', 'csv', 'parquet', 'markdown', 'junit', 'html'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What a table of rows can be made of; `requests` is one row an attempt. */
export const EXPORT_TABLES = ['requests', 'token_events', 'windows'] as const;

export type ExportTableName = (typeof EXPORT_TABLES)[number];

const BY_EXTENSION: Readonly<Record<string, ExportFormat>> = {
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  parquet: 'parquet',
  md: 'markdown',
  markdown: 'markdown',
  xml: 'junit',
  html: 'html',
  htm: 'html',
};

/** The format that a file's name asks for. Throws FLAG_INVALID when its extension names none. */
export function formatOfFile(file: string, flag: string, command: string): ExportFormat {
  const extension = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  const format = extension === undefined ? undefined : BY_EXTENSION[extension];
  if (format !== undefined) return format;
  const known = Object.keys(BY_EXTENSION).map((each) => `.${each}`);
  const problem = `"${file}" has no extension that names a format; there are ${known.join(', ')}`;
  throw new AppError('FLAG_INVALID', { flag, problem, command });
}
