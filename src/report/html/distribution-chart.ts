import type { MetricUnit } from '../../metrics/catalogue.ts';
import type { QuantileIntervals } from '../../metrics/distribution.ts';
import { formatNumber, formatValue } from '../format.ts';
import { type Frame, tickMs, tickNumber, xAxis, yAxis } from './axes.ts';
import { coordinate, escapeHtml, figure, table } from './markup.ts';
import { fittingScale, linearScale, type Scale } from './scale.ts';
import { TAIL, thinSorted } from './thin.ts';

/** One target's samples of one metric. */
export interface DistributionSeries {
  readonly name: string;
  /** Number of its colour. */
  readonly colour: number;
  readonly sorted: Float64Array;
  /** How many there were, where only some are kept. */
  readonly count: number;
  readonly intervals: QuantileIntervals | undefined;
}

export interface DistributionChart {
  readonly title: string;
  readonly unit: MetricUnit;
  /** What is counted in it. */
  readonly of: string;
  readonly series: readonly DistributionSeries[];
}

const WIDTH = 480;
const ROW = 34;
const ECDF_HEIGHT = 150;
const STRIP_POINTS = 700;
const ECDF_POINTS = 240;

/** Every sample as a dot, a row a target, and below it the share of samples up to each value. Empty without samples. */
export function distributionFigure(chart: DistributionChart): string {
  const series = chart.series.filter(({ sorted }) => sorted.length > 0);
  if (series.length === 0) return '';
  const low = Math.min(...series.map(({ sorted }) => sorted[0] ?? 0));
  const high = Math.max(...series.map(({ sorted }) => sorted.at(-1) ?? 0));
  const stripTop = 14;
  const top = stripTop + series.length * ROW + 30;
  const frame: Frame = { left: 46, right: WIDTH - 16, top, bottom: top + ECDF_HEIGHT };
  const x = fittingScale({ low, high }, { from: frame.left, to: frame.right, steps: 5 });
  const y = linearScale({ low: 0, high: 1 }, { from: frame.bottom, to: frame.top, steps: 4 });
  const svg = [
    xAxis(x, { ...frame, top: stripTop - 6 }, { format: tickFormat(chart.unit), label: axisLabel(chart, x) }),
    yAxis(y, frame, { format: (value) => `${Math.round(value * 100)} %`, label: 'share of samples up to each value' }),
    ...series.map((one, index) => strip(one, x, stripTop + index * ROW)),
    ...series.map((one) => ecdf(one, x, y)),
  ].join('');
  return figure({
    title: chart.title,
    description: series.map((one) => describe(one, chart.unit)).join('; '),
    svg,
    width: WIDTH,
    height: frame.bottom + 46,
    caption: `${thinnedNote(series, chart.of)} ${series.some(({ intervals }) => intervals?.p50 !== undefined) ? 'Bar: the median’s 95 % interval. ' : ''}Ticks: p50, p95, p99.`,
    data: dataTable(chart, series),
  });
}

function tickFormat(unit: MetricUnit): (value: number) => string {
  return unit === 'ms' ? tickMs : tickNumber;
}

function axisLabel({ unit }: DistributionChart, { isLog }: Scale): string {
  const name = unit === 'ms' ? [] : [unit];
  return [...name, ...(isLog ? ['logarithmic scale'] : [])].join(', ');
}

/** Dots at heights that follow from their rank: the picture is the same each time. */
function strip({ sorted, colour, intervals }: DistributionSeries, x: Scale, top: number): string {
  const dots = thinSorted(sorted, STRIP_POINTS).map((value, index) => {
    // The golden ratio spreads neighbours over the row.
    const height = top + 4 + ((index * 0.618_033_988_75) % 1) * (ROW - 14);
    return `M${coordinate(x.at(value))} ${coordinate(height)}h0`;
  });
  const middle = top + ROW / 2 - 3;
  const mark = (q: number): string =>
    `<path class="mark" d="M${coordinate(x.at(sampleAt(sorted, q)))} ${top}v${ROW - 6}"/>`;
  const bar = intervals?.p50;
  return [
    `<path class="dots c${colour}" d="${dots.join('')}"/>`,
    ...(bar === undefined
      ? []
      : [`<path class="bar c${colour}" d="M${coordinate(x.at(bar.low))} ${middle}H${coordinate(x.at(bar.high))}"/>`]),
    ...[0.5, 0.95, 0.99].map(mark),
  ].join('');
}

/** A step at each sample, or at as many as a line of that width can show. */
function ecdf({ sorted, colour }: DistributionSeries, x: Scale, y: Scale): string {
  const n = sorted.length;
  const steps = Math.min(n, ECDF_POINTS);
  let path = `M${coordinate(x.at(sorted[0] ?? 0))} ${coordinate(y.at(0))}`;
  for (let step = 0; step < steps; step++) {
    const rank = steps === 1 ? 0 : Math.round((step / (steps - 1)) * (n - 1));
    path += `H${coordinate(x.at(sorted[rank] ?? 0))}V${coordinate(y.at((rank + 1) / n))}`;
  }
  return `<path class="line c${colour}" d="${path}"/>`;
}

/** Type 7, as everywhere. */
export function sampleAt(sorted: Float64Array, q: number): number {
  const rank = (sorted.length - 1) * q;
  const below = sorted[Math.floor(rank)] ?? 0;
  return below + ((sorted[Math.ceil(rank)] ?? 0) - below) * (rank - Math.floor(rank));
}

function describe({ name, sorted, count }: DistributionSeries, unit: MetricUnit): string {
  const value = (q: number): string => formatValue(sampleAt(sorted, q), unit);
  return `${name}: ${formatNumber(count)} samples from ${value(0)} to ${value(1)}, median ${value(0.5)}, p95 ${value(0.95)}`;
}

function thinnedNote(series: readonly DistributionSeries[], of: string): string {
  const all = series.reduce((sum, { count }) => sum + count, 0);
  const drawn = series.reduce((sum, { sorted }) => sum + Math.min(sorted.length, STRIP_POINTS), 0);
  if (drawn >= all) return `All ${formatNumber(all)} ${of}.`;
  return `${formatNumber(drawn)} of ${formatNumber(all)} ${of} drawn: at equal steps of rank, and the ${TAIL} lowest and highest of each.`;
}

const QUANTILES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1] as const;

function dataTable({ title, unit }: DistributionChart, series: readonly DistributionSeries[]): string {
  return table({
    caption: `${escapeHtml(title)}: quantiles in ${unit}`,
    heads: ['quantile', ...series.map(({ name }) => escapeHtml(name))],
    rows: QUANTILES.map((q) => [
      q === 0 ? 'min' : q === 1 ? 'max' : `p${q * 100}`,
      ...series.map(({ sorted }) => formatNumber(Number(sampleAt(sorted, q).toPrecision(6)))),
    ]),
  });
}
