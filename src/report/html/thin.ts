/** Fewer points for a picture, so that nobody who looks at it concludes anything else. */

/** How many of the lowest and highest are always kept: the tail is what one looks for. */
export const TAIL = 40;

/** Of ascending values: the extremes as they are, and between them values at equal steps of rank, so that the shape stays. */
export function thinSorted(ascending: ArrayLike<number>, limit: number): readonly number[] {
  const n = ascending.length;
  if (n <= limit) return Array.from(ascending);
  const tail = Math.min(TAIL, Math.floor(limit / 4));
  const middle = limit - 2 * tail;
  const values: number[] = [];
  for (let rank = 0; rank < tail; rank++) values.push(ascending[rank] ?? 0);
  for (let step = 0; step < middle; step++) {
    const rank = tail + Math.round((step / (middle - 1)) * (n - 1 - 2 * tail));
    values.push(ascending[rank] ?? 0);
  }
  for (let rank = n - tail; rank < n; rank++) values.push(ascending[rank] ?? 0);
  return values;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points in order of x: of each of equal parts of the range the lowest and the highest stay, and as many between as fit. */
export function thinPoints(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit) return points;
  const [first, last] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 0];
  const parts = Math.max(1, Math.floor(limit / 6));
  const width = (last - first) / parts || 1;
  const byPart = Map.groupBy(points, ({ x }) => Math.min(parts - 1, Math.floor((x - first) / width)));
  const share = limit / points.length;
  return [...byPart.values()].flatMap((part) => {
    const byHeight = part.toSorted((a, b) => a.y - b.y);
    const count = Math.max(2, Math.floor(part.length * share));
    if (byHeight.length <= count) return part;
    const kept = Array.from(
      { length: count },
      (_, index) => byHeight[Math.round((index / (count - 1)) * (byHeight.length - 1))] as Point,
    );
    return kept.sort((a, b) => a.x - b.x);
  });
}

/** The mean of each of at most `limit` neighbouring groups of values: for series by second. */
export function meanOfGroups(
  values: readonly number[],
  limit: number,
): { readonly size: number; readonly means: readonly number[] } {
  const size = Math.max(1, Math.ceil(values.length / limit));
  const means: number[] = [];
  for (let start = 0; start < values.length; start += size) {
    const group = values.slice(start, start + size);
    means.push(group.reduce((sum, value) => sum + value, 0) / group.length);
  }
  return { size, means };
}
