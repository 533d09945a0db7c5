import type { NoKnee } from '../metrics/knee.ts';
import { isLoadAxis, type LoadCurve, type LoadPoint, type SweepStep } from '../metrics/load-curve.ts';
import type { RunGroup } from '../model/run.ts';
import { renderPlot } from './curve.ts';
import { formatMs, formatNumber, formatRatio, formatUsd } from './format.ts';
import type { Style } from './style.ts';
import { renderTable, wrap } from './table.ts';

export interface SweepReportInput {
  readonly groupId: string;
  readonly steps: readonly SweepStep[];
  readonly curves: readonly LoadCurve[];
  /** Steps that were planned. */
  readonly planned: number;
  readonly style: Style;
  readonly columns: number;
}

/** A sweep for a terminal of 80 columns or more. */
export function renderSweep(input: SweepReportInput): string {
  const { groupId, steps, curves, planned, style } = input;
  const count = `${steps.length} of ${planned} steps`;
  const head = `${style.title(`Sweep ${groupId}`)}  ${steps.length < planned ? style.caution(count) : style.good(count)}`;
  return [head, ...curves.flatMap((curve) => ['', ...renderCurve(curve, input)])].join('\n');
}

/** `rate 4`; `max-tokens 64, rate 4`. */
export function describeValues(values: RunGroup['values']): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join(', ');
}

/** A step that is over, in a line. */
export function stepLine({ group, state, targets }: SweepStep): string {
  const each = targets.map(({ throughput, metrics, errorRate }) => {
    const figures = [
      `${formatNumber(throughput.requestsPerSecond)} requests/s`,
      `ttft p95 ${formatMs((metrics['ttftScheduled']?.n ?? 0) > 0 ? metrics['ttftScheduled']?.p95 : metrics['ttft']?.p95)}`,
      `errors ${formatRatio(errorRate)}`,
    ];
    return figures.join(', ');
  });
  return `${describeValues(group.values)}: ${each.join(' · ')}${state === 'completed' ? '' : ` (${state})`}`;
}

function renderCurve(curve: LoadCurve, input: SweepReportInput): readonly string[] {
  const { points, axis, held } = curve;
  const [first] = points;
  if (first === undefined) return [];
  const { style, columns } = input;
  const { target } = first.summary;
  const still = Object.keys(held).length === 0 ? '' : `  ${describeValues(held)}`;
  const head = [axis, 'req/s', 'tok/s', 'ttft p95', 'tpot p95', 'e2e p95', 'good/s', 'errors'];
  const rows = points.map((point) => [
    `${markOf(point, curve)} ${formatNumber(point.step.group.values[axis])}`,
    ...figuresOf(point),
  ]);
  const indented = head.map((text, index) => style.dim(index === 0 ? `  ${text}` : text));
  return [
    `${style.title(`${target.provider} · ${target.model}`)}${still}`,
    ...renderTable([indented, ...rows]),
    '',
    ...renderPlot(plotPoints(curve), { columns: columns - 1, unit: isLoadAxis(axis) ? 'requests/s' : axis }),
    style.dim(`${latencyName(curve)} against ${isLoadAxis(axis) ? 'requests per second' : axis}`),
    '',
    ...kneeLines(curve, input),
    ...doubtLines(curve, input),
    ...costLine(points, style),
  ];
}

function figuresOf({ summary, step }: LoadPoint): readonly string[] {
  const { throughput, metrics, goodput, errorRate } = summary;
  const isOpen = step.plan.load.kind !== 'closed-loop';
  const p95 = (id: string): string => formatMs(metrics[isOpen && id !== 'tpot' ? `${id}Scheduled` : id]?.p95);
  return [
    formatNumber(throughput.requestsPerSecond),
    formatNumber(throughput.outputTokensPerSecond),
    p95('ttft'),
    p95('tpot'),
    p95('e2e'),
    formatNumber(goodput),
    formatRatio(errorRate),
  ];
}

/** `!` invalid, `/` not whole, `^` over-saturated, `*` the knee. */
function markOf(point: LoadPoint, { knee }: LoadCurve): string {
  if (point.level === 'invalid') return '!';
  if (point.step.state !== 'completed') return '/';
  if (knee.kind === 'found' && knee.point === point) return '*';
  return point.isOverSaturated === true ? '^' : ' ';
}

function plotPoints(curve: LoadCurve): readonly { readonly x: number; readonly y: number; readonly mark: string }[] {
  return curve.points.flatMap((point) => {
    const { axis } = curve;
    const x = isLoadAxis(axis) ? point.summary.throughput.requestsPerSecond : point.step.group.values[axis];
    const mark = markOf(point, curve);
    return x === undefined || point.latencyMs === undefined
      ? []
      : [{ x, y: point.latencyMs, mark: mark === ' ' ? 'o' : mark }];
  });
}

function latencyName({ latency, points }: LoadCurve): string {
  const isOpen = points.some(({ step }) => step.plan.load.kind !== 'closed-loop');
  const fromSchedule = isOpen && (latency.metric === 'ttft' || latency.metric === 'e2e') ? ' from schedule' : '';
  return `${latency.metric}${fromSchedule} ${latency.statistic}`;
}

const NO_KNEE: Readonly<Record<NoKnee, string>> = {
  'few-points': 'fewer than 4 valid steps',
  'flat-latency': 'latency never grew by half: sweep to a higher load',
  'flat-throughput': 'all steps reached about the same throughput: sweep from a lower load',
  'no-bend': 'the curve does not bend more than chance could make it',
  'no-load': 'it is of a load, and what was varied is none',
};

function kneeLines({ knee, axis }: LoadCurve, { style, columns }: SweepReportInput): readonly string[] {
  if (knee.kind === 'none') return wrap(`no knee: ${NO_KNEE[knee.reason]}`, columns).map(style.dim);
  const { step, summary, latencyMs } = knee.point;
  const at = `${axis} ${formatNumber(step.group.values[axis])}`;
  const reached = `${formatNumber(summary.throughput.requestsPerSecond)} requests/s at ${formatMs(latencyMs)}`;
  return wrap(`* knee at ${at}: ${reached} (Kneedle, bend ${knee.bend.toFixed(2)})`, columns);
}

function doubtLines(curve: LoadCurve, { style, columns }: SweepReportInput): readonly string[] {
  const { points, axis } = curve;
  const lines = points.flatMap((point) => {
    const at = `${axis} ${formatNumber(point.step.group.values[axis])}`;
    const mark = markOf(point, curve);
    if (mark === '!') {
      const entries = point.summary.validity.filter(({ level }) => level === 'invalid');
      return entries.map(({ text, hint }) => `! ${at} is invalid: ${text}${hint === undefined ? '' : ` → ${hint}`}`);
    }
    if (mark === '/') return [`/ ${at} did not come to its end: ${point.step.state}`];
    return point.isOverSaturated === true ? [`^ ${at}: the server fell behind, requests piled up`] : [];
  });
  return lines.flatMap((line) =>
    wrap(line, columns - 2).map((part, index) => {
      const text = index === 0 ? part : `  ${part}`;
      return line.startsWith('!') ? style.bad(text) : style.caution(text);
    }),
  );
}

function costLine(points: readonly LoadPoint[], style: Style): readonly string[] {
  const known = points.flatMap(({ summary }) => (summary.cost.usd === undefined ? [] : [summary.cost.usd]));
  if (known.length === 0) return [];
  const least = points.some(({ summary }) => summary.cost.usd === undefined || summary.cost.unknownRequests > 0);
  return [style.dim(`cost ${least ? 'at least ' : ''}${formatUsd(known.reduce((sum, usd) => sum + usd, 0))}`)];
}
