import type { RequestRecord } from '../model/record.ts';

/** Money set aside for one attempt until it is known what it cost. */
export interface Reservation {
  readonly usd: number;
  /** What it was thought to cost at most before anything was learnt of the server. */
  readonly worstUsd: number;
}

/** `later`: attempts under way hold money that may come free; `never`: even with all of it back the cap could be passed. */
export type Admission = Reservation | 'later' | 'never';

/**
 * The money of one run, shared by its targets. Before an attempt is sent, the dearest that it can cost is set aside; afterwards what
 * it did cost is spent, or all that was set aside where nobody can tell.
 */
export class Budget {
  readonly #capUsd: number;
  readonly #waiting = new Set<() => void>();
  #spentUsd = 0;
  #reservedUsd = 0;
  #open = 0;

  constructor(capUsd: number) {
    this.#capUsd = capUsd;
  }

  /** Known costs, and in full what was set aside for ended attempts whose cost nobody can tell. */
  get spentUsd(): number {
    return this.#spentUsd;
  }

  reserve(worstUsd: number, excess: number): Admission {
    const usd = worstUsd * excess;
    if (this.#spentUsd + usd > this.#capUsd) return 'never';
    if (this.#spentUsd + this.#reservedUsd + usd > this.#capUsd) return 'later';
    this.#reservedUsd += usd;
    this.#open++;
    return { usd, worstUsd };
  }

  spend({ usd }: Reservation, costUsd: number | undefined): void {
    this.#open--;
    // Sums of differences leave crumbs.
    this.#reservedUsd = this.#open === 0 ? 0 : this.#reservedUsd - usd;
    this.#spentUsd += costUsd ?? usd;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const tryAgain of waiting) tryAgain();
  }

  /** Calls back once, when money may have come free. */
  whenFreed(tryAgain: () => void): void {
    this.#waiting.add(tryAgain);
  }
}

/** Cost maths, put in by the thread's composition root: in US dollars, undefined when nobody can tell. */
export interface CostPort {
  readonly costUsd: (record: RequestRecord) => number | undefined;
  /** The dearest that a request of so many bytes with this limit of output tokens can cost; undefined without price or limit. */
  readonly worstUsd: (request: {
    readonly bodyBytes: number;
    readonly maxTokens: number | undefined;
  }) => number | undefined;
}

/**
 * One target's hand in the budget. A server that bills beyond the limits it was given raises what is set aside from then on; the
 * warm-up's first request is sent alone, so that this is found out for the price of one.
 */
export class Purse {
  readonly #budget: Budget;
  #excess = 1;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** `worstUsd` undefined: nobody can say, so that it cannot be afforded. */
  reserve(worstUsd: number | undefined): Admission {
    return worstUsd === undefined ? 'never' : this.#budget.reserve(worstUsd, this.#excess);
  }

  settle(reservation: Reservation, costUsd: number | undefined): void {
    const { worstUsd } = reservation;
    if (costUsd !== undefined && worstUsd > 0) this.#excess = Math.max(this.#excess, costUsd / worstUsd);
    this.#budget.spend(reservation, costUsd);
  }

  whenFreed(tryAgain: () => void): void {
    this.#budget.whenFreed(tryAgain);
  }
}
