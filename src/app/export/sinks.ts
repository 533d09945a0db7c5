import { toRequestDocument, toRunDocument } from '../../contract/to-run-document.ts';
import type { ThresholdVerdict } from '../../metrics/judge-thresholds.ts';
import type { RequestRecord } from '../../model/record.ts';
import type { Run, TargetProgress } from '../../model/run.ts';
import { renderRows } from '../../report/csv-rows.ts';
import { renderJunit } from '../../report/junit.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import type { RunResult } from '../result.ts';
import type { ExportTableName } from './format.ts';
import type { Output } from './output-file.ts';
import { type ExportRow, TABLE_COLUMNS, toExportEventRows, toExportRequestRow, toExportWindowRows } from './tables.ts';

/** All that is known of a run once its records are through. */
export interface Conclusion {
  readonly result: Omit<RunResult, 'records'>;
  /** Ascending by target. */
  readonly progress: readonly TargetProgress[];
  /** Undefined without conditions. */
  readonly verdict: ThresholdVerdict | undefined;
}

/** Takes a run as it comes from the store, in blocks, and never holds all of it. */
export interface ExportSink {
  add(records: readonly RequestRecord[]): Promise<void>;
  end(conclusion: Conclusion): Promise<void>;
}

/** One document; requests stand before the targets, which are known only after them. */
export function jsonSink(run: Run, out: Output): ExportSink {
  let isFirst = true;
  return {
    async add(records) {
      const texts = records.map((record) => JSON.stringify(toRequestDocument(record, run.plan)));
      await out.write(`${isFirst ? '{\n"requests": [\n' : ',\n'}${texts.join(',\n')}`);
      isFirst = false;
    },
    async end({ result, verdict }) {
      const document = toRunDocument({ ...result, verdict, records: undefined });
      // The same document, with its requests before the rest.
      const rest = JSON.stringify(document, undefined, 2).slice('{'.length);
      await out.write(`${isFirst ? '{\n"requests": [' : '\n'}],${rest}\n`);
    },
  };
}

/** A line each: the requests, and last the run with its conclusions. */
export function jsonLinesSink(run: Run, out: Output): ExportSink {
  const line = (kind: string, content: object): string => `${JSON.stringify({ kind, ...content })}\n`;
  return {
    async add(records) {
      await out.write(records.map((record) => line('request', toRequestDocument(record, run.plan))).join(''));
    },
    async end({ result, verdict }) {
      await out.write(line('run', toRunDocument({ ...result, verdict, records: undefined })));
    },
  };
}

/** Takes the rows of one table. */
export interface RowWriter {
  write(rows: readonly ExportRow[]): Promise<void>;
}

/** Rows of one table, however they are written. */
export function tableSink(run: Run, table: ExportTableName, writer: RowWriter): ExportSink {
  return {
    async add(records) {
      if (table === 'requests') {
        await writer.write(records.map((record) => toExportRequestRow(run.id, record, run.plan)));
      } else if (table === 'token_events') {
        await writer.write(records.flatMap((record) => toExportEventRows(run.id, record)));
      }
    },
    async end({ result, progress }) {
      if (table === 'windows') await writer.write(toExportWindowRows(run.id, result.targets, progress));
    },
  };
}

export function csvSink(run: Run, out: Output, table: ExportTableName): ExportSink {
  const columns = Object.keys(TABLE_COLUMNS[table]);
  let hasHead = false;
  const write = async (rows: readonly ExportRow[]): Promise<void> => {
    await out.write(`${hasHead ? '' : renderRows(columns, [columns])}${renderRows(columns, rows)}`);
    hasHead = true;
  };
  const rows = tableSink(run, table, { write });
  return {
    add: rows.add,
    async end(conclusion) {
      await rows.end(conclusion);
      if (!hasHead) await write([]);
    },
  };
}

/** Formats that are made from the conclusions alone. */
export function conclusionSink(out: Output, render: (conclusion: Conclusion) => string): ExportSink {
  return {
    add: async () => undefined,
    end: (conclusion) => out.write(render(conclusion)),
  };
}

export function markdownSink(out: Output): ExportSink {
  return conclusionSink(out, ({ result, verdict }) => renderMarkdown({ ...result, verdict }));
}

export function junitSink(out: Output): ExportSink {
  return conclusionSink(out, ({ result, verdict }) => renderJunit({ ...result, verdict }));
}

/** Loaded only when a page is wanted. */
export async function htmlSink(run: Run, out: Output): Promise<ExportSink> {
  const [{ createPictureTally }, { renderRunPage }] = await Promise.all([
    import('../../report/html/gather.ts'),
    import('../../report/html/run-page.ts'),
  ]);
  const tally = createPictureTally(run.plan);
  return {
    async add(records) {
      for (const record of records) tally.add(record);
    },
    async end({ result, progress, verdict }) {
      await out.write(renderRunPage({ ...result, progress, verdict, pictures: tally.pictures() }));
    },
  };
}
