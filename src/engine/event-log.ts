import { TOKEN_EVENT_KINDS, type TokenEvent, type TokenEventKind } from '../model/record.ts';

/** Numbers of one event: instant, kind by its place in TOKEN_EVENT_KINDS, tokens or NaN, bytes, 1 if coalesced. */
export const EVENT_WIDTH = 5;

const FIRST_EVENTS = 32;
const IS_COALESCED = 4;
const NO_NUMBERS = new Float64Array(0);

/**
 * Token events of one answer as rows of numbers: objects that live as long as their answer would be copied by the garbage collector
 * again and again, in the midst of measuring.
 */
export class EventLog {
  /** Made with the first event: most answers that are not streamed have none. */
  #numbers: Float64Array = NO_NUMBERS;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The rows, one after the other; lent until the next `add`. */
  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.#length * EVENT_WIDTH);
  }

  /** Nobody has said yet how many tokens it holds. Marks it, and the one before, as coalesced if both came at the same instant. */
  add(atMs: number, kind: TokenEventKind, bytes: number): void {
    const at = this.#length * EVENT_WIDTH;
    if (at === this.#numbers.length) this.#grow();
    const numbers = this.#numbers;
    const isCoalesced = at > 0 && numbers[at - EVENT_WIDTH] === atMs;
    if (isCoalesced) numbers[at - EVENT_WIDTH + IS_COALESCED] = 1;
    numbers[at] = atMs;
    numbers[at + 1] = TOKEN_EVENT_KINDS.indexOf(kind);
    numbers[at + 2] = Number.NaN;
    numbers[at + 3] = bytes;
    numbers[at + IS_COALESCED] = isCoalesced ? 1 : 0;
    this.#length++;
  }

  /** Of the last event. */
  tellTokens(tokens: number): void {
    this.#numbers[(this.#length - 1) * EVENT_WIDTH + 2] = tokens;
  }

  /** Whether each event said how many tokens it held; false without events. */
  get saysAllTokens(): boolean {
    for (let event = 0; event < this.#length; event++) {
      if (Number.isNaN(this.#numbers[event * EVENT_WIDTH + 2])) return false;
    }
    return this.#length > 0;
  }

  list(): readonly TokenEvent[] {
    return Array.from({ length: this.#length }, (_, event) => readEvent(this.#numbers, event * EVENT_WIDTH));
  }

  #grow(): void {
    const grown = new Float64Array(Math.max(FIRST_EVENTS * EVENT_WIDTH, this.#numbers.length * 2));
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

/** The event whose numbers begin at `at`. */
export function readEvent(numbers: Float64Array, at: number): TokenEvent {
  const tokens = numbers[at + 2] ?? Number.NaN;
  return {
    atMs: numbers[at] ?? 0,
    kind: TOKEN_EVENT_KINDS[numbers[at + 1] ?? 0] ?? 'content',
    tokens: Number.isNaN(tokens) ? undefined : tokens,
    bytes: numbers[at + 3] ?? 0,
    isCoalesced: numbers[at + IS_COALESCED] === 1,
  };
}
