import { MS_PER_SECOND } from '../../model/units.ts';
import type { Window } from '../../model/window.ts';
import { formatMs, formatNumber } from '../format.ts';
import { type Frame, tickMs, tickNumber, xAxis, yAxis } from './axes.ts';
import { coordinate, escapeHtml, figure, table } from './markup.ts';
import { exactScale, fittingScale, linearScale, type Scale } from './scale.ts';
import { meanOfGroups, type Point, thinPoints } from './thin.ts';

const WIDTH = 480;
const FRAME: Frame = { left: 56, right: WIDTH - 16, top: 30, bottom: 220 };
const HEIGHT = 266;

/** One target over the time of its run. */
export interface TimeSeries {
  readonly name: string;
  readonly colour: number;
  /** Where its steady load lay; undefined where that is not known. */
  readonly steady: { readonly startMs: number; readonly endMs: number } | undefined;
}

export interface LatencySeries extends TimeSeries {
  /** By start, in ms; only what has a value. */
  readonly points: readonly Point[];
  /** When requests failed. */
  readonly failuresAtMs: readonly number[];
}

const DRAWN_POINTS = 900;
const DRAWN_FAILURES = 300;
const BUCKETS = 40;

/** One dot a request at its start, with the median as it went; failures stand at the upper edge. Empty without values. */
export function latencyOverTime(title: string, series: readonly LatencySeries[], endMs: number): string {
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  if (values.length === 0) return '';
  const x = timeScale(endMs);
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const y = fittingScale({ low, high }, { from: FRAME.bottom, to: FRAME.top, steps: 4 });
  const drawn = series.map((one) => ({ ...one, drawn: thinPoints(one.points, DRAWN_POINTS) }));
  const failures = series.flatMap(({ failuresAtMs }) => failuresAtMs);
  const svg = [
    xAxis(x, FRAME, { format: tickSeconds, label: 'time from the run’s start' }),
    yAxis(y, FRAME, { format: tickMs, label: y.isLog ? 'logarithmic' : '' }),
    steadySpans(series, x),
    ...drawn.map(
      ({ colour, drawn: points }) =>
        `<path class="dots small c${colour}" d="${points.map((point) => `M${coordinate(x.at(point.x))} ${coordinate(y.at(point.y))}h0`).join('')}"/>`,
    ),
    ...series.map(({ colour, points }) => `<path class="line c${colour}" d="${medianLine(points, endMs, { x, y })}"/>`),
    failureMarks(failures, x),
  ].join('');
  const shown = drawn.reduce((sum, { drawn: points }) => sum + points.length, 0);
  return figure({
    title,
    description: series.map((one) => `${one.name}: ${trend(one.points, endMs)}`).join('; '),
    svg,
    width: WIDTH,
    height: HEIGHT,
    caption: [
      shown < values.length
        ? `${formatNumber(shown)} of ${formatNumber(values.length)} requests drawn, the lowest and highest of each moment among them.`
        : `All ${formatNumber(values.length)} requests.`,
      'Line: median as it went.',
      ...(failures.length === 0 ? [] : [`Crosses above: ${formatNumber(failures.length)} failures.`]),
      ...steadyNote(series),
    ].join(' '),
    data: latencyTable(title, series, endMs),
  });
}

function timeScale(endMs: number): Scale {
  const scale = exactScale(endMs / MS_PER_SECOND, { from: FRAME.left, to: FRAME.right, steps: 5 });
  return { ...scale, at: (ms) => scale.at(ms / MS_PER_SECOND), ticks: scale.ticks.map((tick) => tick * MS_PER_SECOND) };
}

function tickSeconds(ms: number): string {
  return ms < 120_000 ? `${Number((ms / MS_PER_SECOND).toPrecision(3))} s` : tickMs(ms);
}

function steadySpans(series: readonly TimeSeries[], x: Scale): string {
  return series
    .flatMap(({ steady, colour }, index) =>
      steady === undefined
        ? []
        : [
            `<path class="span c${colour}" d="M${coordinate(x.at(steady.startMs))} ${FRAME.bottom + 3 + 3 * index}H${coordinate(x.at(steady.endMs))}"/>`,
          ],
    )
    .slice(0, 1 + Math.min(3, series.length))
    .join('');
}

function steadyNote(series: readonly TimeSeries[]): readonly string[] {
  return series.some(({ steady }) => steady !== undefined) ? ['Bar under the axis: steady load.'] : [];
}

function failureMarks(atMs: readonly number[], x: Scale): string {
  if (atMs.length === 0) return '';
  const step = Math.ceil(atMs.length / DRAWN_FAILURES);
  const marks = atMs.filter((_, index) => index % step === 0);
  const path = marks.map((at) => `M${coordinate(x.at(at) - 2.5)} ${FRAME.top - 5}l5 5m0-5l-5 5`).join('');
  return `<path class="failure" d="${path}"/>`;
}

interface Bucket {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ys: readonly number[];
}

function bucketsOf(points: readonly Point[], endMs: number): readonly Bucket[] {
  const width = endMs / BUCKETS || 1;
  const buckets = Array.from({ length: BUCKETS }, (_, index) => ({
    fromMs: index * width,
    toMs: (index + 1) * width,
    ys: [] as number[],
  }));
  for (const { x, y } of points) buckets[Math.min(BUCKETS - 1, Math.floor(x / width))]?.ys.push(y);
  for (const { ys } of buckets) ys.sort((a, b) => a - b);
  return buckets;
}

function medianLine(
  points: readonly Point[],
  endMs: number,
  { x, y }: { readonly x: Scale; readonly y: Scale },
): string {
  const filled = bucketsOf(points, endMs).filter(({ ys }) => ys.length > 0);
  return filled
    .map(({ fromMs, toMs, ys }, index) => {
      const height = coordinate(y.at(middleOf(ys)));
      return `${index === 0 ? 'M' : 'L'}${coordinate(x.at((fromMs + toMs) / 2))} ${height}`;
    })
    .join('');
}

function middleOf(ascending: readonly number[], q: number = 0.5): number {
  const rank = (ascending.length - 1) * q;
  const below = ascending[Math.floor(rank)] ?? 0;
  return below + ((ascending[Math.ceil(rank)] ?? 0) - below) * (rank - Math.floor(rank));
}

function trend(points: readonly Point[], endMs: number): string {
  const filled = bucketsOf(points, endMs).filter(({ ys }) => ys.length > 0);
  const [first, last] = [filled[0], filled.at(-1)];
  if (first === undefined || last === undefined) return 'no values';
  return `median ${formatMs(middleOf(first.ys))} at the beginning and ${formatMs(middleOf(last.ys))} at the end`;
}

function latencyTable(title: string, series: readonly LatencySeries[], endMs: number): string {
  const bySeries = series.map(({ points }) => bucketsOf(points, endMs));
  const failed = (bucket: Bucket): number =>
    series.reduce(
      (sum, { failuresAtMs }) => sum + failuresAtMs.filter((at) => at >= bucket.fromMs && at < bucket.toMs).length,
      0,
    );
  const cell = ({ ys }: Bucket): string =>
    ys.length === 0 ? '—' : `${formatMs(middleOf(ys))} / ${formatMs(middleOf(ys, 0.95))}`;
  return table({
    caption: `${escapeHtml(title)}: median / p95 of the requests that started in each part of the run`,
    heads: ['from', ...series.map(({ name }) => escapeHtml(name)), 'failed'],
    rows: (bySeries[0] ?? []).map((bucket, index) => [
      tickSeconds(Number(bucket.fromMs.toPrecision(4))),
      ...bySeries.map((buckets) => (buckets[index] === undefined ? '—' : cell(buckets[index]))),
      formatNumber(failed(bucket)),
    ]),
  });
}

export interface WindowSeries extends TimeSeries {
  readonly windows: readonly Window[];
}

export interface WindowChart {
  readonly title: string;
  /** `tokens/s`. */
  readonly unit: string;
  readonly value: (window: Window) => number;
}

const DRAWN_STEPS = 200;

/** A step a second; of longer runs the mean of several. Empty without windows. */
export function windowsOverTime(chart: WindowChart, series: readonly WindowSeries[], endMs: number): string {
  const grouped = series.map((one) => ({ ...one, ...meanOfGroups(one.windows.map(chart.value), DRAWN_STEPS) }));
  const high = grouped.flatMap(({ means }) => means).reduce((most, value) => Math.max(most, value), 0);
  if (grouped.every(({ means }) => means.length === 0)) return '';
  const x = timeScale(endMs);
  const y = linearScale({ low: 0, high: high || 1 }, { from: FRAME.bottom, to: FRAME.top, steps: 4 });
  const svg = [
    xAxis(x, FRAME, { format: tickSeconds, label: 'time from the run’s start' }),
    yAxis(y, FRAME, { format: tickNumber, label: chart.unit }),
    steadySpans(series, x),
    ...grouped.map(
      ({ colour, means, size }) => `<path class="line c${colour}" d="${stepLine(means, size, { x, y, endMs })}"/>`,
    ),
  ].join('');
  const size = Math.max(...grouped.map((one) => one.size));
  return figure({
    title: chart.title,
    description: grouped.map((one) => `${one.name}: ${summaryOf(one.means, chart.unit)}`).join('; '),
    svg,
    width: WIDTH,
    height: HEIGHT,
    caption: [size === 1 ? 'By second.' : `Means of ${size} seconds.`, ...steadyNote(series)].join(' '),
    data: windowTable(chart, series),
  });
}

function stepLine(
  means: readonly number[],
  size: number,
  { x, y, endMs }: { readonly x: Scale; readonly y: Scale; readonly endMs: number },
): string {
  const width = size * MS_PER_SECOND;
  return means
    .map((value, index) => {
      const end = Math.min(endMs, (index + 1) * width);
      return `${index === 0 ? `M${coordinate(x.at(0))} ${coordinate(y.at(value))}` : `V${coordinate(y.at(value))}`}H${coordinate(x.at(end))}`;
    })
    .join('');
}

function summaryOf(means: readonly number[], unit: string): string {
  const sorted = means.toSorted((a, b) => a - b);
  return `from ${formatNumber(sorted[0])} to ${formatNumber(sorted.at(-1))} ${unit}, middle ${formatNumber(middleOf(sorted))}`;
}

const TABLE_ROWS = 60;

function windowTable({ title, unit, value }: WindowChart, series: readonly WindowSeries[]): string {
  const grouped = series.map(({ windows }) => meanOfGroups(windows.map(value), TABLE_ROWS));
  const longest = grouped.toSorted((a, b) => b.means.length - a.means.length)[0];
  return table({
    caption: `${escapeHtml(title)} (${unit}), means of ${longest?.size ?? 1} s`,
    heads: ['from', ...series.map(({ name }) => escapeHtml(name))],
    rows: (longest?.means ?? []).map((_, index) => [
      `${index * (longest?.size ?? 1)} s`,
      ...grouped.map(({ means }) =>
        formatNumber(means[index] === undefined ? undefined : Number(means[index].toPrecision(6))),
      ),
    ]),
  });
}
