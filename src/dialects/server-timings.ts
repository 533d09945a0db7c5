import { SERVER_SPANS, type ServerSpan, type ServerTimings } from '../model/server-timings.ts';
import type { StreamPart } from '../model/stream-part.ts';

export const MS_PER_SECOND = 1_000;
export const MS_PER_NANOSECOND = 1e-6;
/** Nanoseconds: finer than any server tells, and coarse enough to hide what multiplying adds. */
const STEPS_PER_MS = 1e6;

/** What a server says of its own time, in its own unit; a value that is no time is left out. No part at all when none is one. */
export function serverTimings(
  told: { readonly [span in ServerSpan]?: unknown },
  msPerUnit: number,
): readonly StreamPart[] {
  const timings: { -readonly [span in keyof ServerTimings]: ServerTimings[span] } = {};
  for (const span of SERVER_SPANS) {
    const value = told[span];
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) continue;
    timings[span] = Math.round(value * msPerUnit * STEPS_PER_MS) / STEPS_PER_MS;
  }
  return Object.keys(timings).length === 0 ? [] : [{ type: 'server-timings', timings }];
}
