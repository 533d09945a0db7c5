import { showRun } from '../../../app/reports.ts';
import { showAliased } from '../../../app/show-alias.ts';
import type { Alias } from '../../../metrics/alias.ts';
import { judgeThresholds } from '../../../metrics/judge-thresholds.ts';
import { thresholdsOf } from '../../../metrics/thresholds-of-plan.ts';
import { renderAliased } from '../../../report/alias.ts';
import { createStyle } from '../../../report/style.ts';
import { renderText } from '../../../report/text.ts';
import type { CliContext, Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { readThresholds } from '../../flags/values.ts';
import { columnsOf, writeResult } from '../../output/streams.ts';

export interface ShowFlags {
  readonly provider?: string;
  readonly db?: string;
  readonly failIf?: readonly string[];
  readonly alias?: Alias;
}

/** `report show ID`: all that is concluded of one stored run, for people. */
export const reportShow: Command<ShowFlags> = async (flags, context, [runId]) => {
  if (flags.alias !== undefined) return showAs(flags.alias, flags, { context, runId });
  const asked = readThresholds(flags.failIf, 'report show');
  const result = await showRun(context.createApp(context.settings.logLevel), {
    db: flags.db ?? context.settings.db,
    runId,
    provider: flags.provider,
    withRecords: false,
  });
  // A run brings its own conditions along; only those that are asked for now decide the exit code.
  const verdict = judgeThresholds(flags.failIf === undefined ? thresholdsOf(result.run.plan) : asked, result.targets);
  const text = renderText({
    ...result,
    verdict,
    withStats: true,
    withHistogram: true,
    style: createStyle(process.stdout),
    columns: columnsOf(process.stdout),
  });
  await writeResult(text);
  return flags.failIf !== undefined && verdict?.isPassed === false ? EXIT.failedCheck : EXIT.ok;
};

async function showAs(
  alias: Alias,
  flags: ShowFlags,
  { context, runId }: { readonly context: CliContext; readonly runId: string | undefined },
): Promise<number> {
  const app = context.createApp(context.settings.logLevel);
  const aliased = await showAliased(app, { db: flags.db ?? context.settings.db, runId, alias });
  const [style, columns] = [createStyle(process.stdout), columnsOf(process.stdout)];
  await writeResult(renderAliased({ ...aliased, style, columns }));
  return EXIT.ok;
}
