import type { LiveTarget, LiveView } from '../../app/live.ts';
import { formatMs, formatNumber, formatUsd } from '../../report/format.ts';

const BAR_CHARS = 24;

/** All targets at a glance, two lines each, or one where there is no room for two. No line wider than `columns`. */
export function overviewLines(view: LiveView, columns: number, rows: number): readonly string[] {
  const tail = [...spendLines(view), ...tailLines(view)];
  const room = Math.max(1, rows - tail.length);
  const full = view.targets.flatMap((target) => [headLine(target), `  ${figuresText(target)}`]);
  const lines = full.length <= room ? full : fitting(compactLines(view.targets, columns), room);
  return [...lines, ...tail].map((line) => cut(line, columns));
}

/** What tells targets apart at a glance, behind their names; only where it fits for all of them, so that columns stand still. */
function compactLines(targets: readonly LiveTarget[], columns: number): readonly string[] {
  const heads = targets.map(headLine);
  const width = Math.max(...heads.map((line) => line.length));
  if (width + COMPACT_CHARS > columns) return heads;
  return targets.map((live, index) => {
    const ttft = `ttft ${formatMs(live.ttftP50Ms)}`.padEnd(14);
    const tokens = `${formatNumber(live.tokensPerSecond)} tok/s`.padEnd(12);
    return `${(heads[index] ?? '').padEnd(width)}  ${ttft} ${tokens} ${live.failed} failed`;
  });
}

/** Of the figures on a line with the name, and a space or two before them. */
const COMPACT_CHARS = 40;

function fitting(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  const shown = Math.max(0, room - 1);
  return [...lines.slice(0, shown), `… and ${lines.length - shown} more`];
}

/** One line for a log that is no terminal. */
export function progressLine(view: LiveView): string {
  const targets = view.targets
    .filter((target) => target.phase !== 'waiting')
    .map(({ target, completed, failed, planned }) => {
      const of = planned === undefined ? '' : ` of ${planned}`;
      return `${target.provider} ${target.model}: ${completed + failed}${of} done${failed > 0 ? `, ${failed} failed` : ''}`;
    });
  return `${formatMs(view.elapsedMs)}  ${[...targets, ...spendLines(view), ...tailLines(view)].join('  ·  ')}`;
}

/** What happens after the measuring. */
export function tailLines({ counting }: LiveView): readonly string[] {
  return counting === undefined ? [] : [`counting tokens: ${counting.done} of ${counting.total} requests`];
}

/** What all targets spent: `spent $0.0123 of $0.50`; nothing without a price. */
export function spendLines({ targets, budgetUsd }: LiveView): readonly string[] {
  const known = targets.map(({ spentUsd }) => spentUsd).filter((usd) => usd !== undefined);
  if (known.length === 0) return [];
  const least = known.length < targets.length ? 'at least ' : '';
  const cap = budgetUsd === undefined ? '' : ` of ${formatUsd(budgetUsd)}`;
  return [`spent ${least}${formatUsd(known.reduce((sum, usd) => sum + usd))}${cap}`];
}

/** A bar, how many are done, how long it will take, and who it is. */
export function headLine(live: LiveTarget): string {
  const { target, completed, failed, planned, doneRatio } = live;
  const done = planned === undefined ? `${completed + failed}` : `${completed + failed}/${planned}`;
  const eta =
    live.remainingMs === undefined || live.phase !== 'measure'
      ? live.phase
      : `${formatMs(round(live.remainingMs))} left`;
  return `${bar(doneRatio)} ${done.padStart(9)}  ${eta.padEnd(10)} ${target.provider} · ${target.model}`;
}

function figuresText(live: LiveTarget): string {
  const figures = [
    `${live.inFlight} in flight`,
    `${formatNumber(live.requestsPerSecond)} rps`,
    `${formatNumber(live.tokensPerSecond)} tok/s`,
    `ttft p50 ${formatMs(live.ttftP50Ms)} p95 ${formatMs(live.ttftP95Ms)}`,
    ...(live.dropped > 0 ? [`${live.dropped} dropped`] : []),
    failuresText(live),
  ];
  return figures.join('  ');
}

/** How many failed, the most frequent kind first. */
export function failuresText({ failed, failures }: LiveTarget): string {
  if (failed === 0) return '0 failed';
  const kinds = [...failures].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`);
  return `${failed} failed: ${kinds.join(', ')}`;
}

function bar(ratio: number): string {
  const full = Math.round(ratio * BAR_CHARS);
  return '█'.repeat(full) + '░'.repeat(BAR_CHARS - full);
}

/** An estimate to the second is all that it is worth. */
function round(ms: number): number {
  return Math.ceil(ms / 1_000) * 1_000;
}

/** A line that was cut says so. */
export function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
