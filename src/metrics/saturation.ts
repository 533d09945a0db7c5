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
const SIGMAS = 3;
/** Fewer arrivals prove nothing. */
const MIN_ARRIVALS = 20;

/**
 * Whether a server falls behind an open loop: from the first sample to the last more arrived than were answered, beyond what chance
 * explains. In a steady state the requests in flight go up and down by about the root of the arrivals at most; behind a limit they
 * grow with every second. Undefined: too little was seen. Samples ascend, and the first must lie where the load has settled, that
 * is after at least one whole answer.
 */
export function isOverSaturated(samples: readonly LoadSample[]): boolean | undefined {
  const first = samples.at(0);
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const arrivals = last.started - first.started;
  if (arrivals < MIN_ARRIVALS) return undefined;
  const growth = last.inFlight - first.inFlight;
  return growth > TOLERATED_SHARE * arrivals + SIGMAS * Math.sqrt(arrivals);
}

/** Samples at the ends of the seconds from `fromMs` to `toMs`. */
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
