import type { Clock } from '../clock.ts';
import type { Milliseconds } from '../model/units.ts';

/**
 * After so long without a word a thread is given up. Nothing honest keeps an event loop from its quarter-second report for this long: the
 * longest pause of a garbage collection is some seconds, and on a busy machine this thread gets no turns either.
 */
export const SILENCE_LIMIT_MS: Milliseconds = 15_000;

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
