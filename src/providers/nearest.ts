/** What the user may have meant: the known names that differ least, nearest first. */
export function nearest(name: string, known: Iterable<string>, max = 1): readonly string[] {
  const wanted = name.toLowerCase();
  // One slip in four letters, and always one.
  const limit = Math.max(1, Math.floor(wanted.length / 4));
  return [...known]
    .map((candidate) => ({ candidate, slips: slipsBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= limit || isPart(wanted, candidate.toLowerCase()))
    .sort((one, other) => one.slips - other.slips)
    .slice(0, max)
    .map(({ candidate }) => candidate);
}

/** Long enough to be no chance. */
const MIN_PART = 4;

function isPart(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= MIN_PART && long.includes(short);
}

/** Letters to add, remove, exchange or swap with their neighbour. */
function slipsBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let slips = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwap) slips = Math.min(slips, (before[column - 2] ?? 0) + 1);
      line.push(slips);
    }
    before = last;
    last = line;
  }
  return last[other.length] ?? 0;
}
