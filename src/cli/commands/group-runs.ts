import type { StartedRun } from '../../app/start-run.ts';
import { StepRuns, type StepRunsInput } from '../../app/step-runs.ts';
import type { RunGroup } from '../../model/run.ts';
import type { CliContext } from '../context.ts';
import type { GroupFlags } from '../flags/run-flags.ts';
import { invalidFlag } from '../flags/values.ts';
import { GroupDisplay } from '../output/group-display.ts';
import { say } from '../output/streams.ts';

const MEMORY_DB = 'memory:';

export interface GroupRunsInput extends Omit<StepRunsInput, 'db' | 'onStart'> {
  readonly flags: GroupFlags;
  readonly context: CliContext;
  /** Lines above the live view of one step. */
  readonly headOf: (group: RunGroup) => readonly string[];
  /** Beside its view. */
  readonly onStart?: (started: StartedRun) => void;
}

/** The runs of a group in the foreground, with their view. The display must be closed. */
export function openGroupRuns(input: GroupRunsInput): { readonly runs: StepRuns; readonly display: GroupDisplay } {
  const { flags, context, headOf, onStart, ...group } = input;
  const { logLevel } = context.settings;
  const isVerbose = flags.verbose === true && logLevel !== 'debug';
  const display = new GroupDisplay({
    context,
    isShown: flags.progress,
    isLogged: isVerbose || logLevel === 'debug' || logLevel === 'info',
    headOf,
  });
  const runs = new StepRuns(context.createApp(isVerbose ? 'info' : logLevel), {
    ...group,
    db: flags.save ? (flags.db ?? context.settings.db) : MEMORY_DB,
    onStart: (started, step) => {
      display.start(started, step);
      onStart?.(started);
    },
  });
  display.attach(runs);
  return { runs, display };
}

/** `sweep-0badcafe`. */
export function freshGroupId(kind: RunGroup['kind'], { freshSeed }: CliContext): string {
  return `${kind}-${freshSeed().toString(16).padStart(8, '0')}`;
}

/** A plan has no lines for a spreadsheet. Throws FLAG_INVALID. */
export function refuseCsvPlan({ dryRun, output }: GroupFlags): void {
  if (dryRun === true && output === 'csv') throw invalidFlag('--dry-run', 'goes with --output text or json');
}

/** How to see it again. */
export function saySaved(
  id: string,
  runs: number,
  { flags, context }: Pick<GroupRunsInput, 'flags' | 'context'>,
): void {
  if (!flags.save || !flags.progress || runs === 0) return;
  const db = flags.db ?? context.settings.db;
  const elsewhere = db === context.settings.db ? '' : ` --db ${db}`;
  say(`saved as ${runs} ${runs === 1 ? 'run' : 'runs'} → llm-bench report group --group-id ${id}${elsewhere}`);
}
