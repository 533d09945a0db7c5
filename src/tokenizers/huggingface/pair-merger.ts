import { mergePairs } from '../merge-pairs.ts';
import { PieceMemory } from '../piece-memory.ts';

/** Length of a merge's first half, and its rank. */
type Split = readonly [firstLength: number, rank: number];

/** Cuts a piece into characters and merges them by the list of a `tokenizer.json`, first merges first. */
export function createPairMerger(merges: readonly (readonly [string, string])[]): (piece: string) => string[] {
  const splitsOf = new Map<string, readonly Split[]>();
  for (const [rank, [first, second]] of merges.entries()) {
    const whole = first + second;
    const others = (splitsOf.get(whole) ?? []).filter(([length]) => length !== first.length);
    splitsOf.set(whole, [...others, [first.length, rank]]);
  }
  const memory = new PieceMemory<string>();
  const merge = (piece: string): readonly string[] => mergePiece(piece, splitsOf);
  return (piece) => [...memory.recall(piece, merge)];
}

function mergePiece(piece: string, splitsOf: ReadonlyMap<string, readonly Split[]>): readonly string[] {
  const starts = mergePairs({
    length: piece.length,
    endOf: (start) => start + ((piece.codePointAt(start) ?? 0) > 0xffff ? 2 : 1),
    rankOf(start, middle, end) {
      const splits = splitsOf.get(piece.slice(start, end));
      return splits?.find(([length]) => length === middle - start)?.[1];
    },
  });
  return starts.map((start, index) => piece.slice(start, starts[index + 1]));
}
