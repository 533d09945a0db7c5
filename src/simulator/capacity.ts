/** A request's place: in service or in the queue. */
export interface Place {
  /** Frees the slot, or leaves the queue. Later calls do nothing. */
  leave(): void;
}

/** So many requests in service, so many more waiting for their turn in order of arrival. */
export class Capacity {
  readonly #maxConcurrency: number;
  readonly #maxQueue: number;
  readonly #serving = new Set<() => void>();
  // A Set keeps the order of insertion and forgets a request from its middle at once.
  readonly #waiting = new Set<() => void>();

  constructor(limits: { readonly maxConcurrency: number; readonly maxQueue: number }) {
    this.#maxConcurrency = limits.maxConcurrency;
    this.#maxQueue = limits.maxQueue;
  }

  /** Undefined when the queue is full. `start` is called as soon as a slot is free: within this call, or later. */
  enter(start: () => void): Place | undefined {
    const entrant = (): void => start();
    if (this.#serving.size < this.#maxConcurrency) this.#serve(entrant);
    else if (this.#waiting.size < this.#maxQueue) this.#waiting.add(entrant);
    else return undefined;
    return { leave: () => this.#leave(entrant) };
  }

  #serve(entrant: () => void): void {
    this.#waiting.delete(entrant);
    this.#serving.add(entrant);
    entrant();
  }

  #leave(entrant: () => void): void {
    this.#waiting.delete(entrant);
    if (!this.#serving.delete(entrant)) return;
    for (const next of this.#waiting) {
      this.#serve(next);
      return;
    }
  }
}
