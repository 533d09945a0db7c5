import type { Clock } from '../../src/clock.ts';

/** A clock whose time moves only when told, so that a test waits for nothing and every instant is exact. */
export interface VirtualClock extends Clock {
  /** Lets time pass: timers come in order of their time, and what is due at the end comes too. Promises are not waited for. */
  advance(ms: number): void;
  /** Time passes while the thread is held up: what falls due meanwhile comes late, with the next step. */
  holdUp(ms: number): void;
  /** Goes from event to event, promises included, until `promise` settles. Throws when nothing is left to happen. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Timers that are set now, and how many ever were. */
  readonly pendingTimers: number;
  readonly timersSet: number;
}

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Time at which somebody is waiting by turning the event loop moves on by this: an exact binary fraction. */
const SPIN_MS = 0.125;

/** So many turns of the event loop fit into one instant; whoever wants more is spinning. */
const TURNS_PER_INSTANT = 8;

/** Starts at `startMs`; the wall clock runs beside it from `epochMs`. */
export function createVirtualClock(startMs: number = 0, epochMs: number = 1_767_225_600_000): VirtualClock {
  return new SteppedClock(startMs, epochMs);
}

class SteppedClock implements VirtualClock {
  readonly #startMs: number;
  readonly #epochMs: number;
  readonly #timers = new Set<Timer>();
  #turn = new Set<() => void>();
  #nowMs: number;
  timersSet = 0;

  constructor(startMs: number, epochMs: number) {
    this.#startMs = startMs;
    this.#epochMs = epochMs;
    this.#nowMs = startMs;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochMs + this.#nowMs - this.#startMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    // As with Node, no timer comes before 1 ms.
    const timer = { atMs: this.#nowMs + Math.max(1, delayMs), callback };
    this.#timers.add(timer);
    this.timersSet++;
    return () => this.#timers.delete(timer);
  }

  soon(callback: () => void): () => void {
    // Wrapped, so that one callback may be asked for twice.
    const own = (): void => callback();
    const turn = this.#turn;
    turn.add(own);
    return () => turn.delete(own);
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.#step(endMs));
    this.#nowMs = endMs;
  }

  holdUp(ms: number): void {
    this.#nowMs += ms;
  }

  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      // A turn of the real event loop: by then every promise that can has moved on.
      await new Promise((resolve) => setImmediate(resolve));
      if (isSettled) return promise;
      if (!this.#step(Number.POSITIVE_INFINITY)) throw new Error('nothing is left to happen');
    }
  }

  /** Runs what is next, up to `endMs`: the turns of this instant, or else the next timer. False when there is nothing. */
  #step(endMs: number): boolean {
    const hadTurns = this.#turn.size > 0;
    for (let turns = 0; turns < TURNS_PER_INSTANT && this.#turn.size > 0; turns++) this.#runTurn();
    const next = this.#nextTimer();
    const isSpinning = this.#turn.size > 0;
    const nextMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, isSpinning ? this.#nowMs + SPIN_MS : Infinity);
    if (hadTurns && !isSpinning) return true;
    if (nextMs > endMs || nextMs === Infinity) return false;
    this.#nowMs = Math.max(this.#nowMs, nextMs);
    if (next !== undefined && next.atMs <= this.#nowMs) {
      this.#timers.delete(next);
      next.callback();
    }
    return true;
  }

  #runTurn(): void {
    const turn = this.#turn;
    this.#turn = new Set();
    for (const callback of turn) {
      // An earlier one of this turn may have called it off.
      if (turn.has(callback)) callback();
    }
  }

  /** The earliest; of two at the same time the one that was set first. */
  #nextTimer(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) if (earliest === undefined || timer.atMs < earliest.atMs) earliest = timer;
    return earliest;
  }
}
