/** One piece of text as a chain of symbols, and which neighbours join into a larger one. Places count the piece's characters. */
export interface SymbolChain {
  readonly length: number;
  /** Place after the symbol that starts here, before anything is joined. */
  readonly endOf: (start: number) => number;
  /**
   * The lower, the sooner `start` to `middle` and `middle` to `end` are joined; a whole number below 2²¹. Undefined: never.
   */
  readonly rankOf: (start: number, middle: number, end: number) => number | undefined;
}

/** No two neighbours at this place join. */
const NO_PAIR = -1;
/** Heap keys are `rank × PLACES + place`: the lowest rank first, of equal ones the leftmost. */
const PLACES = 2 ** 32;

/**
 * Byte pair merging, as every such tokenizer defines it: join the two neighbours of the lowest rank, the leftmost first, until none
 * join. A heap of pairs instead of a search over all for each step makes that n log n, so that a long piece without any cut costs
 * no more than others. Returns where the symbols start that are left.
 */
export function mergePairs(chain: SymbolChain): number[] {
  return new Merge(chain).run();
}

/** Symbols are known by the place where they start. */
class Merge {
  readonly #chain: SymbolChain;
  /** Where the symbol after starts; the length of the piece for the last. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Of the symbol with the one after it. */
  readonly #pairRank: Int32Array;
  readonly #heap = new NumberHeap();

  constructor(chain: SymbolChain) {
    this.#chain = chain;
    this.#next = new Int32Array(chain.length);
    this.#previous = new Int32Array(chain.length);
    this.#pairRank = new Int32Array(chain.length).fill(NO_PAIR);
  }

  run(): number[] {
    this.#cut();
    for (let key = this.#heap.pop(); key !== undefined; key = this.#heap.pop()) {
      const place = key % PLACES;
      // A pair that a neighbour's merge has ended stays in the heap.
      if (this.#pairRank[place] === Math.floor(key / PLACES)) this.#join(place);
    }
    const starts: number[] = [];
    for (let place = 0; place < this.#chain.length; place = this.#after(place)) starts.push(place);
    return starts;
  }

  #cut(): void {
    const { length, endOf } = this.#chain;
    let before = -1;
    for (let place = 0; place < length; place = endOf(place)) {
      this.#next[place] = endOf(place);
      this.#previous[place] = before;
      before = place;
    }
    for (let place = 0; place < length; place = this.#after(place)) this.#look(place);
  }

  #after(place: number): number {
    return this.#next[place] ?? this.#chain.length;
  }

  /** Finds out whether the symbol and the one after it join. */
  #look(place: number): void {
    const middle = this.#after(place);
    const isLast = middle >= this.#chain.length;
    const rank = isLast ? undefined : this.#chain.rankOf(place, middle, this.#after(middle));
    this.#pairRank[place] = rank ?? NO_PAIR;
    if (rank !== undefined) this.#heap.push(rank * PLACES + place);
  }

  #join(place: number): void {
    const second = this.#after(place);
    const end = this.#after(second);
    this.#next[place] = end;
    this.#pairRank[second] = NO_PAIR;
    if (end < this.#chain.length) this.#previous[end] = place;
    this.#look(place);
    const before = this.#previous[place] ?? -1;
    if (before >= 0) this.#look(before);
  }
}

/** Smallest first. */
class NumberHeap {
  readonly #keys: number[] = [];

  push(key: number): void {
    const keys = this.#keys;
    let at = keys.length;
    keys.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = keys[parent] ?? key;
      if (above <= key) break;
      keys[at] = above;
      at = parent;
    }
    keys[at] = key;
  }

  pop(): number | undefined {
    const keys = this.#keys;
    const top = keys[0];
    const last = keys.pop();
    if (last === undefined || keys.length === 0) return top;
    let at = 0;
    for (let child = 1; child < keys.length; child = 2 * at + 1) {
      if ((keys[child + 1] ?? Number.POSITIVE_INFINITY) < (keys[child] ?? last)) child++;
      const below = keys[child] ?? last;
      if (below >= last) break;
      keys[at] = below;
      at = child;
    }
    keys[at] = last;
    return top;
  }
}
