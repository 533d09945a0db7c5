import type { LiveTarget, LiveView } from '../../app/live.ts';
import { formatMs, formatNumber, formatUsd } from '../../report/format.ts';
import { cut, failuresText, headLine, spendLines, tailLines } from './live-lines.ts';
import { sparkline } from './sparkline.ts';

/** Width of what stands before a sparkline and, at least, after it. */
const NAME_CHARS = 10;
const FIGURES_CHARS = 30;
const MAX_SPARK_CHARS = 120;

/** One target in full: how far it is, how it went second by second, what failed, what it cost. No line wider than `columns`. */
export function panelLines(view: LiveView, targetIndex: number, columns: number): readonly string[] {
  const live = view.targets[targetIndex];
  if (live === undefined) return [];
  const lines = [headLine(live), ...historyLines(live, columns), stateLine(live), failuresText(live)];
  return [
    ...lines.map((line, index) => (index === 0 ? line : `  ${line}`)),
    ...spend(view, live),
    ...tailLines(view),
  ].map((line) => cut(line, columns));
}

function historyLines(live: LiveTarget, columns: number): readonly string[] {
  const width = Math.min(MAX_SPARK_CHARS, columns - 2 - NAME_CHARS - FIGURES_CHARS);
  const ttft = `p50 ${formatMs(live.ttftP50Ms)}  p95 ${formatMs(live.ttftP95Ms)}`;
  const tokens = `${formatNumber(live.tokensPerSecond)} now`;
  if (width < 8) return [`ttft ${ttft}`, `tok/s ${tokens}`];
  const line = (name: string, values: readonly (number | undefined)[], figures: string): string =>
    `${name.padEnd(NAME_CHARS - 2)}${sparkline(values, width)}  ${figures}`;
  return [
    line(
      'ttft',
      live.seconds.map(({ ttftP50Ms }) => ttftP50Ms),
      ttft,
    ),
    line(
      'tok/s',
      live.seconds.map((second) => second.tokens),
      tokens,
    ),
  ];
}

function stateLine(live: LiveTarget): string {
  const parts = [
    `${live.inFlight} in flight`,
    `${formatNumber(live.requestsPerSecond)} rps`,
    `${live.completed} completed`,
    ...(live.dropped > 0 ? [`${live.dropped} dropped`] : []),
  ];
  return parts.join('  ');
}

/** This target's part of what all spent. */
function spend(view: LiveView, { spentUsd }: LiveTarget): readonly string[] {
  const all = spendLines(view);
  if (view.targets.length === 1 || spentUsd === undefined) return all;
  return [`${all[0] ?? ''}, here ${formatUsd(spentUsd)}`];
}
