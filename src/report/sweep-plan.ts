import { formatMs, formatNumber, formatUsd, UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { describeValues } from './sweep.ts';
import { renderTable, wrap } from './table.ts';

interface Span {
  readonly low: number | undefined;
  readonly expected: number | undefined;
  readonly worst: number | undefined;
}

interface StepFigures {
  readonly calls: Span;
  readonly costUsd: Span;
  readonly durationMs: Span;
}

export interface SweepPlanInput {
  readonly steps: readonly (StepFigures & { readonly values: Readonly<Record<string, number>> })[];
  readonly total: StepFigures;
  readonly budgetUsd: number | undefined;
  readonly notes: readonly string[];
  readonly style: Style;
  readonly columns: number;
}

/** What a sweep would take and cost, step by step. Nothing was sent. */
export function renderSweepPlan(input: SweepPlanInput): string {
  const { steps, total, budgetUsd, notes, style, columns } = input;
  const head = ['step', 'requests', 'cost', 'at worst', 'time'].map((text) => style.dim(text));
  const budget =
    budgetUsd === undefined
      ? []
      : [
          `budget for all steps ${formatUsd(budgetUsd)}${budgetUsd < (total.costUsd.worst ?? 0) ? ', below the worst case: the last steps may not run' : ''}`,
        ];
  return [
    `${style.title('Plan')}  ${steps.length} steps, nothing is sent`,
    ...renderTable([
      head,
      ...steps.map((step) => [describeValues(step.values), ...cells(step)]),
      ['all', ...cells(total)],
    ]),
    ...(total.calls.expected === undefined
      ? wrap('only time limits the closed loop: how many requests fit is not known', columns).map(style.dim)
      : []),
    ...[...budget, ...notes].flatMap((line) => wrap(line, columns)).map(style.dim),
  ].join('\n');
}

function cells({ calls, costUsd, durationMs }: StepFigures): readonly string[] {
  const show = (value: number | undefined, format: (value: number) => string): string =>
    value === undefined ? UNDEFINED : format(value);
  return [
    show(calls.expected, (value) => formatNumber(Math.round(value))),
    show(costUsd.expected, formatUsd),
    show(costUsd.worst, formatUsd),
    show(durationMs.expected, formatMs),
  ];
}
