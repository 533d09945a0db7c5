import type { LiveTarget, LiveView } from '../../app/live.ts';
import { formatMs, formatNumber, formatUsd } from '../../report/format.ts';

const BAR_CHARS = 24;

/** The live view as lines no wider than `columns`: what runs, and two lines a target. */
export function liveLines(view: LiveView, head: readonly string[], columns: number): readonly string[] {
  const targets = view.targets.flatMap((target) => [headLine(target), figuresLine(target)]);
  return [...head, ...targets, ...spendLines(view), ...countingLines(view)].map((line) => cut(line, columns));
}

/** One line for a log that is no terminal. */
export function progressLine(view: LiveView): string {
  const targets = view.targets
    .filter((target) => target.phase !== 'waiting')
    .map(({ target, completed, failed, planned }) => {
      const of = planned === undefined ? '' : ` of ${planned}`;
      return `${target.provider} ${target.model}: ${completed + failed}${of} done${failed > 0 ? `, ${failed} failed` : ''}`;
    });
  return `${formatMs(view.elapsedMs)}  ${[...targets, ...spendLines(view), ...countingLines(view)].join('  ·  ')}`;
}

function countingLines({ counting }: LiveView): readonly string[] {
  return counting === undefined ? [] : [`counting tokens: ${counting.done} of ${counting.total} requests`];
}

/** `spent $0.0123 of $0.50`; nothing without a price. */
function spendLines({ targets, budgetUsd }: LiveView): readonly string[] {
  const known = targets.map(({ spentUsd }) => spentUsd).filter((usd) => usd !== undefined);
  if (known.length === 0) return [];
  const least = known.length < targets.length ? 'at least ' : '';
  const cap = budgetUsd === undefined ? '' : ` of ${formatUsd(budgetUsd)}`;
  return [`spent ${least}${formatUsd(known.reduce((sum, usd) => sum + usd))}${cap}`];
}

function headLine(live: LiveTarget): string {
  const { target, completed, failed, planned, doneRatio } = live;
  const done = planned === undefined ? `${completed + failed}` : `${completed + failed}/${planned}`;
  const eta =
    live.remainingMs === undefined || live.phase !== 'measure'
      ? live.phase
      : `${formatMs(round(live.remainingMs))} left`;
  return `${bar(doneRatio)} ${done.padStart(9)}  ${eta.padEnd(10)} ${target.provider} · ${target.model}`;
}

function figuresLine(live: LiveTarget): string {
  const figures = [
    `${live.inFlight} in flight`,
    `${formatNumber(live.requestsPerSecond)} rps`,
    `${formatNumber(live.tokensPerSecond)} tok/s`,
    `ttft p50 ${formatMs(live.ttftP50Ms)} p95 ${formatMs(live.ttftP95Ms)}`,
    ...(live.dropped > 0 ? [`${live.dropped} dropped`] : []),
    failuresText(live),
  ];
  return `  ${figures.join('  ')}`;
}

function failuresText({ failed, failures }: LiveTarget): string {
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

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
