const FIRST_BYTES = 256;

/** Text of one answer as it comes, kept as UTF-8: one growing array instead of a string for each piece. */
export class TextLog {
  /** What came up to the last piece with half of a surrogate pair: the other half may come with the next. */
  #before = '';
  #bytes: Buffer | undefined;
  #length = 0;

  /** Returns its size as UTF-8. */
  add(text: string): number {
    const size = Buffer.byteLength(text);
    if (!text.isWellFormed()) {
      this.#before = this.toString() + text;
      this.#length = 0;
      return size;
    }
    this.#reserve(size).write(text, this.#length);
    this.#length += size;
    return size;
  }

  /** Bytes that are whole UTF-8 characters; copied. */
  addBytes(bytes: Uint8Array, start: number, end: number): void {
    const kept = this.#reserve(end - start);
    // Pieces are a few characters: a loop is quicker than a view and a call.
    for (let from = start, to = this.#length; from < end; from++, to++) kept[to] = bytes[from] ?? 0;
    this.#length += end - start;
  }

  toString(): string {
    return this.#before + (this.#bytes?.toString('utf8', 0, this.#length) ?? '');
  }

  #reserve(size: number): Buffer {
    const wanted = this.#length + size;
    const bytes = this.#bytes;
    if (bytes !== undefined && wanted <= bytes.length) return bytes;
    const grown = Buffer.allocUnsafeSlow(Math.max(wanted, FIRST_BYTES, (bytes?.length ?? 0) * 2));
    bytes?.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    return grown;
  }
}
