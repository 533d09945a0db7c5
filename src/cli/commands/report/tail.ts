import { tailRun } from '../../../app/tail-run.ts';
import type { RunOverview } from '../../../model/run.ts';
import { formatMs, formatNumber } from '../../../report/format.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { say, writeResult } from '../../output/streams.ts';

export interface TailFlags {
  readonly db?: string;
}

const EVERY_MS = 1_000;

/** `report tail ID`: a line each second in which a run moved, until it has ended. */
export const reportTail: Command<TailFlags> = async (flags, context, [runId]) => {
  const db = flags.db ?? context.settings.db;
  const onLocked = (): void => say(`note: ${db} lets nobody look while it is written to; waiting for the run to end`);
  const input = { db, runId, clock: context.clock, everyMs: EVERY_MS, onLocked };
  for await (const run of tailRun(context.createApp(context.settings.logLevel), input)) await writeResult(line(run));
  return EXIT.ok;
};

function line({ id, state, durationMs, requests, completed, failed }: RunOverview): string {
  const counts = `${formatNumber(requests)} requests, ${formatNumber(completed)} ok, ${formatNumber(failed)} failed`;
  return `${id}  ${state}  ${formatMs(durationMs)}  ${counts}`;
}
