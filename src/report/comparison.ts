import type { ChangeVerdict, MetricComparison } from '../metrics/comparison.ts';
import type { Interval } from '../metrics/interval.ts';
import type { ComparedRun, RunComparison, TargetComparison } from '../metrics/run-comparison.ts';
import type { RunDifference } from '../metrics/run-differences.ts';
import type { Target } from '../model/target.ts';
import { formatDecimals, formatNumber, formatUsd, formatValue, UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { renderTable, wrap } from './table.ts';

export interface ComparisonReportInput {
  readonly comparison: RunComparison;
  readonly style: Style;
  /** Width of the terminal; notes are fitted to it. */
  readonly columns: number;
}

/** Two runs side by side, for a terminal of 80 columns or more. Ends without a newline. */
export function renderComparison(input: ComparisonReportInput): string {
  const { comparison, style } = input;
  const only = (side: string, targets: readonly Target[]): readonly string[] =>
    targets.map(({ provider, model }) => style.caution(`only in ${side}: ${provider} · ${model}`));
  return [
    ...renderTable([headCells('A', comparison.a, style), headCells('B', comparison.b, style)], HEAD_COLUMNS),
    ...renderDifferences(comparison.differences, input),
    ...only('A', comparison.onlyInA),
    ...only('B', comparison.onlyInB),
    ...comparison.targets.flatMap((target) => ['', ...renderTarget(target, input)]),
    '',
    ...renderVerdict(input),
  ].join('\n');
}

const HEAD_COLUMNS = 4;

function headCells(side: string, run: Omit<ComparedRun, 'targets'>, style: Style): readonly string[] {
  const origin = run.importedFrom === undefined ? '' : `imported from ${run.importedFrom}`;
  const file = [run.label === run.id ? '' : run.label, origin].filter((part) => part !== '').join(', ');
  return [style.title(side), run.id, style.dim(`${run.startedAtIso.slice(0, 19).replace('T', ' ')} UTC`), file];
}

const DIFFERENCE_WORDS = { subject: '', condition: '  ← not like-for-like', circumstance: '' } as const;

function renderDifferences(differences: readonly RunDifference[], input: ComparisonReportInput): readonly string[] {
  const { style, columns } = input;
  return differences.flatMap(({ kind, what, a, b }) => {
    const [first = '', ...more] = wrap(`${what}: ${a} → ${b}${DIFFERENCE_WORDS[kind]}`, columns - MARGIN.length);
    const paint = kind === 'condition' ? style.caution : style.dim;
    return [paint(`differs  ${first}`), ...more.map((line) => paint(MARGIN + line))];
  });
}

const MARGIN = ' '.repeat('differs  '.length);

function renderTarget(target: TargetComparison, input: ComparisonReportInput): readonly string[] {
  const { style } = input;
  const rows = target.metrics.map((metric) => metricCells(metric, style));
  const head = ['', 'A', 'B', 'change', '95 % interval', 'verdict'].map((text) => style.dim(text));
  const open = target.metrics.filter(({ verdict, reason }) => verdict === 'inconclusive' && reason !== undefined);
  const explained = target.metrics.filter(({ verdict, reason }) => verdict !== 'inconclusive' && reason !== undefined);
  return [
    style.title(nameOf(target)),
    ...renderDifferences(target.differences, input),
    '',
    ...renderTable([head, ...rows]),
    ...(open.length + explained.length + target.notes.length === 0 ? [] : ['']),
    ...open.flatMap((metric) => marked(style.dim('open   '), whatItTakes(metric), input)),
    ...explained.flatMap((metric) =>
      marked(style.caution('note   '), `${comparisonLabel(metric)}: ${metric.reason ?? ''}`, input),
    ),
    ...target.notes.flatMap((note) => marked(style.caution('note   '), note, input)),
  ];
}

function nameOf({ a, b }: TargetComparison): string {
  const [inA, inB] = [`${a.provider} · ${a.model}`, `${b.provider} · ${b.model}`];
  return inA === inB ? inA : `${inA} → ${inB}`;
}

function marked(word: string, text: string, { columns }: ComparisonReportInput): readonly string[] {
  const [first = '', ...more] = wrap(text, columns - MARGIN.length);
  return [`${word}  ${first}`, ...more.map((line) => MARGIN + line)];
}

const LABELS: Readonly<Record<string, string>> = {
  ttftScheduled: 'ttft sched.',
  e2eScheduled: 'e2e sched.',
  tokensPerSecond: 'tokens/s',
  errorRate: 'error',
};

/** `ttft p50`; at most 15 characters, so that a line fits 80 columns. */
export function comparisonLabel({ metric, statistic }: MetricComparison): string {
  return `${LABELS[metric] ?? metric} ${statistic}`;
}

function metricCells(metric: MetricComparison, style: Style): readonly string[] {
  const isRate = metric.statistic === 'rate';
  return [
    comparisonLabel(metric),
    formatValue(metric.a.value, metric.unit),
    formatValue(metric.b.value, metric.unit),
    isRate ? `${signedPercent(metric.change)} pts` : `${signedPercent(metric.relative)} %`,
    interval(isRate ? metric.changeInterval : metric.relativeInterval),
    verdictWord(metric.verdict, style),
  ].map((cell) => (cell.startsWith(UNDEFINED) ? UNDEFINED : cell));
}

function interval(bounds: Interval | undefined): string {
  return bounds === undefined ? UNDEFINED : `[${signedPercent(bounds.low)}, ${signedPercent(bounds.high)}]`;
}

/** A ratio in percent with its sign, one decimal below 100: `+13.8`, `−4.2`, `0.0`. */
function signedPercent(ratio: number | undefined): string {
  if (ratio === undefined) return UNDEFINED;
  const rounded = Number((ratio * 100).toFixed(Math.abs(ratio) < 1 ? 1 : 0));
  const text = formatDecimals(Math.abs(rounded), Math.abs(rounded) < 100 ? 1 : 0);
  return rounded === 0 ? text : `${rounded > 0 ? '+' : '−'}${text}`;
}

function verdictWord(verdict: ChangeVerdict, style: Style): string {
  switch (verdict) {
    case 'regressed':
      return style.bad('REGRESSED');
    case 'improved':
      return style.good('improved');
    case 'no-change':
      return 'no change';
    case 'inconclusive':
      return style.caution('inconclusive');
  }
}

function whatItTakes(metric: MetricComparison): string {
  const has = `has ${formatNumber(Math.min(metric.a.n, metric.b.n))}`;
  const { needed } = metric;
  const price = needed?.usd === undefined ? '' : `, about ${formatUsd(needed.usd)} for both`;
  const way =
    needed === undefined
      ? ''
      : needed.samples === undefined
        ? `; it lies too near to the limit for any number of samples (${has})`
        : `; needs about ${formatNumber(needed.samples)} samples a run (${has}${price})`;
  return `${comparisonLabel(metric)}: ${metric.reason ?? ''}${way}`;
}

function renderVerdict({ comparison, style, columns }: ComparisonReportInput): readonly string[] {
  const { minEffect, verdict, targets } = comparison;
  const named = (wanted: ChangeVerdict): string =>
    targets
      .flatMap((target) => {
        const found = target.metrics.filter((metric) => metric.verdict === wanted).map(comparisonLabel);
        return found.length === 0
          ? []
          : [targets.length === 1 ? found.join(', ') : `${nameOf(target)}: ${found.join(', ')}`];
      })
      .join('; ');
  const limit = `${formatNumber(minEffect * 100)} %`;
  switch (verdict) {
    case 'regressed':
      return wrap(`REGRESSED by ${limit} or more: ${named('regressed')}`, columns).map((line) => style.bad(line));
    case 'improved':
      return wrap(`improved by ${limit} or more: ${named('improved')}`, columns).map((line) => style.good(line));
    case 'no-change':
      return [`no change of ${limit} or more`];
    case 'inconclusive':
      return wrap(`no regression found, but not all could be decided: ${named('inconclusive')}`, columns).map((line) =>
        style.caution(line),
      );
  }
}
