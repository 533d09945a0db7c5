import { listBaselines, removeBaseline, setBaseline } from '../../../app/baselines.ts';
import { createStyle } from '../../../report/style.ts';
import { renderTable } from '../../../report/table.ts';
import type { CliContext, Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { readRunId } from '../../flags/values.ts';
import { say, writeResult } from '../../output/streams.ts';

export interface BaselineFlags {
  readonly db?: string;
  readonly json?: boolean;
}

/** `report baseline set NAME [ID]`. */
export const baselineSet: Command<BaselineFlags> = async (flags, context, [name = '', runId]) => {
  const { set, before } = await setBaseline(context.createApp(context.settings.logLevel), {
    db: dbOf(flags, context),
    name: readRunId(name, 'NAME'),
    runId,
  });
  const was = before === undefined || before.runId === set.runId ? '' : ` (was ${before.runId})`;
  say(`baseline ${set.name} is ${set.runId}${was}`);
  return EXIT.ok;
};

/** `report baseline list`. */
export const baselineList: Command<BaselineFlags> = async (flags, context) => {
  const baselines = await listBaselines(context.createApp(context.settings.logLevel), dbOf(flags, context));
  if (flags.json === true) {
    await writeResult(JSON.stringify({ schema: 'llm-bench/baselines/1', baselines }, undefined, 2));
    return EXIT.ok;
  }
  const style = createStyle(process.stdout);
  const head = ['name', 'run', 'set (UTC)'].map((text) => style.dim(text));
  const rows = baselines.map(({ name, runId, setAtIso }) => [name, runId, setAtIso.slice(0, 19).replace('T', ' ')]);
  await writeResult(baselines.length === 0 ? 'no baselines yet' : renderTable([head, ...rows], head.length).join('\n'));
  return EXIT.ok;
};

/** `report baseline remove NAME`. */
export const baselineRemove: Command<BaselineFlags> = async (flags, context, [name = '']) => {
  await removeBaseline(context.createApp(context.settings.logLevel), dbOf(flags, context), name);
  say(`removed the baseline ${name}; its run stays`);
  return EXIT.ok;
};

function dbOf({ db }: BaselineFlags, { settings }: CliContext): string {
  return db ?? settings.db;
}
