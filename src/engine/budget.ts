import type { RequestRecord } from '../model/record.ts';
import type { MoneyReport } from './messages.ts';

/** Money set aside for one attempt until it is known what it cost. */
export interface Reservation {
  /** What it can cost at most, as far as limits are kept. */
  readonly worstUsd: number;
}

/** `later`: attempts under way hold money that may come free; `never`: even with all of it back the cap could be passed. */
export type Admission = Reservation | 'later' | 'never';

/** A shard asks for more before it has too little for so many requests like the present one: an open loop cannot wait for it. */
const REQUESTS_AHEAD = 4;

/** The money of one run, or of one shard of it. Each target has a purse of it. */
export class Budget {
  readonly #purses: Purse[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #onLacking: ((money: MoneyReport) => void) | undefined;
  #grantedUsd: number;
  #returnedUsd = 0;
  #isLast: boolean;
  /** What may cost so much will never be paid. */
  #refusedUsd = Number.POSITIVE_INFINITY;
  #isAsking = false;
  #neededUsd = 0;
  #spentUsd = 0;

  /** `onLacking`: asks for more, which `grant` brings; undefined: there will never be more. */
  constructor(capUsd: number, onLacking?: (money: MoneyReport) => void) {
    this.#grantedUsd = capUsd;
    this.#onLacking = onLacking;
    this.#isLast = onLacking === undefined;
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
    const idleUsd = this.#idleUsd();
    if (usd <= idleUsd) {
      this.#neededUsd = 0;
      if (idleUsd - usd < REQUESTS_AHEAD * usd) this.#ask(REQUESTS_AHEAD * usd);
      return 'now';
    }
    if (usd >= this.#refusedUsd) return 'never';
    if (this.#isLast) return this.#spentUsd + usd > this.#capUsd ? 'never' : 'later';
    if (usd > this.#neededUsd) this.#isAsking = false;
    this.#neededUsd = usd;
    this.#ask(usd - idleUsd);
    return 'later';
  }

  /** More money for this shard. */
  grant(usd: number, isLast: boolean): void {
    this.#grantedUsd += usd;
    this.#isLast = isLast;
    this.#isAsking = false;
    this.#wake();
  }

  /** Nothing that may cost so much can be paid any more. */
  refuse(usd: number): void {
    this.#refusedUsd = Math.min(this.#refusedUsd, usd);
    this.#neededUsd = 0;
    this.#isAsking = false;
    this.#wake();
  }

  /** Gives back half of what lies idle: the rest is for what may be sent before the next grant. */
  giveBack(): MoneyReport {
    this.#returnedUsd += Math.max(0, this.#idleUsd() / 2);
    return this.#report(this.#neededUsd === 0 ? 0 : Math.max(0, this.#neededUsd - this.#idleUsd()));
  }

  get #capUsd(): number {
    return this.#grantedUsd - this.#returnedUsd;
  }

  #idleUsd(): number {
    const reservedUsd = this.#purses.reduce((sum, purse) => sum + purse.reservedUsd, 0);
    return this.#capUsd - this.#spentUsd - reservedUsd;
  }

  #ask(lackingUsd: number): void {
    if (this.#isLast || this.#isAsking) return;
    this.#isAsking = true;
    this.#onLacking?.(this.#report(lackingUsd));
  }

  #report(lackingUsd: number): MoneyReport {
    return { returnedUsd: this.#returnedUsd, spentUsd: this.#spentUsd, neededUsd: this.#neededUsd, lackingUsd };
  }

  spend(usd: number): void {
    this.#spentUsd += usd;
    this.#wake();
  }

  #wake(): void {
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
