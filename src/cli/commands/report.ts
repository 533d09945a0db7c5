import { listRuns, removeRun, showRun } from '../../app/reports.ts';
import { wallClockIso } from '../../clock.ts';
import { toRunListDocument } from '../../contract/run-list-document.ts';
import { toRunDocument } from '../../contract/to-run-document.ts';
import { judgeThresholds } from '../../metrics/judge-thresholds.ts';
import { thresholdsOf } from '../../metrics/thresholds-of-plan.ts';
import type { RunState } from '../../model/run.ts';
import { renderRunList } from '../../report/run-list.ts';
import { createStyle } from '../../report/style.ts';
import { renderText } from '../../report/text.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { readSince } from '../flags/age.ts';
import { readCount, readThresholds } from '../flags/values.ts';
import { columnsOf, say, writeResult } from '../output/streams.ts';

export interface SummaryFlags {
  readonly runId?: string;
  readonly provider?: string;
  readonly db?: string;
  readonly json?: boolean;
  readonly include?: 'requests';
  readonly stats?: boolean;
  readonly histogram?: boolean;
  readonly failIf?: readonly string[];
}

/** `report summary`: one stored run, the newest by default. */
export const reportSummary: Command<SummaryFlags> = async (flags, context) => {
  const asked = readThresholds(flags.failIf, 'report summary');
  const result = await showRun(context.createApp(context.settings.logLevel), {
    db: flags.db ?? context.settings.db,
    runId: flags.runId,
    provider: flags.provider,
    withRecords: flags.include === 'requests',
  });
  // A run brings its own conditions along; only those that are asked for now decide the exit code.
  const thresholds = flags.failIf === undefined ? thresholdsOf(result.run.plan) : asked;
  const verdict = judgeThresholds(thresholds, result.targets);
  const text =
    flags.json === true
      ? JSON.stringify(toRunDocument({ ...result, verdict }), undefined, 2)
      : renderText({
          ...result,
          verdict,
          withStats: flags.stats === true,
          withHistogram: flags.histogram === true,
          style: createStyle(process.stdout),
          columns: columnsOf(process.stdout),
        });
  await writeResult(text);
  return flags.failIf !== undefined && verdict?.isPassed === false ? EXIT.failedCheck : EXIT.ok;
};

export interface ListFlags {
  readonly limit?: string;
  readonly state?: RunState;
  readonly target?: string;
  readonly since?: string;
  readonly label?: string;
  readonly db?: string;
  readonly json?: boolean;
}

/** `report list`: the stored runs, newest first. */
export const reportList: Command<ListFlags> = async (flags, context) => {
  const { state, target, since, label } = flags;
  const limit = flags.limit === undefined ? undefined : readCount(flags.limit, '--limit');
  const where = { flag: '--since', command: 'report list' };
  const sinceIso = since === undefined ? undefined : readSince(since, wallClockIso(), where);
  const app = context.createApp(context.settings.logLevel);
  const runs = await listRuns(app, flags.db ?? context.settings.db, {
    limit,
    filter: { state, target, sinceIso, label },
  });
  const isFiltered = [state, target, since, label].some((each) => each !== undefined);
  await writeResult(
    flags.json === true
      ? JSON.stringify(toRunListDocument(runs), undefined, 2)
      : runs.length === 0 && isFiltered
        ? 'no run is like that'
        : renderRunList(runs, { style: createStyle(process.stdout), columns: columnsOf(process.stdout) }),
  );
  return EXIT.ok;
};

export interface RemoveFlags {
  readonly runId: string;
  readonly db?: string;
}

/** `report remove`: one stored run with all its rows. */
export const reportRemove: Command<RemoveFlags> = async (flags, context) => {
  const db = flags.db ?? context.settings.db;
  const location = await removeRun(context.createApp(context.settings.logLevel), db, flags.runId);
  say(`removed ${flags.runId} from ${location}`);
  return EXIT.ok;
};
