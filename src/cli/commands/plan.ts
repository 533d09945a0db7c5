import { type PricedPlan, pricePlan } from '../../app/price-plan.ts';
import { renderPlan } from '../../report/plan.ts';
import { createStyle } from '../../report/style.ts';
import type { CliContext, Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type PlannedRun, planRun } from '../flags/plan.ts';
import type { PlanFlags } from '../flags/run-flags.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { columnsOf, writeResult } from '../output/streams.ts';

interface PlanCommandFlags extends PlanFlags {
  readonly db?: string;
  readonly output: 'text' | 'json';
}

/** `llm-bench plan`: what a run would take and cost; sends nothing. */
export const plan: Command<PlanCommandFlags> = async (flags, context, names) => {
  const planned = await planRun(flags, names, {
    surroundings: surroundingsOf(context, { isRehearsal: true }),
    freshSeed: context.freshSeed,
  });
  return showPlan(planned, { db: flags.db, isJson: flags.output === 'json' }, context);
};

/** Prices a plan and prints it. */
export async function showPlan(
  { plan: wanted, items, notes }: PlannedRun,
  { db, isJson }: { readonly db: string | undefined; readonly isJson: boolean },
  context: CliContext,
): Promise<number> {
  const app = context.createApp(context.settings.logLevel);
  const priced = await pricePlan(app, { plan: wanted, items, notes, db: db ?? context.settings.db });
  await writeResult(isJson ? toJson(priced) : toText(priced));
  return EXIT.ok;
}

function toText(priced: PricedPlan): string {
  return renderPlan({ ...priced, style: createStyle(process.stdout), columns: columnsOf(process.stdout) });
}

/** Null where something cannot be said, as in all our documents. */
function toJson({ totalCalls, targets, ...priced }: PricedPlan): string {
  const document = { schema: 'llm-bench/plan/1', ...priced, totalCalls, targets };
  return JSON.stringify(document, (key, value: unknown) => (value === undefined && key !== '' ? null : value), 2);
}
