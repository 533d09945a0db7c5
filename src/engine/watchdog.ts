import type { Clock } from '../clock.ts';
import type { Milliseconds } from '../model/units.ts';

/**
 * After so long without a word a thread is looked at. Nothing honest of its own keeps an event loop from its quarter-second report for this
 * long: the longest pause of a garbage collection is some seconds.
 */
export const SILENCE_LIMIT_MS: Milliseconds = 15_000;

/** A thread that computes for ever takes all the time that it gets; one whose core is taken away, little of it. */
const BLOCKED_CPU_RATIO = 0.5;

/** To be asked takes a thread that waits for ever some hundredths of a millisecond. */
const LEAST_CPU_MS: Milliseconds = 0.25;

/** Whether a silent thread has only been starved: it ran, a little. `cpuMs` is what it used within `wallMs`. */
export function isStarved(cpuMs: Milliseconds, wallMs: Milliseconds): boolean {
  return cpuMs > LEAST_CPU_MS && cpuMs < wallMs * BLOCKED_CPU_RATIO;
}

const LOOK_EVERY_MS = 250;

/** Counts the silence of others in its own turns, so that a machine that is busy, asleep or stopped does not count against them. */
export class Watchdog {
  readonly #clock: Clock;
  readonly #limitMs: Milliseconds;
  readonly #onSilence: (index: number) => void;
  readonly #silentMs = new Map<number, Milliseconds>();
  #lastLookMs: Milliseconds;
  #cancel: () => void;

  constructor(clock: Clock, limitMs: Milliseconds, onSilence: (index: number) => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.#lastLookMs = clock.nowMs();
    this.#cancel = clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  /** It lives: from the first word on it is watched. */
  hear(index: number): void {
    this.#silentMs.set(index, 0);
  }

  /** Whether it is watched: it spoke since it was last called silent. */
  hears(index: number): boolean {
    return this.#silentMs.has(index);
  }

  /** It will say no more, and need not. */
  forget(index: number): void {
    this.#silentMs.delete(index);
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    // Late ourselves: what the others did meanwhile is not known.
    const passedMs = Math.min(nowMs - this.#lastLookMs, 2 * LOOK_EVERY_MS);
    this.#lastLookMs = nowMs;
    this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => this.#look());
    for (const [index, silentMs] of [...this.#silentMs]) {
      this.#silentMs.set(index, silentMs + passedMs);
      if (silentMs + passedMs < this.#limitMs) continue;
      this.forget(index);
      this.#onSilence(index);
    }
  }
}
