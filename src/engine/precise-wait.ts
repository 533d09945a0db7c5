import type { Clock } from '../clock.ts';
import type { Milliseconds } from '../model/units.ts';

/** Timers are this late at most, in calm; the rest of a wait is spent turning the event loop, so that arrivals are on time. */
const TIMER_SLACK_MS = 2;

/** A turn of the event loop that has nothing to do takes a few microseconds; one that reads a socket takes more than this. */
const IDLE_TURN_MS = 0.02;

/** One wait at a time that ends within microseconds of its time. */
export class PreciseWait {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #cancel = (): void => undefined;
  /** Time in which the event loop was turned for nothing but the waiting: CPU that was there for the asking. */
  spunMs: Milliseconds = 0;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Instead of what is waited for now. May wake early, never more than once. Infinite: no time to wait for. */
  start(delayMs: Milliseconds): void {
    this.#cancel();
    if (delayMs === Number.POSITIVE_INFINITY) return;
    this.#cancel =
      delayMs > TIMER_SLACK_MS
        ? this.#clock.after(Math.floor(delayMs - TIMER_SLACK_MS) + 1, this.#wake)
        : this.#turn(this.#clock.nowMs());
  }

  cancel(): void {
    this.#cancel();
  }

  #turn(fromMs: Milliseconds): () => void {
    return this.#clock.soon(() => {
      const turnMs = this.#clock.nowMs() - fromMs;
      if (turnMs < IDLE_TURN_MS) this.spunMs += turnMs;
      this.#wake();
    });
  }
}
