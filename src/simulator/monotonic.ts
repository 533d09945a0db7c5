/**
 * Milliseconds of the machine's monotonic clock (CLOCK_MONOTONIC as `process.hrtime` reads it), as a float.
 * Every process of one machine reads the same clock, so these instants compare with another process's own.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
