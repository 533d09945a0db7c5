/** Above this many, every second one is left out, and so on: memory stays flat however long a run is. */
const CAPACITY = 200_000;

/** Samples in the order in which they came, thinned where there are too many; the extremes are always kept. */
export class ThinnedSamples {
  #kept: number[] = [];
  #stride = 1;
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (this.#count++ % this.#stride !== 0) return;
    this.#kept.push(value);
    if (this.#kept.length <= CAPACITY) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Every `stride`-th was kept. */
  get stride(): number {
    return this.#stride;
  }

  /** Ascending, with both extremes. Empty without samples. */
  sorted(): Float64Array {
    if (this.#count === 0) return new Float64Array();
    const sorted = Float64Array.from(this.#kept).sort();
    // The kept ones hold the extremes, or stand between them.
    return sorted[0] === this.#min && sorted.at(-1) === this.#max
      ? sorted
      : Float64Array.from([this.#min, ...sorted, this.#max]);
  }
}
