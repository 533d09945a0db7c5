import type { AppContext } from './context.ts';
import type { Span } from './estimate-plan.ts';
import { pricePlan } from './price-plan.ts';
import type { PlannedStep } from './step-runs.ts';

/** What one step will take, over all its targets. */
export interface PricedStep {
  readonly values: PlannedStep['values'];
  readonly calls: Span;
  readonly costUsd: Span;
  /** Of the slowest target. */
  readonly durationMs: Span;
}

export interface PricedSteps {
  readonly steps: readonly PricedStep[];
  readonly total: Omit<PricedStep, 'values'>;
}

/** Reckons what the steps of a sweep would take. Sends nothing. Rejects with TOKENIZER_* codes. */
export async function priceSteps(context: AppContext, steps: readonly PlannedStep[], db: string): Promise<PricedSteps> {
  const priced: PricedStep[] = [];
  for (const { values, plan, items } of steps) {
    const { totalCalls, totalCostUsd, targets } = await pricePlan(context, { plan, items, db, notes: [] });
    const durations = targets.map(({ durationMs }) => durationMs);
    priced.push({ values, calls: totalCalls, costUsd: totalCostUsd, durationMs: combine(durations, Math.max) });
  }
  const sum = (of: (step: PricedStep) => Span): Span => combine(priced.map(of), (a, b) => a + b);
  return {
    steps: priced,
    total: {
      calls: sum(({ calls }) => calls),
      costUsd: sum(({ costUsd }) => costUsd),
      durationMs: sum(({ durationMs }) => durationMs),
    },
  };
}

/** Undefined as soon as one is. */
function combine(spans: readonly Span[], join: (a: number, b: number) => number): Span {
  const side = (name: keyof Span): number | undefined => {
    const values = spans.map((span) => span[name]);
    const known = values.filter((value) => value !== undefined);
    return known.length < values.length || known.length === 0 ? undefined : known.reduce((a, b) => join(a, b));
  };
  return { low: side('low'), expected: side('expected'), worst: side('worst') };
}
