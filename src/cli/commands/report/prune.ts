import { type PrunePlan, planPruning, prune } from '../../../app/prune-runs.ts';
import { AppError } from '../../../errors.ts';
import type { RunOverview } from '../../../model/run.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { readAge } from '../../flags/age.ts';
import { say } from '../../output/streams.ts';

export interface PruneFlags {
  readonly olderThan: string;
  readonly keepEvents?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly db?: string;
}

const COMMAND = 'report prune';

/** `report prune`: says what would go, and with `--yes` removes it. */
export const reportPrune: Command<PruneFlags> = async (flags, context) => {
  const rules = {
    olderThanMs: readAge(flags.olderThan, '--older-than', COMMAND),
    keepEventsMs: flags.keepEvents === undefined ? undefined : readAge(flags.keepEvents, '--keep-events', COMMAND),
  };
  if (flags.yes === true && flags.dryRun === true) {
    throw new AppError('FLAGS_CONFLICT', { first: '--yes', second: '--dry-run', hint: 'choose one of them' });
  }
  const app = context.createApp(context.settings.logLevel);
  const db = flags.db ?? context.settings.db;
  const isReal = flags.yes === true;
  const plan = isReal ? await prune(app, db, rules) : await planPruning(app, db, rules);
  for (const line of describe(plan, isReal)) say(line);
  const isWork = plan.remove.length + plan.dropEvents.length > 0;
  if (!isReal && isWork) say('nothing was removed; add --yes to do it');
  return EXIT.ok;
};

function describe({ remove, dropEvents, spared }: PrunePlan, isReal: boolean): readonly string[] {
  const [removes, drops] = isReal
    ? ['removed', 'removed the token events of']
    : ['would remove', 'would remove the token events of'];
  return [
    ...(remove.length === 0 ? ['no run is that old'] : [`${removes} ${runs(remove.length)}:`]),
    ...remove.map(line),
    ...(dropEvents.length === 0 ? [] : [`${drops} ${runs(dropEvents.length)}:`]),
    ...dropEvents.map(line),
    ...spared.map(({ run, why }) => `kept ${run.id}: ${why}`),
  ];
}

function runs(count: number): string {
  return `${count} ${count === 1 ? 'run' : 'runs'}`;
}

function line({ id, startedAtIso, requests }: RunOverview): string {
  return `  ${id}  ${startedAtIso.slice(0, 10)}  ${requests} requests`;
}
