import type { TomlBlock, TomlPath, TomlSource } from './source.ts';

/**
 * The text without the lines of the blocks and pairs that are meant. A comment goes with what it stands beside or right above, or
 * right below without a blank line; all others stay.
 */
export function removeLines(source: TomlSource, isMeant: (path: TomlPath) => boolean): string {
  return new LineRemover(source).remove(isMeant);
}

class LineRemover {
  readonly #source: TomlSource;
  /** Each with its line end. */
  readonly #lines: readonly string[];
  readonly #starts: readonly number[];
  readonly #commentStarts: ReadonlySet<number>;
  readonly #removed = new Set<number>();

  constructor(source: TomlSource) {
    this.#source = source;
    this.#lines = source.text.split(/(?<=\n)/);
    const starts: number[] = [];
    let offset = 0;
    for (const line of this.#lines) {
      starts.push(offset);
      offset += line.length;
    }
    this.#starts = starts;
    this.#commentStarts = new Set(source.comments.map(({ start }) => start));
  }

  remove(isMeant: (path: TomlPath) => boolean): string {
    for (const block of this.#source.blocks) {
      if (block.path.length > 0 && isMeant(block.path)) this.#removeBlock(block);
      else {
        for (const pair of block.pairs) if (isMeant(pair.path)) this.#removeSpan(pair.start, pair.end);
      }
    }
    return this.#lines.filter((_, index) => !this.#removed.has(index)).join('');
  }

  #removeSpan(start: number, end: number): void {
    for (let index = this.#lineAt(start); index <= this.#lineAt(end); index++) this.#removed.add(index);
  }

  #removeBlock(block: TomlBlock): void {
    const header = this.#lineAt(block.start);
    let first = header;
    while (this.#isComment(first - 1)) first--;
    // What begins the file is said of the whole file.
    if (first === 0) first = header;
    let last = this.#lineAt(block.pairs.at(-1)?.end ?? block.headerEnd);
    let below = last;
    while (this.#isComment(below + 1)) below++;
    if (!this.#isHeader(below + 1)) last = below;
    for (let index = first; index <= last; index++) this.#removed.add(index);
    this.#removeGap(first, last);
  }

  /** One of the two gaps around what has gone. */
  #removeGap(first: number, last: number): void {
    const isAfterGap = first === 0 || this.#isBlank(first - 1) || this.#removed.has(first - 1);
    let after = last + 1;
    while (this.#isBlank(after)) after++;
    if (isAfterGap) for (let index = last + 1; index < after; index++) this.#removed.add(index);
    if (after < this.#lines.length) return;
    for (let before = first - 1; this.#isBlank(before) || this.#removed.has(before); before--)
      this.#removed.add(before);
  }

  #lineAt(offset: number): number {
    return this.#starts.findLastIndex((start) => start <= offset);
  }

  #isBlank(index: number): boolean {
    return this.#lines[index]?.trim() === '';
  }

  #isComment(index: number): boolean {
    const line = this.#lines[index];
    if (line === undefined) return false;
    return this.#commentStarts.has((this.#starts[index] ?? 0) + (/^[ \t]*/.exec(line)?.[0].length ?? 0));
  }

  #isHeader(index: number): boolean {
    const start = this.#starts[index];
    return start !== undefined && this.#source.blocks.some(({ start: at }) => at > 0 && this.#lineAt(at) === index);
  }
}
