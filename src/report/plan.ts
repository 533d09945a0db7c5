import type { Adjustment } from '../model/adjustment.ts';
import type { Plan } from '../model/plan.ts';
import type { Target } from '../model/target.ts';
import { formatMs, formatNumber, formatUsd, UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { renderTable, wrap } from './table.ts';
import { describeLoad } from './text.ts';
import { describeWorkload } from './workload.ts';

/** From the least to the most; undefined: cannot be said. */
interface Span {
  readonly low: number | undefined;
  readonly expected: number | undefined;
  readonly worst: number | undefined;
}

/** What is shown of one target before anything is sent. */
export interface PlannedTarget {
  readonly target: Target;
  readonly calls: Span;
  readonly inputTokens: Span;
  readonly outputTokens: Span;
  readonly costUsd: Span;
  readonly durationMs: Span;
  readonly assumptions: readonly string[];
}

export interface PlanReportInput {
  readonly plan: Plan;
  readonly targets: readonly PlannedTarget[];
  readonly totalCostUsd: Span;
  readonly smallestWorkableUsd: number | undefined;
  readonly notes: readonly string[];
  readonly style: Style;
  readonly columns: number;
}

/** What a run would take and cost. Nothing was sent. */
export function renderPlan(input: PlanReportInput): string {
  const { plan, targets, style } = input;
  return [
    `${style.title('Plan')}  nothing is sent`,
    ...wrap(describeLoad(plan), input.columns).map(style.dim),
    ...describeWorkload(plan)
      .flatMap((line) => wrap(line, input.columns))
      .map(style.dim),
    ...targets.flatMap((target) => ['', ...renderTarget(target, input)]),
    ...renderMoney(input),
    ...(input.notes.length === 0 ? [] : ['', ...input.notes.flatMap((note) => bullet(note, input))]),
  ].join('\n');
}

function renderTarget(planned: PlannedTarget, input: PlanReportInput): readonly string[] {
  const { target, calls, inputTokens, outputTokens, costUsd, durationMs } = planned;
  const { style } = input;
  const { price, adjustments } = target.profile;
  return [
    style.title(`${target.provider} · ${target.model}`),
    style.dim(`${target.url} (${target.dialect})`),
    ...renderTable([
      ['', 'low', 'expected', 'worst'].map((text) => style.dim(text)),
      ['requests', ...cells(calls, rounded)],
      ['tokens in', ...cells(inputTokens, rounded)],
      ['tokens out', ...cells(outputTokens, rounded)],
      ['cost', ...cells(costUsd, formatUsd)],
      ['time', ...cells(durationMs, formatMs)],
    ]),
    style.dim(price === undefined ? 'price unknown' : priceText(target)),
    ...planned.assumptions.flatMap((text) => bullet(`assumed: ${text}`, input)),
    ...adjustments.flatMap((adjustment) => bullet(adjustmentText(adjustment), input)),
  ];
}

function cells(span: Span, format: (value: number) => string): readonly string[] {
  return [span.low, span.expected, span.worst].map((value) => (value === undefined ? UNDEFINED : format(value)));
}

function rounded(value: number): string {
  return formatNumber(Math.round(value));
}

function priceText({ profile: { price } }: Target): string {
  if (price === undefined) return '';
  const day = price.asOf === undefined ? '' : ` of ${price.asOf}`;
  const tiers = price.tiers.map(({ aboveInputTokens }) => `another above ${formatNumber(aboveInputTokens)} in`);
  const rates = `$${price.inputUsd} in, $${price.outputUsd} out per million tokens`;
  return [rates, ...tiers, `${price.source}${day}`].join(', ');
}

/** `max_tokens: renamed to max_completion_tokens (why)`. */
export function adjustmentText({ parameter, action, from, to, sentAs, reason }: Adjustment): string {
  const value = (json: unknown): string => JSON.stringify(json);
  const what: Readonly<Record<Adjustment['action'], string>> = {
    clamp: `${value(from)} becomes ${value(to)}`,
    rename: `is sent as ${sentAs}`,
    drop: 'is not sent',
    set: `${value(from)} becomes ${value(to)}`,
  };
  return `${parameter} ${what[action]}: ${reason}`;
}

function renderMoney({ plan, targets, totalCostUsd, smallestWorkableUsd, style }: PlanReportInput): readonly string[] {
  const unknown = targets.filter(({ target }) => target.profile.price === undefined).length;
  const total =
    targets.length > 1 && unknown === 0
      ? [`all together ${cells(totalCostUsd, formatUsd).join(' · ')} (low · expected · worst)`]
      : [];
  const missing =
    unknown === 0 ? [] : [`${unknown} of ${targets.length} targets without a price: their cost is unknown`];
  const budget =
    plan.budgetUsd === undefined
      ? []
      : [
          `budget ${formatUsd(plan.budgetUsd)}${plan.budgetUsd < (totalCostUsd.worst ?? 0) ? ', below the worst case: the run may stop early' : ''}`,
        ];
  const least =
    smallestWorkableUsd === undefined
      ? []
      : [`the smallest budget that can start is ${formatUsd(smallestWorkableUsd)}`];
  const lines = [...total, ...missing, ...budget, ...least];
  return lines.length === 0 ? [] : ['', ...lines.map((line) => style.dim(line))];
}

function bullet(text: string, { columns, style }: PlanReportInput): readonly string[] {
  return wrap(text, columns - 2).map((line, index) => style.dim(`${index === 0 ? '· ' : '  '}${line}`));
}
