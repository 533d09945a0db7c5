import type { Seat } from './alternation.ts';
import type { Gate } from './phase.ts';

/** Lets nothing through while it is another target's turn, and then only what `gate` lets through. */
export class TurnGate<Draft> implements Gate<Draft> {
  readonly #seat: Seat;
  readonly #gate: Gate<Draft> | undefined;
  #isTurn = false;

  constructor(seat: Seat, gate: Gate<Draft> | undefined) {
    this.#seat = seat;
    this.#gate = gate;
  }

  admit(draft: Draft): 'now' | 'later' | 'never' {
    this.#isTurn = this.#seat.claim();
    if (!this.#isTurn) return 'later';
    const admission = this.#gate?.admit(draft) ?? 'now';
    if (admission !== 'now') this.#seat.giveBack();
    return admission;
  }

  whenAdmitted(tryAgain: () => void): void {
    if (this.#isTurn) this.#gate?.whenAdmitted(tryAgain);
    else this.#seat.whenFree(tryAgain);
  }
}
