import { AppError } from '../errors.ts';
import { createTargetTally } from '../metrics/summary.ts';
import type { Plan } from '../model/plan.ts';
import type { WorkloadItems } from '../model/recipe.ts';
import type { Target } from '../model/target.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';
import {
  type Experience,
  estimateTarget,
  type PromptSize,
  type Span,
  smallestWorkableUsd,
  type TargetEstimate,
  totalOf,
} from './estimate-plan.ts';
import { bodiesOf, sizesOf } from './prompt-sizes.ts';

/** What a plan will take and cost. */
export interface PricedPlan {
  readonly plan: Plan;
  readonly targets: readonly TargetEstimate[];
  readonly totalCalls: Span;
  readonly totalCostUsd: Span;
  /** The least budget that can start; undefined when a price or a limit is unknown. */
  readonly smallestWorkableUsd: number | undefined;
  readonly notes: readonly string[];
}

export interface PricePlanInput {
  readonly plan: Plan;
  readonly items: WorkloadItems;
  /** Earlier runs are looked up here, if it is there. */
  readonly db: string;
  readonly notes: readonly string[];
}

/** Reckons what a run would take, from its prompts and from earlier runs. Sends nothing. Rejects with TOKENIZER_* codes. */
export async function pricePlan(context: AppContext, input: PricePlanInput): Promise<PricedPlan> {
  const { plan, items, notes } = input;
  const experiences = await findExperiences(context, input);
  const targets: TargetEstimate[] = [];
  for (const [index, target] of plan.targets.entries()) {
    const prompts = await sizesOf({ plan, targetIndex: index, items });
    const estimate = estimateTarget({ plan, target, prompts, experience: experiences[index] });
    targets.push(withTraceTime(estimate, { plan, items }));
  }
  return {
    plan,
    targets,
    totalCalls: totalOf(targets, ({ calls }) => calls),
    totalCostUsd: totalOf(targets, ({ costUsd }) => costUsd),
    smallestWorkableUsd: smallestWorkableUsd(plan, targets),
    notes,
  };
}

/** A trace says itself how long it takes to send. */
function withTraceTime(
  estimate: TargetEstimate,
  { plan: { load, stop }, items }: Pick<PricePlanInput, 'plan' | 'items'>,
): TargetEstimate {
  const arrivals = 'prompts' in items && items.prompts.kind === 'trace' ? items.prompts.arrivesAtMs : undefined;
  if (load.kind !== 'trace' || arrivals === undefined) return estimate;
  const lastMs = arrivals[Math.min(arrivals.length, stop.requests ?? arrivals.length) - 1] ?? 0;
  const expected = Math.min(lastMs / load.speed, stop.durationMs ?? Number.POSITIVE_INFINITY);
  return { ...estimate, durationMs: { ...estimate.durationMs, expected } };
}

/**
 * Holds a plan's budget to what it must at least pay for. Throws BUDGET_UNKNOWN where a price or a limit of output tokens is
 * missing, BUDGET_TOO_LOW with the smallest that works.
 */
export function checkBudget({ plan, items }: Pick<PricePlanInput, 'plan' | 'items'>): void {
  const { budgetUsd } = plan;
  if (budgetUsd === undefined) return;
  const estimates = plan.targets.map((target, targetIndex) => {
    const prompts = bodiesOf({ plan, targetIndex, items }).map((size) => ({ ...size, inputTokens: undefined }));
    return { estimate: estimateTarget({ plan, target, prompts, experience: undefined }), prompts };
  });
  for (const { estimate, prompts } of estimates) refuseUnknown(estimate, prompts);
  const least = smallestWorkableUsd(
    plan,
    estimates.map(({ estimate }) => estimate),
  );
  if (least !== undefined && least > budgetUsd) {
    throw new AppError('BUDGET_TOO_LOW', { budget: formatCap(budgetUsd), least: roundUp(least) });
  }
}

/** The dearest request of each target; undefined without a price or a limit of output tokens. */
export function dearestRequestsUsd({
  plan,
  items,
}: Pick<PricePlanInput, 'plan' | 'items'>): readonly (number | undefined)[] {
  return plan.targets.map((target, targetIndex) => {
    const prompts = bodiesOf({ plan, targetIndex, items }).map((size) => ({ ...size, inputTokens: undefined }));
    return estimateTarget({ plan, target, prompts, experience: undefined }).dearestRequestUsd;
  });
}

function refuseUnknown({ target }: TargetEstimate, prompts: readonly PromptSize[]): void {
  const model = `${target.provider} ${target.model}`;
  if (target.profile.price === undefined) {
    throw new AppError('BUDGET_UNKNOWN', {
      model,
      problem: 'its price is unknown',
      hint: 'give it by --input-price and --output-price, or bring a list by --catalog',
    });
  }
  if (prompts.some(({ maxTokens }) => maxTokens === undefined)) {
    throw new AppError('BUDGET_UNKNOWN', {
      model,
      problem: 'nothing limits the length of its answers',
      hint: 'add --max-tokens 256',
    });
  }
}

function formatCap(usd: number): string {
  return `$${usd}`;
}

/** To a hundredth of a micro-dollar, upwards, so that the figure printed is one that works. */
function roundUp(usd: number): string {
  return (Math.ceil(usd * 1e8 - 1e-6) / 1e8).toFixed(8).replace(/0+$/, '').replace(/\.$/, '');
}

/** Runs further back than these say little of today. */
const RUNS_LOOKED_AT = 20;
/** Enough for a mean. */
const RECORDS_LOOKED_AT = 2_000;

/** What the newest run of each target tells; nothing where there is no database yet. */
async function findExperiences(
  context: AppContext,
  { plan, db }: PricePlanInput,
): Promise<readonly (Experience | undefined)[]> {
  let store: Store;
  try {
    store = await context.openStore(db, 'read');
  } catch (error) {
    // A plan needs no database; one that is broken or locked is not this command's to complain about.
    if (error instanceof AppError) return plan.targets.map(() => undefined);
    throw error;
  }
  try {
    const runs = await store.listRuns(RUNS_LOOKED_AT);
    const found: (Experience | undefined)[] = [];
    for (const target of plan.targets)
      found.push(
        await experienceOf(
          store,
          target,
          runs.map(({ id }) => id),
        ),
      );
    return found;
  } finally {
    await store.close();
  }
}

async function experienceOf(store: Store, target: Target, runIds: readonly string[]): Promise<Experience | undefined> {
  for (const runId of runIds) {
    const stored = await store.findRun(runId);
    const targetIndex = stored?.run.plan.targets.findIndex(
      ({ provider, model, dialect }) =>
        provider === target.provider && model === target.model && dialect === target.dialect,
    );
    if (stored === undefined || targetIndex === undefined || targetIndex < 0) continue;
    const tally = createTargetTally(stored.run.plan, targetIndex);
    let seen = 0;
    for await (const block of store.records(runId)) {
      for (const record of block) if (record.targetIndex === targetIndex) tally.add(record);
      seen += block.length;
      if (seen >= RECORDS_LOOKED_AT) break;
    }
    const { requests, tokens, metrics } = tally.summarize(undefined);
    if (requests.completed === 0) continue;
    const each = (sum: number | undefined): number | undefined =>
      sum === undefined ? undefined : sum / requests.completed;
    return { runId, inputTokens: each(tokens.input), outputTokens: each(tokens.output), e2eMs: metrics['e2e']?.mean };
  }
  return undefined;
}
