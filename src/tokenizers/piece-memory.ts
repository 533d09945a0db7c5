/** Words come again and again; long pieces hardly ever do. */
const MAX_PIECES = 20_000;
const LONGEST_PIECE = 64;

/** What pieces of text became, so that a word is merged once. Bounded: it starts afresh when it is full. */
export class PieceMemory<Token> {
  readonly #merged = new Map<string, readonly Token[]>();

  /** What `piece` was merged into before, else what `merge` makes of it now. */
  recall(piece: string, merge: (piece: string) => readonly Token[]): readonly Token[] {
    const known = this.#merged.get(piece);
    if (known !== undefined) return known;
    const tokens = merge(piece);
    if (piece.length <= LONGEST_PIECE) {
      if (this.#merged.size >= MAX_PIECES) this.#merged.clear();
      this.#merged.set(copied(piece), tokens);
    }
    return tokens;
  }
}

/** A string of its own: one that was cut out of another keeps all of that in memory. */
function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
