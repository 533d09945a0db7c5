import type { Arrival, Load, LoadStage } from './load.ts';
import { type Milliseconds, MS_PER_SECOND } from './units.ts';

/** The level of a load over the time of its phase: straight lines, then one level for ever. */
export interface LoadProfile {
  readonly stages: readonly LoadStage[];
  /** After the last stage. */
  readonly held: number;
}

/** Undefined for a trace, whose level is what it is. */
export function profileOf(load: Load): LoadProfile | undefined {
  if (load.kind === 'trace') return undefined;
  return { stages: load.stages, held: load.kind === 'closed-loop' ? load.concurrency : load.ratePerSecond };
}

/** The level at an instant of the phase. Where two stages meet the later one counts. */
export function levelAt({ stages, held }: LoadProfile, atMs: Milliseconds): number {
  let startMs = 0;
  for (const { from, to, durationMs } of stages) {
    if (atMs < startMs + durationMs) return from + ((to - from) * (atMs - startMs)) / durationMs;
    startMs += durationMs;
  }
  return held;
}

/** The exact integral of the level over the first `atMs`, in level-seconds: of a rate, the arrivals due by then. */
export function integralUpTo({ stages, held }: LoadProfile, atMs: Milliseconds): number {
  let startMs = 0;
  let sum = 0;
  for (const { from, to, durationMs } of stages) {
    const spentMs = Math.min(durationMs, atMs - startMs);
    if (spentMs <= 0) return sum;
    const levelThen = from + ((to - from) * spentMs) / durationMs;
    sum += (((from + levelThen) / 2) * spentMs) / MS_PER_SECOND;
    startMs += durationMs;
  }
  return atMs > startMs ? sum + (held * (atMs - startMs)) / MS_PER_SECOND : sum;
}

/**
 * The inverse of the integral: when so many level-seconds have passed. Where the level is 0 for a while, the end of that while; infinite
 * when it never comes to so many.
 */
export function inverseOf({ stages, held }: LoadProfile, amount: number): Milliseconds {
  let startMs = 0;
  let left = amount;
  for (const { from, to, durationMs } of stages) {
    const area = (((from + to) / 2) * durationMs) / MS_PER_SECOND;
    // On the very border the next stage has it, so that no arrival falls on the end of its own.
    if (left < area) return startMs + within({ from, to, durationMs }, left);
    left -= area;
    startMs += durationMs;
  }
  return held > 0 ? startMs + (left * MS_PER_SECOND) / held : Number.POSITIVE_INFINITY;
}

/** Root of from·t + slope·t² ÷ 2 = amount, in the form that loses no digits where the slope is small or the start is 0. */
function within({ from, to, durationMs }: LoadStage, amount: number): Milliseconds {
  if (amount <= 0 && from > 0) return 0;
  if (from === to) return (amount * MS_PER_SECOND) / from;
  const slope = ((to - from) * MS_PER_SECOND) / durationMs;
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * amount));
  const sum = from + root;
  return sum === 0 ? 0 : Math.min(durationMs, ((2 * amount) / sum) * MS_PER_SECOND);
}

/** The highest level that is ever reached. */
export function peakOf({ stages, held }: LoadProfile): number {
  return stages.reduce((peak, { from, to }) => Math.max(peak, from, to), held);
}

/** All stages together; 0 without any. */
export function stagesMs(stages: readonly LoadStage[]): Milliseconds {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Whether arrivals wait for no answer, so that latencies count from when a request was due. */
export function isOpen(load: Load): boolean {
  return load.kind !== 'closed-loop';
}

/** `poisson`, `gamma:2`, `burst:10`: as `--arrival` takes it. */
export function arrivalText(arrival: Arrival): string {
  if (typeof arrival === 'string') return arrival;
  return arrival.kind === 'gamma' ? `gamma:${arrival.cv}` : `burst:${arrival.size}`;
}
