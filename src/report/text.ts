import { type MetricUnit, REQUEST_METRICS, WINDOW_METRICS } from '../metrics/catalogue.ts';
import type { Distribution } from '../metrics/distribution.ts';
import type { Interval } from '../metrics/interval.ts';
import type { ThresholdVerdict } from '../metrics/judge-thresholds.ts';
import { MIN_SAMPLES, QUANTILES } from '../metrics/quantile.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import { type ValidityEntry, worstLevel } from '../metrics/validity.ts';
import { loadText } from '../model/load-text.ts';
import type { Plan } from '../model/plan.ts';
import { repeatCommand } from '../model/repeat-command.ts';
import type { Run, RunState } from '../model/run.ts';
import { formatMs, formatNumber, formatRatio, formatUsd, formatValue, UNDEFINED } from './format.ts';
import { renderHistogram } from './histogram.ts';
import { importedText, renderImported } from './imported.ts';
import { renderPrompts } from './prompts.ts';
import { quantileVerdicts } from './slo.ts';
import { renderStages } from './stages.ts';
import type { Style } from './style.ts';
import { type Row, renderTable, wrap } from './table.ts';
import { renderVerdict } from './verdict.ts';
import { describeWorkload } from './workload.ts';

/** What a text report is made from, and what it shows. */
export interface TextReportInput {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: number;
  readonly targets: readonly TargetSummary[];
  /** Also mean, median, stdev, min, max and 95 % intervals. */
  readonly withStats: boolean;
  readonly withHistogram: boolean;
  /** What `--fail-if` found; undefined without conditions. */
  readonly verdict?: ThresholdVerdict | undefined;
  readonly style: Style;
  /** Width of the terminal; only notes are fitted to it. */
  readonly columns: number;
}

/** A finished run for a terminal of 80 columns or more. Ends without a newline. */
export function renderText(input: TextReportInput): string {
  const { run, state, style } = input;
  const head = [
    `${style.title(`Run ${run.id}`)}  ${stateWord(state, style)} after ${formatMs(input.durationMs)}`,
    ...wrap(describeLoad(run.plan), input.columns).map(style.dim),
    ...describeWorkload(run.plan)
      .flatMap((line) => wrap(line, input.columns))
      .map(style.dim),
    ...(run.imported === undefined ? [] : [style.caution(importedText(run.imported))]),
    style.dim(`llm-bench ${run.version} · seed ${run.plan.seed} · ${run.startedAtIso}`),
  ];
  const verdict = input.verdict === undefined ? [] : ['', ...renderVerdict(input.verdict, input)];
  if (run.imported !== undefined && run.imported.figures.length > 0) {
    const title = `${style.title(`Run ${run.id}`)}  ${style.caution(importedText(run.imported))}`;
    return [title, style.dim(run.startedAtIso), ...renderImported(run.imported, input)].join('\n');
  }
  const targets = input.targets.flatMap((summary) => ['', ...renderTarget(summary, input)]);
  // Never wrapped by us: it is there to be copied.
  const repeat = ['', style.dim(`repeat: ${repeatCommand(run)}`)];
  return [...head, ...targets, ...repeat, ...verdict].join('\n');
}

function stateWord(state: RunState, style: Style): string {
  return state === 'completed' ? style.good(state) : style.caution(state.toUpperCase());
}

/** `closed loop, 4 at a time · 60 requests per target · 1 warm-up · cold cache`. */
export function describeLoad(plan: Plan): string {
  const { requests, durationMs } = plan.stop;
  const parts = [
    `${LOAD_KINDS[plan.load.kind]}, ${loadText(plan.load)}`,
    requests === undefined ? undefined : `${formatNumber(requests)} requests per target`,
    durationMs === undefined ? undefined : `for ${formatMs(durationMs)}`,
    `${plan.warmupMs === undefined ? plan.warmupRequests : formatMs(plan.warmupMs)} warm-up`,
    plan.cooldownMs === undefined ? undefined : `${formatMs(plan.cooldownMs)} cool-down`,
    plan.cancellation === undefined ? undefined : `${formatRatio(plan.cancellation.ratio)} given up`,
    `${plan.cache} cache`,
    plan.interleave === undefined ? undefined : `turns of ${plan.interleave.requestsPerTurn}`,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

const LOAD_KINDS = { 'closed-loop': 'closed loop', 'open-loop': 'open loop', trace: 'trace' } as const;

function renderTarget(summary: TargetSummary, input: TextReportInput): readonly string[] {
  const { target, requests } = summary;
  const { style } = input;
  const counts = [
    `${requests.completed} completed`,
    `${requests.failed} failed`,
    ...(requests.cancelled > 0 ? [`${requests.cancelled} cancelled`] : []),
    ...(requests.dropped > 0 ? [`${requests.dropped} dropped`] : []),
    ...(requests.retries > 0 ? [`${requests.retries} of them retries`] : []),
  ];
  return [
    `${style.title(`${target.provider} · ${target.model}`)}  ${style.dim(target.url)}`,
    `${counts.join(', ')}  ${trust(summary.validity, style)}`,
    ...renderFailures(summary, style),
    '',
    ...renderQuantiles(summary, input),
    '',
    ...renderTotals(summary, input),
    ...renderStages(summary.stages, input.run.plan.load, style),
    ...renderPrompts(summary.prompts, style),
    ...(input.withHistogram ? renderHistograms(summary, style) : []),
    ...renderValidity(summary.validity, input),
  ];
}

function trust(validity: readonly ValidityEntry[], style: Style): string {
  const level = worstLevel(validity);
  if (level === 'invalid') return style.bad('INVALID: do not use these numbers, see below');
  return level === 'note' ? style.caution('valid, with notes below') : style.good('valid');
}

function renderFailures(summary: TargetSummary, style: Style): readonly string[] {
  return Object.entries(summary.failures).map(([kind, count]) => {
    const example = summary.failureExamples[kind as keyof typeof summary.failureExamples];
    return style.bad(`  ${count} × ${kind}${example === undefined ? '' : `: ${example}`}`);
  });
}

interface QuantileLine {
  readonly label: string;
  readonly id: string;
}

const LATENCY_LINES: readonly QuantileLine[] = [
  { label: 'ttft', id: 'ttft' },
  { label: 'ttfo', id: 'ttfo' },
  { label: 'ttft from schedule', id: 'ttftScheduled' },
  { label: 'itl', id: 'itl' },
  { label: 'tbt', id: 'tbt' },
  { label: 'tpot', id: 'tpot' },
  { label: 'e2e', id: 'e2e' },
  { label: 'e2e from schedule', id: 'e2eScheduled' },
  { label: 'time to error', id: 'timeToError' },
];

const WINDOW_LINES: readonly QuantileLine[] = [
  { label: 'requests/s', id: 'rps' },
  { label: 'tokens/s', id: 'tps' },
  { label: 'goodput/s', id: 'goodput' },
  { label: 'error rate', id: 'errorRate' },
];

/** Lines that only some runs have; the others stand there as undefined. */
const OPTIONAL_IDS: ReadonlySet<string> = new Set(['ttftScheduled', 'e2eScheduled', 'timeToError']);

function renderQuantiles(summary: TargetSummary, { style, withStats }: TextReportInput): readonly string[] {
  const rows = renderFigures(
    summary,
    { heads: QUANTILES, cellsOf: (values, unit) => quantileCells(values, unit, style) },
    style,
  );
  const marks = rows.some((row) => row.includes('*')) ? [style.dim(`* few samples: ${minimaText()}`)] : [];
  // A table of its own: side by side they do not fit 80 columns.
  const stats = withStats
    ? [
        '',
        ...renderFigures(summary, { heads: STATS, cellsOf: statCells }, style),
        '',
        ...renderIntervals(summary, style),
      ]
    : [];
  return [...rows, ...marks, ...stats];
}

/** What p50 and p95 may be in truth; only of metrics with one sample a request. */
function renderIntervals({ metrics, intervals }: TargetSummary, style: Style): readonly string[] {
  const shown = LATENCY_LINES.filter(({ id }) => intervals[id] !== undefined && (metrics[id]?.n ?? 0) > 0);
  const rows = shown.map(({ label, id }): Row => {
    const unit = UNITS.get(id) ?? 'ms';
    const cell = (bounds: Interval | undefined): string =>
      bounds === undefined ? UNDEFINED : `${formatValue(bounds.low, unit)} – ${formatValue(bounds.high, unit)}`;
    return [label, cell(intervals[id]?.p50), cell(intervals[id]?.p95)];
  });
  return renderTable([['95 % intervals', 'p50', 'p95'].map((head) => style.dim(head)), ...rows]);
}

/** The columns of a table of metrics. */
interface Figures {
  readonly heads: readonly string[];
  readonly cellsOf: (values: Distribution | undefined, unit: MetricUnit) => readonly string[];
}

function renderFigures(summary: TargetSummary, { heads, cellsOf }: Figures, style: Style): readonly string[] {
  const isShown = ({ id }: QuantileLine): boolean => {
    const values = summary.metrics[id];
    if (id === 'ttfo')
      return values?.n !== summary.metrics['ttft']?.n || values?.mean !== summary.metrics['ttft']?.mean;
    return !OPTIONAL_IDS.has(id) || (values?.n ?? 0) > 0;
  };
  const line = ({ label, id }: QuantileLine): Row => {
    const values = summary.metrics[id];
    return [label, ...cellsOf(values, UNITS.get(id) ?? 'ms'), formatNumber(values?.n ?? 0)];
  };
  return renderTable([
    ['', ...heads, 'n'].map((head) => style.dim(head)),
    ...LATENCY_LINES.filter(isShown).map(line),
    [style.dim('by second')],
    ...WINDOW_LINES.map(line),
  ]);
}

function minimaText(): string {
  const marked = QUANTILES.filter((name) => MIN_SAMPLES[name] > 1);
  return marked.map((name) => `${name} needs ${MIN_SAMPLES[name]}`).join(', ');
}

const UNITS = new Map([...REQUEST_METRICS, ...WINDOW_METRICS].map((metric) => [metric.id, metric.unit]));

function quantileCells(values: Distribution | undefined, unit: MetricUnit, style: Style): readonly string[] {
  const n = values?.n ?? 0;
  return QUANTILES.map((name) => {
    const text = formatValue(values?.[name], unit);
    return n > 0 && n < MIN_SAMPLES[name] ? style.dim(`${text}*`) : text;
  });
}

const STATS = ['mean', 'median', 'stdev', 'min', 'max'] as const;

function statCells(values: Distribution | undefined, unit: MetricUnit): readonly string[] {
  return STATS.map((name) => formatValue(values?.[name === 'median' ? 'p50' : name], unit));
}

function renderTotals(summary: TargetSummary, { run }: TextReportInput): readonly string[] {
  const { throughput, tokens } = summary;
  const offered =
    throughput.offeredPerSecond === undefined ? '' : ` of ${formatNumber(throughput.offeredPerSecond)} offered`;
  const source = tokens.source === undefined || tokens.source === 'reported' ? '' : ` (${tokens.source})`;
  const extras = [
    ...(tokens.reasoning ? [`${formatNumber(tokens.reasoning)} of it reasoning`] : []),
    ...(tokens.cached ? [`${formatNumber(tokens.cached)} of the input cached`] : []),
  ];
  const objectives = run.plan.objectives.map(({ metric, max }) => `${metric} ≤ ${formatMs(max)}`).join(', ');
  return renderTotalsTable([
    [
      'throughput',
      `${formatNumber(throughput.requestsPerSecond)} requests/s${offered}, ${formatNumber(throughput.outputTokensPerSecond)} tokens/s`,
    ],
    [
      '',
      `over ${formatMs(summary.steadyWindowMs)} of steady load; ${formatNumber(summary.fullThroughput.outputTokensPerSecond)} tokens/s with ramp-down`,
    ],
    [
      'quality',
      `goodput ${formatNumber(summary.goodput)} requests/s, good ${formatRatio(summary.goodRatio)}, errors ${formatRatio(summary.errorRate)}`,
    ],
    ...(objectives === '' ? [] : [['', `good: ${objectives}${skippedText(summary.objectivesSkipped)}`]]),
    ...quantileVerdicts(summary, run.plan).map((line) => ['', line]),
    ['tokens', [`${formatNumber(tokens.input)} in, ${formatNumber(tokens.output)} out${source}`, ...extras].join(', ')],
    ...conversationRows(summary),
    ...costRows(summary),
  ]);
}

function conversationRows({ conversations }: TargetSummary): readonly (readonly string[])[] {
  if (conversations === undefined) return [];
  const { completed, failed, cut } = conversations;
  return [['talks', `${completed} conversations completed, ${failed} ended by a failure, ${cut} cut by the end`]];
}

function costRows(summary: TargetSummary): readonly (readonly string[])[] {
  const { cost, target } = summary;
  const { price } = target.profile;
  if (cost.usd === undefined || price === undefined) return [['cost', `${UNDEFINED} (no price known)`]];
  const least = cost.unknownRequests === 0 ? '' : 'at least ';
  const unknown = cost.unknownRequests === 0 ? '' : `, ${cost.unknownRequests} requests of unknown cost`;
  const warmup = cost.warmupUsd ? `, ${formatUsd(cost.warmupUsd)} of it warm-up` : '';
  const mean = summary.metrics['cost']?.mean;
  const each = mean === undefined ? '' : ` (mean ${formatUsd(mean)} a request)`;
  return [
    ['cost', `${least}${formatUsd(cost.usd)}${each}${warmup}${unknown}`],
    ['', `prices: ${price.source}${price.asOf === undefined ? '' : ` of ${price.asOf}`}`],
  ];
}

function skippedText(skipped: number): string {
  return skipped === 0 ? '' : ` (${skipped} could not apply)`;
}

function renderTotalsTable(rows: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', text = '']) => `${name.padEnd(width)}  ${text}`);
}

function renderHistograms({ histograms }: TargetSummary, style: Style): readonly string[] {
  return [
    '',
    style.title('E2E'),
    ...orNothing(renderHistogram(histograms.e2e)),
    '',
    style.title('TTFT'),
    ...orNothing(renderHistogram(histograms.ttft)),
  ];
}

function orNothing(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [`${UNDEFINED} (no samples)`] : lines;
}

/** What the words `note` and `invalid` take. */
const MARGIN = ' '.repeat('invalid  '.length);

function renderValidity(validity: readonly ValidityEntry[], { style, columns }: TextReportInput): readonly string[] {
  const open = validity.filter((entry) => entry.level !== 'ok');
  if (open.length === 0) return [];
  return [
    '',
    ...open.flatMap(({ level, text, hint }) => {
      const word = level === 'invalid' ? style.bad('invalid') : style.caution('note   ');
      const [first = '', ...more] = wrap(text, columns - MARGIN.length);
      const hints = hint === undefined ? [] : wrap(`→ ${hint}`, columns - MARGIN.length);
      return [
        `${word}  ${first}`,
        ...more.map((line) => MARGIN + line),
        ...hints.map((line) => MARGIN + style.dim(line)),
      ];
    }),
  ];
}
