/**
 * Lets several targets take turns, a few requests each: A B B A A B B A …, so that what changes with the hour, the network or the load of
 * others falls on all of them alike. While one has its turn the others send nothing; the next begins when its last answer is there.
 */
export class Alternation {
  readonly #requestsPerTurn: number;
  readonly #waiting: (() => void)[];
  readonly #hasLeft: boolean[];
  #turn = 0;
  #sent = 0;
  #inFlight = 0;

  /** `targets`: at least 1. `requestsPerTurn`: at least 1. */
  constructor(targets: number, requestsPerTurn: number) {
    this.#requestsPerTurn = requestsPerTurn;
    this.#waiting = Array.from({ length: targets }, () => () => undefined);
    this.#hasLeft = Array.from({ length: targets }, () => false);
  }

  seat(index: number): Seat {
    return {
      claim: () => this.#claim(index),
      whenFree: (tryAgain) => {
        this.#waiting[index] = tryAgain;
      },
      giveBack: () => this.#giveBack(),
      ended: () => this.#ended(),
      leave: () => this.#leave(index),
    };
  }

  /** There and back again: every second round goes backwards. */
  get #current(): number {
    const targets = this.#hasLeft.length;
    const place = this.#turn % targets;
    return Math.floor(this.#turn / targets) % 2 === 0 ? place : targets - 1 - place;
  }

  #claim(index: number): boolean {
    if (index !== this.#current || this.#sent >= this.#requestsPerTurn) return false;
    this.#sent++;
    this.#inFlight++;
    return true;
  }

  #giveBack(): void {
    this.#sent--;
    this.#inFlight--;
  }

  #ended(): void {
    this.#inFlight--;
    this.#passOn();
  }

  #leave(index: number): void {
    this.#hasLeft[index] = true;
    this.#passOn();
  }

  /** To the next who is still there, when the turn is over. */
  #passOn(): void {
    const isOver = this.#sent >= this.#requestsPerTurn || this.#hasLeft[this.#current] === true;
    if (!isOver || this.#inFlight > 0 || this.#hasLeft.every(Boolean)) return;
    do this.#turn++;
    while (this.#hasLeft[this.#current] === true);
    this.#sent = 0;
    this.#waiting[this.#current]?.();
  }
}

/** One target's part in an alternation. */
export interface Seat {
  /** True: send one request now. */
  claim(): boolean;
  /** Calls back when it is worth asking again. */
  whenFree(tryAgain: () => void): void;
  /** The request that was claimed last is not sent after all. */
  giveBack(): void;
  /** A request that was claimed has its answer. */
  ended(): void;
  /** Nothing more will be claimed. */
  leave(): void;
}
