import type { ExportFormat, ExportTableName } from './format.ts';
import type { ExportSink } from './sinks.ts';

/** One thing to write. */
export interface ExportTarget {
  /** Undefined: to stdout, which Parquet cannot go to. */
  readonly file: string | undefined;
  readonly format: ExportFormat;
  /** For CSV and Parquet; undefined: requests in CSV, a file for each table in Parquet. */
  readonly table: ExportTableName | undefined;
}

/** Something that is being written. */
export interface OpenTarget {
  readonly sinks: readonly ExportSink[];
  readonly files: readonly string[];
  readonly commit: () => Promise<void>;
  readonly discard: () => Promise<void>;
}
