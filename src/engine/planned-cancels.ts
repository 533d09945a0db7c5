import type { Clock } from '../clock.ts';
import type { Cancellation, TimeLaw } from '../model/load.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Random } from '../random.ts';
import { drawNormal } from './pacers/gamma.ts';

/** Called at a request's start: picks it or not, and cancels it when its time has come. Returns what calls that off. */
export type PlannedCancels = (cancel: () => void) => () => void;

const NOTHING_TO_CALL_OFF = (): void => undefined;

/** Clients that give up, as often and as late as the plan says. A time is drawn for each request, picked or not, so that the ratio moves no time. */
export function createPlannedCancels(
  cancellation: Cancellation | undefined,
  random: Random,
  clock: Clock,
): PlannedCancels {
  if (cancellation === undefined) return () => NOTHING_TO_CALL_OFF;
  return (cancel) => {
    const isPicked = random.next() < cancellation.ratio;
    const delayMs = drawTime(cancellation.after, random);
    return isPicked ? clock.after(delayMs, cancel) : NOTHING_TO_CALL_OFF;
  };
}

function drawTime(law: TimeLaw, random: Random): Milliseconds {
  switch (law.kind) {
    case 'constant':
      return law.ms;
    case 'uniform':
      return law.fromMs + random.next() * (law.toMs - law.fromMs);
    case 'normal':
      return Math.max(0, law.meanMs + drawNormal(random) * law.deviationMs);
  }
}
