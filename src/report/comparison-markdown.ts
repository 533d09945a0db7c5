import type { ChangeVerdict, MetricComparison } from '../metrics/comparison.ts';
import type { RunComparison, TargetComparison } from '../metrics/run-comparison.ts';
import { comparisonLabel } from './comparison.ts';
import { formatDecimals, formatNumber, formatValue, UNDEFINED } from './format.ts';
import { cell, fit, MAX_COMMENT_BYTES, type MarkdownSection } from './markdown.ts';

const RANK: Readonly<Record<ChangeVerdict, number>> = { regressed: 0, inconclusive: 1, improved: 2, 'no-change': 3 };
const MARK: Readonly<Record<ChangeVerdict, string>> = {
  regressed: '❌ regressed',
  inconclusive: '❔ inconclusive',
  improved: '✅ improved',
  'no-change': '➖ no change',
};

/** Two runs for a comment: the targets that regressed first, and in each the metrics that did; as far as the limit goes. */
export function renderComparisonMarkdown(comparison: RunComparison, maxBytes: number = MAX_COMMENT_BYTES): string {
  const { a, b, minEffect, verdict } = comparison;
  const targets = comparison.targets.toSorted((one, other) => worstOf(one) - worstOf(other));
  const differences = [...comparison.differences, ...comparison.targets.flatMap((target) => target.differences)];
  const sections: readonly MarkdownSection[] = [
    ...targets.map((target): MarkdownSection => {
      const metrics = target.metrics.toSorted((one, other) => RANK[one.verdict] - RANK[other.verdict]);
      return { lead: tableHead(target), items: metrics.map(metricLine), what: 'metrics' };
    }),
    ...targets.map((target): MarkdownSection => ({ lead: '\n', items: target.notes.map(item), what: 'notes' })),
    {
      lead: '\nWhat differs:\n\n',
      items: differences.map(({ what, a: inA, b: inB, kind }) =>
        item(`${what}: ${inA} → ${inB}${kind === 'condition' ? ' (not like-for-like)' : ''}`),
      ),
      what: 'differences',
    },
  ];
  const head = [
    `## ${MARK[verdict]}: ${cell(a.id)} → ${cell(b.id)}`,
    '',
    `Changes below ${formatNumber(minEffect * 100)} % do not count; intervals are of 95 %.`,
    '',
  ].join('\n');
  return fit({ head, foot: '\n', sections, maxBytes });
}

function worstOf({ metrics }: TargetComparison): number {
  return metrics.reduce((worst, { verdict }) => Math.min(worst, RANK[verdict]), RANK['no-change']);
}

function tableHead({ a, b }: TargetComparison): string {
  const [inA, inB] = [`${a.provider} · ${a.model}`, `${b.provider} · ${b.model}`];
  const name = inA === inB ? cell(inA) : `${cell(inA)} → ${cell(inB)}`;
  return `\n### ${name}\n\n| metric | A | B | change | 95 % | verdict |\n|---|--:|--:|--:|--:|---|\n`;
}

function metricLine(metric: MetricComparison): string {
  const isRate = metric.statistic === 'rate';
  const change = isRate ? metric.change : metric.relative;
  const interval = isRate ? metric.changeInterval : metric.relativeInterval;
  const cells = [
    comparisonLabel(metric),
    formatValue(metric.a.value, metric.unit),
    formatValue(metric.b.value, metric.unit),
    change === undefined ? UNDEFINED : `${signed(change)} ${isRate ? 'pts' : '%'}`,
    interval === undefined ? UNDEFINED : `${signed(interval.low)} … ${signed(interval.high)}`,
    MARK[metric.verdict],
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function signed(ratio: number): string {
  const percent = Number((ratio * 100).toFixed(1));
  return percent === 0 ? '0.0' : `${percent > 0 ? '+' : '−'}${formatDecimals(Math.abs(percent), 1)}`;
}

function item(text: string): string {
  return `- ${cell(text)}\n`;
}
