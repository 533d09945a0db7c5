const CHUNK_SIZE = 16_384;

/** Numbers in order of arrival, eight bytes each: a million of them cost no more, and growing copies none. */
export class SampleList {
  readonly #chunks: Float64Array[] = [];
  length = 0;

  push(value: number): void {
    const place = this.length % CHUNK_SIZE;
    if (place === 0) this.#chunks.push(new Float64Array(CHUNK_SIZE));
    (this.#chunks.at(-1) as Float64Array)[place] = value;
    this.length++;
  }

  at(index: number): number {
    return this.#chunks[Math.floor(index / CHUNK_SIZE)]?.[index % CHUNK_SIZE] ?? Number.NaN;
  }

  *[Symbol.iterator](): Generator<number> {
    let left = this.length;
    for (const chunk of this.#chunks) {
      for (let place = 0; place < CHUNK_SIZE && left > 0; place++, left--) yield chunk[place] as number;
    }
  }

  toArray(): Float64Array {
    const all = new Float64Array(this.length);
    this.#chunks.forEach((chunk, index) => {
      const start = index * CHUNK_SIZE;
      all.set(chunk.subarray(0, Math.min(CHUNK_SIZE, this.length - start)), start);
    });
    return all;
  }

  count(isCounted: (value: number) => boolean): number {
    let counted = 0;
    for (const value of this) if (isCounted(value)) counted++;
    return counted;
  }
}
