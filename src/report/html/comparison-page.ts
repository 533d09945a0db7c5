import type { MetricComparison } from '../../metrics/comparison.ts';
import type { RunComparison, TargetComparison } from '../../metrics/run-comparison.ts';
import type { RunDifference } from '../../metrics/run-differences.ts';
import type { TargetSummary } from '../../metrics/summary.ts';
import { repeatCommand } from '../../model/repeat-command.ts';
import type { Run } from '../../model/run.ts';
import type { Target } from '../../model/target.ts';
import { comparisonLabel } from '../comparison.ts';
import { formatDecimals, formatNumber, formatUsd, formatValue, UNDEFINED } from '../format.ts';
import { describeLoad } from '../text.ts';
import { distributionSection, type PicturedTarget, timeSection } from './charts.ts';
import { escapeHtml, table } from './markup.ts';
import { renderPage, type Section } from './page.ts';
import { type RunPageInput, toPictured } from './run-page.ts';
import { facts, ledger, quantileTables } from './run-tables.ts';

/** A run with what its pictures are drawn from. */
export type ComparedPage = Omit<RunPageInput, 'verdict'>;

export interface ComparisonPageInput {
  readonly comparison: RunComparison;
  readonly a: ComparedPage;
  readonly b: ComparedPage;
}

/** Two runs as a page: what changed and how sure that is, the samples of both, and what differs between their plans. */
export function renderComparisonPage({ comparison, a, b }: ComparisonPageInput): string {
  const pairs = comparison.targets.map((pair) => picturedPair(pair, a, b));
  const endMs = Math.max(a.pictures.endMs, b.pictures.endMs);
  const sections: readonly Section[] = [
    { id: 'changes', title: 'What changed', content: comparison.targets.map((pair) => changes(pair)).join('') },
    { id: 'differences', title: 'What differs', content: differences(comparison) },
    { id: 'distribution', title: 'Distribution', content: drawn(pairs, distributionSection) },
    { id: 'time', title: 'Over time', content: drawn(pairs, (pictured, label) => timeSection(pictured, endMs, label)) },
    { id: 'figures', title: 'Figures', content: [a, b].map(figuresOf).join('') },
    {
      id: 'ledger',
      title: 'Ledger',
      content: [a, b].map((run) => `<h3>${escapeHtml(run.run.id)}</h3>${ledger(run.targets)}`).join(''),
    },
    { id: 'runs', title: 'The runs', content: [a, b].map(({ run }, index) => runFacts(run, index)).join('') },
  ];
  return renderPage({
    title: `${a.run.id} → ${b.run.id}`,
    badge: verdictBadge(comparison),
    subtitle: `<p class="meta">A is what was, B what is now. Changes below ${formatNumber(comparison.minEffect * 100)} % do not count.</p>`,
    sections,
    version: b.run.version,
  });
}

interface Pair {
  readonly name: string;
  readonly pictured: readonly PicturedTarget[];
}

function picturedPair(pair: TargetComparison, a: ComparedPage, b: ComparedPage): Pair {
  const sides = [
    { page: a, target: pair.a, letter: 'A' },
    { page: b, target: pair.b, letter: 'B' },
  ];
  const pictured = sides.flatMap(({ page, target, letter }, colour) =>
    toPictured(page, () => `${letter}: ${page.run.id}`)
      .filter(({ summary }) => isSame(summary, target))
      .map((one) => ({ ...one, colour })),
  );
  return { name: nameOf(pair), pictured };
}

function isSame({ target }: TargetSummary, { provider, model }: Target): boolean {
  return target.provider === provider && target.model === model;
}

/** Pictures of each pair, named where there are several. */
function drawn(pairs: readonly Pair[], draw: (pictured: readonly PicturedTarget[], label: string) => string): string {
  return pairs
    .map(({ name, pictured }) => {
      const content = draw(pictured, pairs.length === 1 ? '' : name);
      return pairs.length === 1 || content === '' ? content : `<h3>${escapeHtml(name)}</h3>${content}`;
    })
    .join('');
}

function nameOf({ a, b }: TargetComparison): string {
  const [inA, inB] = [`${a.provider} · ${a.model}`, `${b.provider} · ${b.model}`];
  return inA === inB ? inA : `${inA} → ${inB}`;
}

function changes(pair: TargetComparison): string {
  const rows = pair.metrics.map((metric) => [
    escapeHtml(comparisonLabel(metric)),
    sideCell(metric, 'a'),
    sideCell(metric, 'b'),
    change(metric),
    verdictCell(metric),
  ]);
  const open = pair.metrics.flatMap((metric) => {
    const why = whyText(metric);
    const tone = TONES[metric.verdict] === '' ? 'good' : TONES[metric.verdict];
    const name = `<strong class="${tone}">${escapeHtml(comparisonLabel(metric))}</strong>`;
    return why === '' ? [] : [`<li>${name} ${escapeHtml(why)}</li>`];
  });
  const notes = pair.notes.map(
    (note) => `<li class="note"><strong class="caution">note</strong> ${escapeHtml(note)}</li>`,
  );
  return `<h3>${escapeHtml(nameOf(pair))}</h3>${table({
    caption: `${escapeHtml(nameOf(pair))}: values with their 95 % intervals; verdicts hold after Holm’s correction`,
    heads: ['metric', 'A', 'B', 'change', 'verdict'],
    rows,
  })}${open.length + notes.length === 0 ? '' : `<ul class="ledger">${[...notes, ...open].join('')}</ul>`}`;
}

function sideCell(metric: MetricComparison, side: 'a' | 'b'): string {
  const { value, interval, n } = metric[side];
  const range =
    interval === undefined
      ? ''
      : `<br><small>${formatValue(interval.low, metric.unit)} – ${formatValue(interval.high, metric.unit)}</small>`;
  return `${formatValue(value, metric.unit)} <small>n ${formatNumber(n)}</small>${range}`;
}

function change({ statistic, relative, relativeInterval, change: absolute, changeInterval }: MetricComparison): string {
  const isRate = statistic === 'rate';
  const [value, interval] = isRate ? [absolute, changeInterval] : [relative, relativeInterval];
  if (value === undefined) return UNDEFINED;
  const unit = isRate ? ' points' : ' %';
  const range = interval === undefined ? '' : `<br><small>${signed(interval.low)} … ${signed(interval.high)}</small>`;
  return `${signed(value)}${unit}${range}`;
}

function signed(ratio: number): string {
  const percent = Number((ratio * 100).toFixed(1));
  return percent === 0 ? '0.0' : `${percent > 0 ? '+' : '−'}${formatDecimals(Math.abs(percent), 1)}`;
}

const TONES = { regressed: 'bad', improved: 'good', 'no-change': '', inconclusive: 'caution' } as const;

function verdictCell({ verdict }: MetricComparison): string {
  return `<strong class="${TONES[verdict]}">${verdict === 'no-change' ? 'no change' : verdict}</strong>`;
}

function whyText({ reason, needed }: MetricComparison): string {
  const price = needed?.usd === undefined ? '' : `, about ${formatUsd(needed.usd)}`;
  const more =
    needed?.samples === undefined ? '' : `; needs about ${formatNumber(needed.samples)} samples a run${price}`;
  return `${reason ?? ''}${more}`;
}

function verdictBadge({ verdict }: RunComparison): string {
  const tone = TONES[verdict] === '' ? 'good' : TONES[verdict];
  return `<span class="badge ${tone}">${verdict === 'no-change' ? 'no change' : verdict}</span>`;
}

function differences(comparison: RunComparison): string {
  const of = (list: readonly RunDifference[], where: string): readonly (readonly string[])[] =>
    list.map(({ what, a, b, kind }) => [
      escapeHtml(what),
      escapeHtml(where),
      escapeHtml(a),
      escapeHtml(b),
      kind === 'condition' ? '<strong class="caution">not like-for-like</strong>' : kind,
    ]);
  const rows = [
    ...of(comparison.differences, 'the runs'),
    ...comparison.targets.flatMap((pair) => of(pair.differences, nameOf(pair))),
    ...[comparison.onlyInA, comparison.onlyInB].flatMap((targets, side) =>
      targets.map(({ provider, model }) => [
        'target',
        side === 0 ? 'only in A' : 'only in B',
        escapeHtml(`${provider} · ${model}`),
        '',
        '',
      ]),
    ),
  ];
  if (rows.length === 0) return '<p>Nothing: the plans and the machines are the same.</p>';
  return table({ caption: 'Between the plans and the machines', heads: ['what', 'of', 'A', 'B', 'means'], rows });
}

function figuresOf({ run, targets }: ComparedPage, index: number): string {
  return `<h3>${index === 0 ? 'A' : 'B'}: ${escapeHtml(run.id)}</h3>${quantileTables(targets)}`;
}

function runFacts(run: Run, index: number): string {
  return `<h3>${index === 0 ? 'A' : 'B'}: ${escapeHtml(run.id)}</h3>${facts([
    ['Started', run.startedAtIso],
    ['Load', describeLoad(run.plan)],
    ['llm-bench', run.version],
    ['Machine', `${run.environment.cpuModel}, ${run.environment.cpuCount} cores`],
  ])}<pre><code>${escapeHtml(repeatCommand(run))}</code></pre>`;
}
