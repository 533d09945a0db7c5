import type { Milliseconds } from '../model/units.ts';

/** A request from its start to its end. */
export interface Span {
  readonly startMs: Milliseconds;
  readonly endMs: Milliseconds;
}

/**
 * How much of a window had at least one request under way: where targets take turns, the time that was one's own. 0 where there was none.
 */
export function ownTimeMs(spans: readonly Span[], window: Span): Milliseconds {
  let sum = 0;
  let upToMs = window.startMs;
  for (const { startMs, endMs } of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const fromMs = Math.max(startMs, upToMs);
    const toMs = Math.min(endMs, window.endMs);
    if (toMs <= fromMs) continue;
    sum += toMs - fromMs;
    upToMs = toMs;
  }
  return sum;
}
