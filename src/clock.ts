import { performance } from 'node:perf_hooks';

/** The only source of time and the only sleeper. Everything that waits or stamps is handed one, so tests can use a virtual one. */
export interface Clock {
  /** Monotonic milliseconds since the run's start, with sub-microsecond resolution. */
  nowMs(): number;
  /** Wall clock, in milliseconds since 1970: only to read dates that servers send, never subtracted. */
  epochMs(): number;
  /** Calls back once, not before `delayMs` have passed; late by a timer's granularity (1 ms) and the event loop's delay. Returns a canceller. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back in the next turn of the event loop, after pending reads. Returns a canceller. */
  soon(callback: () => void): () => void;
}

/** A point of the machine's monotonic clock that all threads of a run count from. Crosses threads; means nothing on another machine. */
export type Origin = bigint;

export function takeOrigin(): Origin {
  return process.hrtime.bigint();
}

/**
 * A clock that counts from `origin`. `performance.now()` starts at zero in each thread; the offset between it and the machine's
 * monotonic clock is constant, so it is taken once and a stamp costs no big-integer arithmetic.
 */
export function createClock(origin: Origin): Clock {
  const offsetMs = Number(process.hrtime.bigint() - origin) / NANOSECONDS_PER_MS - performance.now();
  return {
    nowMs: () => performance.now() + offsetMs,
    epochMs: () => Date.now(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    soon(callback) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    },
  };
}

const NANOSECONDS_PER_MS = 1_000_000;

/** Resolves after `delayMs`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

/** For what depends on the day, such as prices. */
export function wallClockDate(): Date {
  return new Date();
}

/** Wall clock now, for the one stamp that a run takes of it. */
export function wallClockIso(): string {
  return new Date().toISOString();
}

/** A wall-clock time as the text that protocols write. */
export function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** An instant since 1970 as ISO 8601 writes it, in UTC. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
