import { Command as Parser } from 'commander';
import { loadRun } from '../../app/load-run.ts';
import { checkBudget } from '../../app/price-plan.ts';
import { argumentsOf, type Changes, differencesFrom, likeBefore } from '../../app/repeat-run.ts';
import { type Setting, type SettingsLayer, TARGETS_KEY } from '../../app/settings-file/setting-key.ts';
import type { Run } from '../../model/run.ts';
import { flagLayer, mergeLayers, PROMPT_KEYS } from '../config/layers.ts';
import { runKeys } from '../config/setting-keys.ts';
import { toFlags, toNames } from '../config/settle.ts';
import type { CliContext, Command } from '../context.ts';
import { addRunOptions } from '../declare/run-options.ts';
import { type PlannedRun, planRun } from '../flags/plan.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { invalidFlag, readRunId, readThresholds } from '../flags/values.ts';
import { say } from '../output/streams.ts';
import { showPlan } from './plan.ts';
import { measure, sayBeforehand } from './run.ts';

/** `llm-bench rerun ID`: the same plan, seed and prompts again; credentials are looked for anew. */
export const rerun: Command<RunFlags> = async (flags, context, [id = '']) => {
  const runId = flags.runId === undefined ? undefined : readRunId(flags.runId, '--run-id');
  const typed: SettingsLayer = context.typed ?? new Map();
  const db = flags.db ?? context.settings.db;
  const run = await loadRun(context.createApp(context.settings.logLevel), db, id);
  const changes = changesIn(typed);
  const merged = mergeLayers([typed, storedLayer(argumentsOf(run, changes), id)]);
  const given = { ...flags, ...(await toFlags(merged, runKeys())) } as RunFlags;
  if (given.include !== undefined && given.output !== 'json')
    throw invalidFlag('--include', 'goes with --output json only');
  const thresholds = readThresholds(given.failIf, 'rerun');
  const planned = await planAgain(given, toNames(merged), { run, changes, context });
  if (given.dryRun === true) return showPlan(planned, { db, isJson: given.output === 'json' }, context);
  checkBudget(planned);
  if (given.progress) {
    sayBeforehand(planned);
    const differences = differencesFrom(planned.plan, run);
    if (differences.length === 0) say(`repeats ${id}`);
    for (const difference of differences) say(`unlike ${id}, ${difference}`);
  }
  return measure(planned, { flags: given, runId, thresholds, context });
};

interface Repetition {
  readonly run: Run;
  readonly changes: Changes;
  readonly context: CliContext;
}

async function planAgain(
  flags: RunFlags,
  names: readonly string[],
  { run, changes, context }: Repetition,
): Promise<PlannedRun> {
  const surroundings = surroundingsOf(context, { isRehearsal: flags.dryRun === true });
  const planned = await planRun(flags, names, { surroundings, freshSeed: context.freshSeed });
  return { ...planned, plan: likeBefore(planned.plan, run, changes) };
}

/** What made the run, as if it were typed again. */
function storedLayer(argv: readonly string[], id: string): SettingsLayer {
  const command = addRunOptions(new Parser('run')).exitOverride().parse(argv, { from: 'user' });
  const layer = flagLayer(command, runKeys(), command.args);
  return new Map(
    [...layer].map(([key, { value }]): [string, Setting] => [key, { value, origin: { kind: 'run', id } }]),
  );
}

/** What prompts that are made are made by. */
const MAKING_KEYS = ['seed', 'prefix_share', 'context_tiers', 'turns', 'output_length'];
/** Groups of flags that say what a target is and what it is sent. */
const TARGET_GROUPS: ReadonlySet<string> = new Set([
  'Which models:',
  'How they are reached:',
  'What they are sent:',
  'What they cost:',
]);
/** How a target is called changes nothing of what it is. */
const SECRET_KEYS: ReadonlySet<string> = new Set(['api_key', 'header', 'config']);

function changesIn(typed: SettingsLayer): Changes {
  const groups = new Map(runKeys().map(({ key, group }) => [key, group]));
  const hasPrompts = PROMPT_KEYS.some((key) => typed.has(key));
  return {
    hasPrompts,
    mayDiffer: hasPrompts || MAKING_KEYS.some((key) => typed.has(key)),
    hasTargets: [...typed.keys()].some(
      (key) => key === TARGETS_KEY || (TARGET_GROUPS.has(groups.get(key) ?? '') && !SECRET_KEYS.has(key)),
    ),
  };
}
