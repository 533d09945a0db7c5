import { priceSteps } from '../../app/price-steps.ts';
import type { PlannedStep, StepEnd } from '../../app/step-runs.ts';
import { toSweepDocument } from '../../contract/sweep-document.ts';
import { curvesOf, DEFAULT_LATENCY, type LatencyChoice, type SweepStep } from '../../metrics/load-curve.ts';
import type { JsonObject } from '../../model/units.ts';
import { createStyle } from '../../report/style.ts';
import { describeValues, renderSweep, stepLine } from '../../report/sweep.ts';
import { renderSweepCsv } from '../../report/sweep-csv.ts';
import { renderSweepPlan } from '../../report/sweep-plan.ts';
import { describeLoad } from '../../report/text.ts';
import type { CliContext, Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { readAxes } from '../flags/axes.ts';
import { planSteps } from '../flags/plan-steps.ts';
import type { GroupFlags } from '../flags/run-flags.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { readGroupId, readLatencyChoice } from '../flags/values-of-groups.ts';
import { columnsOf, say, writeResult } from '../output/streams.ts';
import { freshGroupId, openGroupRuns, refuseCsvPlan, saySaved } from './group-runs.ts';

export interface SweepFlags extends GroupFlags {
  readonly over?: readonly string[];
  readonly latency?: string;
}

/** `llm-bench sweep`: one run at each step of a load, then a table, a curve and its knee. */
export const sweep: Command<SweepFlags> = async (flags, context, names) => {
  refuseCsvPlan(flags);
  const axes = readAxes(flags.over);
  const latency = flags.latency === undefined ? DEFAULT_LATENCY : readLatencyChoice(flags.latency);
  const id = flags.groupId === undefined ? freshGroupId('sweep', context) : readGroupId(flags.groupId);
  const { steps, notes, first } = await planSteps(flags, names, {
    axes,
    defaults: {
      surroundings: surroundingsOf(context, { isRehearsal: flags.dryRun === true }),
      freshSeed: context.freshSeed,
    },
  });
  const budgetUsd = first.plan.budgetUsd;
  if (flags.dryRun === true) return showPlan(steps, { budgetUsd, notes, flags, context });
  if (flags.progress) for (const note of notes) say(`note: ${note}`);
  const asked: JsonObject = { over: flags.over ?? [], latency: { ...latency }, axes: axes.map(({ name }) => name) };
  const { done, end } = await runAll(steps, { id, asked, budgetUsd, flags, context });
  await writeResult(
    renderGroup(
      { groupId: id, asked, planned: steps.length, steps: done, axes: axes.map(({ name }) => name), latency },
      flags.output,
    ),
  );
  return explainEnd(end, { id, done, flags, context });
};

/** What is shown of a sweep, now and when it is read again. */
export interface SweepView {
  readonly groupId: string;
  readonly asked: JsonObject;
  readonly planned: number;
  readonly steps: readonly SweepStep[];
  readonly axes: readonly string[];
  readonly latency: LatencyChoice;
}

export function renderGroup(view: SweepView, output: 'text' | 'json' | 'csv'): string {
  const curves = curvesOf(view.steps, view);
  if (output === 'json') return JSON.stringify(toSweepDocument({ ...view, curves }), undefined, 2);
  if (output === 'csv') return renderSweepCsv(curves);
  return renderSweep({ ...view, curves, style: createStyle(process.stdout), columns: columnsOf(process.stdout) });
}

interface SweepContext {
  readonly flags: SweepFlags;
  readonly context: CliContext;
}

/** Why no further step ran; undefined: all did. */
type SweepEnd =
  | Extract<StepEnd, { kind: 'over-budget' }>
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly exit: number }
  | undefined;

async function runAll(
  steps: readonly PlannedStep[],
  input: SweepContext & { readonly id: string; readonly asked: JsonObject; readonly budgetUsd: number | undefined },
): Promise<{ readonly done: readonly SweepStep[]; readonly end: SweepEnd }> {
  const { runs, display } = openGroupRuns({
    ...input,
    kind: 'sweep',
    steps: steps.length,
    withRecords: false,
    headOf: ({ step, values }) => {
      const plan = steps[step - 1]?.plan;
      return [
        `${input.id}: step ${step} of ${steps.length}, ${describeValues(values)}`,
        ...(plan === undefined ? [] : [describeLoad(plan)]),
      ];
    },
  });
  const done: SweepStep[] = [];
  try {
    for (const step of steps) {
      if (runs.isStopped) return { done, end: { kind: 'interrupted' } };
      display.prepare();
      const end = await runs.run(step);
      if (end.kind === 'over-budget') return { done, end };
      if (end.kind === 'refused') {
        say(`error: ${end.trouble.message}; ${end.trouble.hint}`);
        return { done, end: { kind: 'failed', exit: end.trouble.exit } };
      }
      const { result, group, trouble } = end;
      const { run, state, targets } = result;
      const finished: SweepStep = { runId: run.id, group, plan: run.plan, state, targets };
      done.push(finished);
      display.end(stepLine(finished));
      if (trouble !== undefined) {
        say(`error: ${trouble.message}; ${trouble.hint}`);
        return { done, end: { kind: 'failed', exit: trouble.exit } };
      }
      if (state === 'over-budget') return { done, end: { kind: 'over-budget' } };
    }
    return { done, end: runs.isStopped ? { kind: 'interrupted' } : undefined };
  } finally {
    display.close();
  }
}

function explainEnd(
  end: SweepEnd,
  { id, done, flags, context }: SweepContext & { readonly id: string; readonly done: readonly SweepStep[] },
): number {
  saySaved(id, done.length, { flags, context });
  if (end?.kind === 'interrupted') return EXIT.interrupted;
  if (end?.kind === 'failed') return end.exit;
  if (end?.kind === 'over-budget') {
    say('the budget is spent: the next request could have passed it; the steps before are above');
    return EXIT.budget;
  }
  const completed = done.flatMap(({ targets }) => targets).reduce((sum, { requests }) => sum + requests.completed, 0);
  if (completed > 0) return EXIT.ok;
  const example = done
    .flatMap(({ targets }) => targets)
    .flatMap(({ failureExamples }) => Object.values(failureExamples))[0];
  say(`error: nothing could be measured: ${example ?? 'no request completed'}`);
  return EXIT.nothingMeasured;
}

async function showPlan(
  steps: readonly PlannedStep[],
  {
    budgetUsd,
    notes,
    flags,
    context,
  }: SweepContext & { readonly budgetUsd: number | undefined; readonly notes: readonly string[] },
): Promise<number> {
  const app = context.createApp(context.settings.logLevel);
  const priced = await priceSteps(app, steps, flags.db ?? context.settings.db);
  if (flags.output === 'json') {
    const document = { schema: 'llm-bench/sweep-plan/1', ...priced, budgetUsd, notes };
    await writeResult(JSON.stringify(document, (_, value: unknown) => (value === undefined ? null : value), 2));
  } else {
    const shown = {
      ...priced,
      budgetUsd,
      notes,
      style: createStyle(process.stdout),
      columns: columnsOf(process.stdout),
    };
    await writeResult(renderSweepPlan(shown));
  }
  return EXIT.ok;
}
