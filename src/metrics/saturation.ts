import type { Milliseconds } from '../model/units.ts';
import type { Window } from '../model/window.ts';

/** What was seen of an open loop at one moment. */
export interface LoadSample {
  readonly atMs: Milliseconds;
  /** Requests started up to then. */
  readonly started: number;
  readonly inFlight: number;
}

/** A share of the arrivals that may pile up without it being called over-saturation. */
const TOLERATED_SHARE = 0.05;
/** Standard deviations of what arrivals by chance pile up and run down again. */
const SIGMAS = 3.5;
/** Fewer arrivals, or fewer answers, prove nothing. */
const MIN_ARRIVALS = 20;
const MIN_ANSWERS = 20;
/** Answers that come faster and faster are those of a load that has not settled yet. */
const MAX_SPEEDUP = 1.1;

/**
 * Whether a server falls behind an open loop: over the second half of what was seen more arrived than was answered, beyond what
 * chance explains, while answers came no faster. In a steady state the difference of two moments' requests in flight has a
 * deviation of at most the root of twice the arrivals between them (where answers take no longer than that); behind a limit they grow with every second. They grow at the start of every load too, until the first
 * answers are whole; but then answers come faster with every second. Undefined: too little was seen. Samples ascend.
 */
export function isOverSaturated(samples: readonly LoadSample[]): boolean | undefined {
  const start = samples.at(0);
  const last = samples.at(-1);
  if (start === undefined || last === undefined) return undefined;
  const after = (share: number): LoadSample =>
    samples.find(({ atMs }) => atMs >= start.atMs + (last.atMs - start.atMs) * share) ?? last;
  const first = after(1 / 2);
  const middle = after(3 / 4);
  const arrivals = last.started - first.started;
  const answers = answered(last) - answered(first);
  if (arrivals < MIN_ARRIVALS || answers < MIN_ANSWERS) return undefined;
  if (last.inFlight - first.inFlight <= TOLERATED_SHARE * arrivals + SIGMAS * Math.sqrt(2 * arrivals)) return false;
  return !isSpeedingUp(rateOf(first, middle), rateOf(middle, last));
}

function answered({ started, inFlight }: LoadSample): number {
  return started - inFlight;
}

interface Rate {
  readonly answers: number;
  readonly spanMs: Milliseconds;
}

function rateOf(from: LoadSample, to: LoadSample): Rate {
  return { answers: answered(to) - answered(from), spanMs: to.atMs - from.atMs };
}

function isSpeedingUp(before: Rate, now: Rate): boolean {
  const expected = (before.answers / before.spanMs) * now.spanMs;
  return now.answers > MAX_SPEEDUP * expected + 2 * Math.sqrt(Math.max(1, expected));
}

/** Samples at the ends of the seconds of a span. */
export function samplesOfWindows(
  windows: readonly Window[],
  span: { readonly fromMs: Milliseconds; readonly toMs: Milliseconds },
): readonly LoadSample[] {
  const samples: LoadSample[] = [];
  let ended = 0;
  for (const { second, completed, failed, inFlight } of windows) {
    ended += completed + failed;
    const atMs = (second + 1) * 1_000;
    if (atMs >= span.fromMs && atMs <= span.toMs) samples.push({ atMs, started: ended + inFlight, inFlight });
  }
  return samples;
}
