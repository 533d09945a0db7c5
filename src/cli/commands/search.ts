import { priceSteps } from '../../app/price-steps.ts';
import { cutShort, runSearch, type SearchResult, type SearchTrial } from '../../app/search.ts';
import { toSearchDocument } from '../../contract/search-document.ts';
import { AppError } from '../../errors.ts';
import type { JsonObject } from '../../model/units.ts';
import { renderSearch } from '../../report/search.ts';
import { renderSearchCsv } from '../../report/search-csv.ts';
import { createStyle } from '../../report/style.ts';
import { stepLine } from '../../report/sweep.ts';
import { renderSweepPlan } from '../../report/sweep-plan.ts';
import { describeLoad } from '../../report/text.ts';
import type { CliContext, Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type PlannedSteps, planSteps } from '../flags/plan-steps.ts';
import type { GroupFlags } from '../flags/run-flags.ts';
import { readSearch, type SearchOptionFlags, type WantedSearch } from '../flags/search-options.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { readGroupId } from '../flags/values-of-groups.ts';
import { columnsOf, say, writeResult } from '../output/streams.ts';
import { freshGroupId, openGroupRuns, refuseCsvPlan, saySaved } from './group-runs.ts';

export interface SearchFlags extends GroupFlags, Omit<SearchOptionFlags, 'slo'> {}

/** `llm-bench search`: the highest rate or concurrency that keeps the objectives. */
export const search: Command<SearchFlags> = async (flags, context, names) => {
  refuseCsvPlan(flags);
  const wanted = readSearch(flags);
  const { axis, options } = wanted;
  const id = flags.groupId === undefined ? freshGroupId('search', context) : readGroupId(flags.groupId);
  const planned = await planSteps({ ...flags, ...ownLoad(flags, axis) }, names, {
    axes: [{ name: axis, values: [options.from] }],
    defaults: {
      surroundings: surroundingsOf(context, { isRehearsal: flags.dryRun === true }),
      freshSeed: context.freshSeed,
    },
  });
  const targets = planned.first.plan.targets.length;
  if (targets !== 1) {
    throw new AppError('FLAG_INVALID', {
      flag: '--model',
      problem: `a search takes one model, not ${targets}`,
      command: 'search',
    });
  }
  if (flags.dryRun === true) return showPlan(planned, { wanted, flags, context });
  if (flags.progress) for (const note of planned.notes) say(`note: ${note}`);
  const result = await runAll(planned, { id, wanted, flags, context });
  const { trials, conclusion, cut } = result;
  await writeResult(renderFound({ groupId: id, asked: askedOf(wanted), wanted, trials, conclusion }, flags.output));
  saySaved(id, trials.length, { flags, context });
  return explainEnd(result, cut);
};

/** Arrivals that come by chance show a queue that equal gaps hide, so they are the default here. */
function ownLoad(flags: SearchFlags, axis: WantedSearch['axis']): Pick<GroupFlags, 'arrival'> {
  return axis === 'rate' && flags.arrival === undefined ? { arrival: 'poisson' } : {};
}

/** All that is needed to conclude again from the store. */
function askedOf({ axis, goal, options }: WantedSearch): JsonObject {
  // They are plain data: what JSON leaves out is undefined.
  return JSON.parse(JSON.stringify({ axis, goal, options })) as JsonObject;
}

async function runAll(
  planned: PlannedSteps,
  input: {
    readonly id: string;
    readonly wanted: WantedSearch;
    readonly flags: SearchFlags;
    readonly context: CliContext;
  },
): Promise<SearchResult> {
  const { wanted, flags, context, id } = input;
  const { axis, goal, options } = wanted;
  const isOpen = axis === 'rate';
  let doing = '';
  const { runs, display } = openGroupRuns({
    id,
    flags,
    context,
    kind: 'search',
    steps: undefined,
    asked: askedOf(wanted),
    budgetUsd: planned.first.plan.budgetUsd,
    withRecords: true,
    headOf: ({ step, values }) => [`${id}: run ${step}, ${doing}`, describeLoad(planned.at(values).plan)],
    onStart: (started) => {
      const stop = cutShort(started, { clock: context.clock, isOpen, goal });
      started.outcome.finally(stop).catch(() => undefined);
    },
  });
  try {
    return await runSearch(runs, {
      goal,
      options,
      // The same arrivals once more would say the same once more, and not be another sample.
      planStep: (level) => planned.at({ [axis]: level }, runs.count),
      onMove: (level, reason) => {
        doing = `${reason === 'repeat' ? 'once more ' : ''}${axis} ${level}`;
        display.prepare();
      },
      onTrial: (trial) => display.end(trialLine(trial)),
    });
  } finally {
    display.close();
  }
}

function trialLine({ run, state, targets, trial, doubts }: SearchTrial): string {
  const { group } = run;
  const line =
    group === undefined ? run.id : stepLine({ runId: run.id, group, plan: run.plan, state: 'completed', targets });
  const [doubt] = doubts;
  if (doubt !== undefined) return `${line}: says nothing, ${doubt.text}`;
  return trial.kind === 'overloaded' ? `${line}: overloaded${state === 'cancelled' ? ', cut short' : ''}` : line;
}

/** What is shown of a search, now and when it is read again. */
export interface SearchView extends Pick<SearchResult, 'trials' | 'conclusion'> {
  readonly groupId: string;
  readonly asked: JsonObject;
  readonly wanted: WantedSearch;
}

export function renderFound(view: SearchView, output: 'text' | 'json' | 'csv'): string {
  const { wanted, trials, conclusion } = view;
  const { rules, looks } = wanted.options;
  const target = trials[0]?.run.plan.targets[0];
  if (output === 'csv') return renderSearchCsv(conclusion, rules);
  if (output === 'json') {
    const runs = trials.map(({ run, state, trial, doubts }) => ({
      runId: run.id,
      state,
      level: trial.level,
      kind: trial.kind,
      doubts: doubts.map(({ text }) => text),
    }));
    return JSON.stringify(toSearchDocument({ ...view, axis: wanted.axis, target, rules, runs }), undefined, 2);
  }
  const doubts = trials.flatMap(({ trial, doubts: [first] }) =>
    first === undefined ? [] : [{ level: trial.level, why: first.text }],
  );
  return renderSearch({
    ...view,
    axis: wanted.axis,
    target,
    rules,
    looks,
    runs: trials.length,
    doubts,
    style: createStyle(process.stdout),
    columns: columnsOf(process.stdout),
  });
}

function explainEnd({ conclusion, trials }: SearchResult, cut: SearchResult['cut']): number {
  if (cut === 'interrupted') return EXIT.interrupted;
  if (cut === 'over-budget') {
    say('the budget is spent: the next request could have passed it; what is known up to here is above');
    return EXIT.budget;
  }
  if (cut !== undefined) {
    say(`error: ${cut.message}; ${cut.hint}`);
    return cut.exit;
  }
  const summaries = trials.flatMap(({ targets }) => targets);
  if (summaries.every(({ requests }) => requests.completed === 0)) {
    const [example] = summaries.flatMap(({ failureExamples }) => Object.values(failureExamples));
    say(`error: nothing could be measured: ${example ?? 'no request completed'}`);
    return EXIT.nothingMeasured;
  }
  if (conclusion.kind === 'none') return EXIT.notKept;
  return conclusion.kept === undefined ? EXIT.nothingMeasured : EXIT.ok;
}

/** Doublings that are priced where no end was named. */
const PRICED_DOUBLINGS = 6;

/** The climb is what can be told before; each further run costs at most what its dearest level does. */
async function showPlan(
  planned: PlannedSteps,
  {
    wanted,
    flags,
    context,
  }: { readonly wanted: WantedSearch; readonly flags: SearchFlags; readonly context: CliContext },
): Promise<number> {
  const { axis, options } = wanted;
  const levels = [options.from];
  for (let level = options.from * 2; levels.length <= PRICED_DOUBLINGS; level *= 2) {
    if (options.to !== undefined && level >= options.to) break;
    levels.push(level);
  }
  if (options.to !== undefined) levels.push(options.to);
  const steps = levels.map((level) => planned.at({ [axis]: level }));
  const priced = await priceSteps(context.createApp(context.settings.logLevel), steps, flags.db ?? context.settings.db);
  const { budgetUsd } = planned.first.plan;
  const notes = [
    ...planned.notes,
    `this is the climb; the search then bisects and repeats, ${options.maxSteps} runs at most, and each costs no more than the highest level that it reached`,
  ];
  if (flags.output === 'json') {
    const document = { schema: 'llm-bench/search-plan/1', ...priced, maxSteps: options.maxSteps, budgetUsd, notes };
    await writeResult(JSON.stringify(document, (_, value: unknown) => (value === undefined ? null : value), 2));
  } else {
    const style = createStyle(process.stdout);
    await writeResult(renderSweepPlan({ ...priced, budgetUsd, notes, style, columns: columnsOf(process.stdout) }));
  }
  return EXIT.ok;
}
