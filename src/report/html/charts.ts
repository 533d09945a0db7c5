import type { TargetSummary } from '../../metrics/summary.ts';
import { distributionFigure } from './distribution-chart.ts';
import type { PicturedMetric, TargetPictures } from './gather.ts';
import { escapeHtml } from './markup.ts';
import { latencyOverTime, type TimeSeries, type WindowChart, windowsOverTime } from './time-charts.ts';

/** A target with its pictures, its name in them, and its colour. */
export interface PicturedTarget extends TimeSeries {
  readonly summary: TargetSummary;
  readonly picture: TargetPictures;
}

/** More lines than this in one picture cannot be told apart. */
const SERIES_A_PICTURE = 6;

const DISTRIBUTIONS: readonly { readonly id: PicturedMetric; readonly title: string; readonly of: string }[] = [
  { id: 'ttft', title: 'Time to first token', of: 'requests' },
  { id: 'itl', title: 'Inter-token latency', of: 'gaps' },
  { id: 'e2e', title: 'End to end', of: 'requests' },
  { id: 'tokensPerSecond', title: 'Output speed of a request', of: 'requests' },
];

/** How the samples of each metric are spread. */
export function distributionSection(targets: readonly PicturedTarget[], label: string = ''): string {
  return inGroups(targets, label, (group, suffix) =>
    DISTRIBUTIONS.map(({ id, title, of }) =>
      distributionFigure({
        title: `${title}${suffix}`,
        unit: id === 'tokensPerSecond' ? 'tokens/s' : 'ms',
        of,
        series: group.map(({ name, colour, picture, summary }) => ({
          name,
          colour,
          sorted: picture.samples[id].sorted(),
          count: picture.samples[id].count,
          intervals: summary.intervals[id],
        })),
      }),
    ),
  );
}

const WINDOWS: readonly WindowChart[] = [
  { title: 'Output tokens per second', unit: 'tokens/s', value: ({ tokens }) => tokens },
  { title: 'Requests completed per second', unit: 'requests/s', value: ({ completed }) => completed },
  { title: 'Requests in flight', unit: 'requests', value: ({ inFlight }) => inFlight },
];

/** How the run went. */
export function timeSection(targets: readonly PicturedTarget[], endMs: number, label: string = ''): string {
  return inGroups(targets, label, (group, suffix) => [
    latencyOverTime(
      `Time to first token by start${suffix}`,
      group.map((one) => ({ ...one, points: one.picture.ttft, failuresAtMs: one.picture.failuresAtMs })),
      endMs,
    ),
    ...WINDOWS.map((chart) =>
      windowsOverTime(
        { ...chart, title: `${chart.title}${suffix}` },
        group.map((one) => ({ ...one, windows: one.summary.windows })),
        endMs,
      ),
    ),
  ]);
}

function inGroups(
  targets: readonly PicturedTarget[],
  /** Whose pictures these are, where a page has several. */
  label: string,
  draw: (group: readonly PicturedTarget[], suffix: string) => readonly string[],
): string {
  const groups: PicturedTarget[][] = [];
  for (let start = 0; start < targets.length; start += SERIES_A_PICTURE) {
    groups.push(targets.slice(start, start + SERIES_A_PICTURE));
  }
  return groups
    .map((group, index) => {
      const from = index * SERIES_A_PICTURE;
      const part = groups.length === 1 ? '' : ` (targets ${from + 1}–${from + group.length})`;
      const suffix = label === '' ? part : `, ${label}${part}`;
      const figures = draw(group, suffix).join('');
      return figures === '' ? '' : `${legend(group)}<div class="grid2">${figures}</div>`;
    })
    .join('');
}

function legend(targets: readonly PicturedTarget[]): string {
  const items = targets.map(
    ({ name, colour }) =>
      `<li><svg viewBox="0 0 10 10" aria-hidden="true"><circle class="fill c${colour}" cx="5" cy="5" r="5"/></svg>${escapeHtml(name)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}
