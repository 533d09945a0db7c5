import { AppError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import type { RunGroup } from '../model/run.ts';
import type { JsonObject, Milliseconds } from '../model/units.ts';
import type { AppContext } from './context.ts';
import { checkBudget, dearestRequestsUsd } from './price-plan.ts';
import type { RunResult } from './result.ts';
import { type RunInput, type StartedRun, startRun } from './start-run.ts';

/** One step of a sweep or a search before it runs. */
export interface PlannedStep extends Pick<RunInput, 'plan' | 'items' | 'credentials' | 'renewals'> {
  /** By axis. */
  readonly values: Readonly<Record<string, number>>;
}

/** What all steps have in common. */
export interface StepRunsInput {
  /** Name of the group; its runs are called `ID.1`, `ID.2`, … */
  readonly id: string;
  readonly kind: RunGroup['kind'];
  /** Undefined: each step decides on the next. */
  readonly steps: number | undefined;
  readonly asked: JsonObject;
  readonly db: string;
  /** For all steps together; undefined: no cap. */
  readonly budgetUsd: number | undefined;
  readonly withRecords: boolean;
  /** Called once a step's run is under way. */
  readonly onStart: (started: StartedRun, group: RunGroup) => void;
}

/** How a step ended. `over-budget`: it could not even start. `refused`: nor could it for another reason, such as a locked database. */
export type StepEnd =
  | {
      readonly kind: 'run';
      readonly group: RunGroup;
      readonly result: RunResult;
      readonly trouble: AppError | undefined;
    }
  | { readonly kind: 'over-budget' }
  | { readonly kind: 'refused'; readonly trouble: AppError };

/** Runs the steps of a group one after the other: each a run of its own in the store, one budget over all. */
export class StepRuns {
  readonly #context: AppContext;
  readonly #input: StepRunsInput;
  #count = 0;
  /** Of all steps so far, at the dearest where a request's cost is unknown; counted only under a budget. */
  #spentUsd = 0;
  #current: StartedRun | undefined;
  #isStopped = false;

  constructor(context: AppContext, input: StepRunsInput) {
    this.#context = context;
    this.#input = input;
  }

  /** Runs begun so far. */
  get count(): number {
    return this.#count;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The step under way ends as a run's `stop` does, and none is begun after it. */
  stop(graceMs: Milliseconds): void {
    this.#isStopped = true;
    this.#current?.stop(graceMs);
  }

  /** Rejects, for the first step only, with what `startRun` and `checkBudget` throw: later, what was measured must be shown. */
  async run(step: PlannedStep): Promise<StepEnd> {
    try {
      return await this.#run(step);
    } catch (error) {
      if (this.#count === 0 || !(error instanceof AppError)) throw error;
      return { kind: 'refused', trouble: error };
    }
  }

  async #run({ values, ...planned }: PlannedStep): Promise<StepEnd> {
    const { id, kind, steps, asked, db, withRecords } = this.#input;
    const budgetUsd = this.#input.budgetUsd === undefined ? undefined : this.#input.budgetUsd - this.#spentUsd;
    if (budgetUsd !== undefined && !this.#isAffordable({ ...planned, plan: { ...planned.plan, budgetUsd } })) {
      return { kind: 'over-budget' };
    }
    const step = this.#count + 1;
    const group: RunGroup = { id, kind, step, steps, values, asked };
    const plan: Plan = { ...planned.plan, budgetUsd };
    const started = await startRun(this.#context, {
      ...planned,
      plan,
      runId: `${id}.${step}`,
      db,
      withRecords,
      group,
    });
    this.#count = step;
    this.#current = started;
    if (this.#isStopped) started.stop(0);
    this.#input.onStart(started, group);
    const { result, trouble } = await started.outcome.finally(() => {
      this.#current = undefined;
    });
    // Prompts are encoded for it: only where somebody wants to know.
    if (budgetUsd !== undefined) this.#spentUsd += spentOf(result, dearestRequestsUsd(planned));
    return { kind: 'run', group, result, trouble };
  }

  #isAffordable(planned: Omit<PlannedStep, 'values'>): boolean {
    try {
      checkBudget(planned);
      return true;
    } catch (error) {
      // The first step decides whether the group can begin at all: that is an error of its own.
      if (this.#count === 0 || !(error instanceof AppError) || error.code !== 'BUDGET_TOO_LOW') throw error;
      return false;
    }
  }
}

function spentOf({ targets }: RunResult, dearest: readonly (number | undefined)[]): number {
  return targets.reduce(
    (sum, { cost }, index) => sum + (cost.usd ?? 0) + cost.unknownRequests * (dearest[index] ?? 0),
    0,
  );
}
