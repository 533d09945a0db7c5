import type { Load, LoadStage } from './load.ts';
import { arrivalText } from './load-profile.ts';
import { type Milliseconds, MS_PER_SECOND } from './units.ts';

/** More stages than this are told by their number and their bounds. */
const MOST_TOLD = 4;

/** `4 at a time`, `poisson arrivals at 12.5/s`, `constant arrivals at 0→200/s over 60 s, then 200/s`, `arrivals as they happened, 2 times as fast`. */
export function loadText(load: Load): string {
  if (load.kind === 'trace') {
    return `arrivals as they happened${load.speed === 1 ? '' : `, ${load.speed} times as fast`}`;
  }
  if (load.kind === 'closed-loop') return levelsText(load.stages, load.concurrency, (level) => `${level} at a time`);
  const rates = levelsText(load.stages, load.ratePerSecond, (level) => `${level}/s`);
  return `${arrivalText(load.arrival)} arrivals at ${rates}`;
}

function levelsText(stages: readonly LoadStage[], held: number, show: (level: string) => string): string {
  if (stages.length === 0) return show(String(held));
  const told = stages.map(({ from, to, durationMs }) => {
    const isLevel = from === to;
    return `${show(isLevel ? `${from}` : `${from}→${to}`)} ${isLevel ? 'for' : 'over'} ${timeText(durationMs)}`;
  });
  const shown =
    told.length <= MOST_TOLD
      ? told
      : [told[0], `… (${told.length - 2} stages)`, told.at(-1)].filter((text) => text !== undefined);
  return `${shown.join(', ')}, then ${show(String(held))}`;
}

/** `90 s`, `500 ms`. */
function timeText(ms: Milliseconds): string {
  return ms < MS_PER_SECOND ? `${ms} ms` : `${Number((ms / MS_PER_SECOND).toFixed(3))} s`;
}

/** What holds of the load beside its level: pauses, ceiling. Empty: nothing. */
export function limitsText(load: Load): readonly string[] {
  if (load.kind === 'closed-loop') return load.requestDelayMs === 0 ? [] : [`${load.requestDelayMs} ms apart`];
  return load.maxInFlight === undefined ? [] : [`at most ${load.maxInFlight} in flight`];
}
