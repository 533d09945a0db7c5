import { checkBudget } from '../../app/price-plan.ts';
import type { RunOutcome, StartedRun } from '../../app/start-run.ts';
import { startRun } from '../../app/start-run.ts';
import { toRunDocument } from '../../contract/to-run-document.ts';
import { AppError } from '../../errors.ts';
import { judgeThresholds, type ThresholdVerdict } from '../../metrics/judge-thresholds.ts';
import type { Threshold } from '../../metrics/threshold.ts';
import type { Target } from '../../model/target.ts';
import { renderCsv } from '../../report/csv.ts';
import { adjustmentText } from '../../report/plan.ts';
import { createStyle } from '../../report/style.ts';
import { describeLoad, renderText } from '../../report/text.ts';
import { checkText } from '../../report/verdict.ts';
import type { CliContext, Command } from '../context.ts';
import { EXIT, exitCodeOfRun } from '../exit-code.ts';
import { type PlannedRun, planRun } from '../flags/plan.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { invalidFlag, readLabel, readRunId, readThresholds } from '../flags/values.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { type LiveDisplay, NO_DISPLAY, startLiveView, startProgressLines } from '../output/live-view.ts';
import { columnsOf, say, writeResult } from '../output/streams.ts';
import { stepBack } from '../priority.ts';
import { showPlan } from './plan.ts';
import { readExports, writeExports } from './run-exports.ts';

/** After the first Ctrl-C, answers under way may take this long to finish. */
const INTERRUPT_GRACE_MS = 5_000;

const MEMORY_DB = 'memory:';

/** `llm-bench run`: plans, measures, stores and reports. */
export const run: Command<RunFlags> = async (flags, context, names) => {
  if (flags.include !== undefined && flags.output !== 'json')
    throw invalidFlag('--include', 'goes with --output json only');
  const thresholds = readThresholds(flags.failIf, 'run');
  const runId = flags.runId === undefined ? undefined : readRunId(flags.runId, '--run-id');
  const planned = await planRun(flags, names, {
    surroundings: surroundingsOf(context, { isRehearsal: flags.dryRun === true }),
    freshSeed: context.freshSeed,
  });
  if (flags.dryRun === true) {
    if (flags.output === 'csv') throw invalidFlag('--dry-run', 'goes with --output text or json');
    return showPlan(planned, { db: flags.db, isJson: flags.output === 'json' }, context);
  }
  checkBudget(planned);
  if (flags.progress) sayBeforehand(planned);
  const labels = (flags.label ?? []).map((label) => readLabel(label, '--label'));
  return measure(planned, { flags, runId, labels, thresholds, context });
};

/** What the user should know before money is spent. */
export function sayBeforehand({ plan, notes }: PlannedRun): void {
  for (const note of notes) say(`note: ${note}`);
  for (const { provider, model, profile } of plan.targets) {
    for (const adjustment of profile.adjustments) say(`${provider} ${model}: ${adjustmentText(adjustment)}`);
  }
}

/** How a planned run is named, kept and shown. */
export interface MeasureOptions {
  readonly flags: Pick<
    RunFlags,
    'db' | 'save' | 'export' | 'output' | 'include' | 'stats' | 'histogram' | 'progress' | 'verbose'
  >;
  readonly runId: string | undefined;
  readonly labels?: readonly string[];
  /** What no run should meet. */
  readonly thresholds: readonly Threshold[];
  readonly context: CliContext;
}

/** Measures a planned run in the foreground, with its view, interrupts, report and exit code. */
export async function measure(planned: PlannedRun, options: MeasureOptions): Promise<number> {
  const { flags, runId, thresholds, context } = options;
  const db = flags.save ? (flags.db ?? context.settings.db) : MEMORY_DB;
  const targets = await readExports(flags);
  const logLevel = flags.verbose === true && context.settings.logLevel !== 'debug' ? 'info' : context.settings.logLevel;
  const app = context.createApp(logLevel);
  // From before the start on: the measuring thread may be well under way before this one gets its next turn.
  const held: { count: number; act: (count: number) => void } = { count: 0, act: () => undefined };
  const stopListening = listenForInterrupts((count) => {
    held.count = count;
    held.act(count);
  });
  try {
    const started = await startRun(app, {
      ...planned,
      runId,
      labels: options.labels,
      db,
      withRecords: flags.include === 'requests',
    });
    stepBack();
    const head = [`${started.id}: ${describeTargets(planned)}`, describeLoad(planned.plan)];
    // A log would tear the live view apart.
    const isDrawn = context.settings.hasTerminal && logLevel !== 'info' && logLevel !== 'debug';
    const display = flags.progress ? startDisplay(started, head, { isDrawn, clock: context.clock }) : NO_DISPLAY;
    held.act = (count) => interrupt(started, display, count);
    if (held.count > 0) held.act(held.count);
    const outcome = await started.outcome.finally(() => display.stop());
    const verdict = judgeThresholds(thresholds, outcome.result.targets);
    await writeResult(render(outcome, verdict, flags));
    explainEnd(outcome, planned);
    // The text has them already.
    if (flags.output !== 'text') for (const line of failedChecks(verdict)) say(line);
    if (flags.save && flags.progress && outcome.trouble === undefined) {
      const elsewhere = db === context.settings.db ? '' : ` --db ${started.location}`;
      say(`saved in ${started.location} → llm-bench report summary --run-id ${started.id}${elsewhere}`);
    }
    // What could not be stored whole is not written as if it were.
    if (outcome.trouble === undefined) {
      const files = await writeExports(app, { db, runId: started.id }, { targets, thresholds });
      if (flags.progress) for (const file of files) say(`wrote ${file}`);
    }
    return exitCodeOfRun(outcome, verdict);
  } finally {
    stopListening();
  }
}

function describeTargets({ plan }: PlannedRun): string {
  const names = plan.targets.map((target) => `${target.provider} ${target.model}`);
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function startDisplay(
  started: StartedRun,
  head: readonly string[],
  { isDrawn, clock }: Pick<CliContext, 'clock'> & { readonly isDrawn: boolean },
): LiveDisplay {
  const view = (): ReturnType<StartedRun['view']> => started.view();
  const heading = (): readonly string[] => head;
  return isDrawn ? startLiveView(view, heading, clock) : startProgressLines(view, heading, clock);
}

/**
 * First: no new requests, answers may finish. Second: cancel them. Third: gone, the store keeps what it has. While tokens are counted,
 * the first or second ends that.
 */
function interrupt(started: StartedRun, display: LiveDisplay, count: number): void {
  if (count <= 2 && started.view().counting !== undefined) started.stop(0);
  else if (count === 1) {
    display.say('interrupted: waiting up to 5 s for answers under way; interrupt again to cancel them');
    started.stop(INTERRUPT_GRACE_MS);
  } else if (count === 2) started.stop(0);
  else process.exit(EXIT.interrupted);
}

function failedChecks(verdict: ThresholdVerdict | undefined): readonly string[] {
  const failed = (verdict?.checks ?? []).filter(({ status }) => status !== 'passed');
  return failed.map((check) => `${check.status}: ${checkText(check)}`);
}

function render({ result }: RunOutcome, verdict: ThresholdVerdict | undefined, flags: MeasureOptions['flags']): string {
  if (flags.output === 'json') return JSON.stringify(toRunDocument({ ...result, verdict }), undefined, 2);
  if (flags.output === 'csv') return renderCsv(result.run.id, result.targets);
  return renderText({
    ...result,
    verdict,
    withStats: flags.stats === true,
    withHistogram: flags.histogram === true,
    style: createStyle(process.stdout),
    columns: columnsOf(process.stdout),
  });
}

/** Why the exit code is not 0, in a line. */
function explainEnd(outcome: RunOutcome, { credentials }: PlannedRun): void {
  if (outcome.trouble !== undefined) say(`error: ${outcome.trouble.message}; ${outcome.trouble.hint}`);
  const code = exitCodeOfRun(outcome);
  if (code === EXIT.key) {
    const hasKey = credentials.some(({ apiKey }) => apiKey !== undefined);
    const [detail = ''] = outcome.result.targets.map((target) => target.failureExamples.auth ?? '');
    const hint = hasKey
      ? 'is it the key of this endpoint?'
      : 'set LLM_BENCH_API_KEY or OPENAI_API_KEY, or give --api-key';
    const error = new AppError('KEY_REFUSED', { detail, hint });
    say(`error: ${error.message}; ${error.hint}`);
  } else if (outcome.result.state === 'over-budget') {
    say('the budget is spent: the next request could have passed it; what was measured is above');
  } else if (code === EXIT.nothingMeasured) say(`error: nothing could be measured: ${whyNothing(outcome)}`);
}

/** What to do where all requests failed in one way that has a remedy. */
function whyNothing({ result }: RunOutcome): string {
  const kinds = [...new Set(result.targets.flatMap(({ failures }) => Object.keys(failures)))];
  const [kind] = kinds;
  const remedy = kinds.length === 1 && kind !== undefined ? REMEDIES[kind] : undefined;
  const [target] = result.targets;
  if (remedy === undefined || target === undefined) return 'no request completed';
  const example = result.targets.map(({ failureExamples }) => Object.values(failureExamples)[0]).find(Boolean);
  return `${example}; ${remedy(target.target)}`;
}

const REMEDIES: Readonly<Record<string, (target: Target) => string>> = {
  'not-found': ({ url }) =>
    `is it the right model and path? See llm-bench provider discover --endpoint ${new URL(url).origin}`,
  connect: ({ url }) => `is the server at ${new URL(url).host} up?`,
  dns: ({ url }) => `is ${new URL(url).hostname} the right name, and is there a network?`,
};
