import type { RequestRecord } from '../model/record.ts';

/** Money set aside for one attempt until it is known what it cost. */
export interface Reservation {
  /** What it can cost at most, as far as limits are kept. */
  readonly worstUsd: number;
}

/** `later`: attempts under way hold money that may come free; `never`: even with all of it back the cap could be passed. */
export type Admission = Reservation | 'later' | 'never';

/** The money of one run. Each target has a purse of it. */
export class Budget {
  readonly #capUsd: number;
  readonly #purses: Purse[] = [];
  readonly #waiting = new Set<() => void>();
  #spentUsd = 0;

  constructor(capUsd: number) {
    this.#capUsd = capUsd;
  }

  openPurse(): Purse {
    const purse = new Purse(this);
    this.#purses.push(purse);
    return purse;
  }

  /** Known costs, and in full what was set aside for ended attempts whose cost nobody can tell. */
  get spentUsd(): number {
    return this.#spentUsd;
  }

  /** Whether so much can be set aside besides all that is. */
  admits(usd: number): 'now' | 'later' | 'never' {
    if (this.#spentUsd + usd > this.#capUsd) return 'never';
    const reservedUsd = this.#purses.reduce((sum, purse) => sum + purse.reservedUsd, 0);
    return this.#spentUsd + reservedUsd + usd > this.#capUsd ? 'later' : 'now';
  }

  spend(usd: number): void {
    this.#spentUsd += usd;
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
 * One target's hand in the budget: before an attempt is sent, the dearest that it can cost is set aside; afterwards what it did cost is
 * spent, or all that was set aside where nobody can tell. A server that bills beyond the limits it was given raises what is set aside,
 * for attempts under way too; the warm-up's first request is sent alone, so that this is found out for the price of one.
 */
export class Purse {
  readonly #budget: Budget;
  readonly #open = new Set<Reservation>();
  /** The most that a cost was above its worst case, as a factor. */
  #excess = 1;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** 1 as long as no cost was above its worst case. */
  get excess(): number {
    return this.#excess;
  }

  /** What another shard has found out of this target. */
  expect(excess: number): void {
    this.#excess = Math.max(this.#excess, excess);
  }

  get reservedUsd(): number {
    let worstUsd = 0;
    for (const reservation of this.#open) worstUsd += reservation.worstUsd;
    return worstUsd * this.#excess;
  }

  /** `worstUsd` undefined: nobody can say, so that it cannot be afforded. */
  reserve(worstUsd: number | undefined): Admission {
    if (worstUsd === undefined) return 'never';
    const admission = this.#budget.admits(worstUsd * this.#excess);
    if (admission !== 'now') return admission;
    const reservation = { worstUsd };
    this.#open.add(reservation);
    return reservation;
  }

  settle(reservation: Reservation, costUsd: number | undefined): void {
    const { worstUsd } = reservation;
    if (costUsd !== undefined && worstUsd > 0) this.#excess = Math.max(this.#excess, costUsd / worstUsd);
    this.#open.delete(reservation);
    this.#budget.spend(costUsd ?? worstUsd * this.#excess);
  }

  whenFreed(tryAgain: () => void): void {
    this.#budget.whenFreed(tryAgain);
  }
}
