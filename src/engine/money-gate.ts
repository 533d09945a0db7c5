import type { CostPort, Purse, Reservation } from './budget.ts';
import type { Gate } from './phase.ts';

/** What a target may spend, and how it knows what its requests cost. */
export interface Money {
  readonly purse: Purse;
  readonly costs: CostPort;
}

/** Lets through only what the budget can pay at its dearest. */
export class MoneyGate implements Gate<{ readonly worstUsd: number | undefined }> {
  readonly #purse: Purse;
  /** Of the attempt that was let through last. */
  #reserved: Reservation | undefined;

  constructor(purse: Purse) {
    this.#purse = purse;
  }

  admit({ worstUsd }: { readonly worstUsd: number | undefined }): 'now' | 'later' | 'never' {
    const admission = this.#purse.reserve(worstUsd);
    if (typeof admission === 'string') return admission;
    this.#reserved = admission;
    return 'now';
  }

  whenAdmitted(tryAgain: () => void): void {
    this.#purse.whenFreed(tryAgain);
  }

  /** What was reserved for the attempt that starts now; undefined when it was taken already. */
  takeReserved(): Reservation | undefined {
    const reserved = this.#reserved;
    this.#reserved = undefined;
    return reserved;
  }
}
