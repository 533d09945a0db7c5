/**
 * Holm's adjusted p-values (Holm 1979), in the order given: with m tests the smallest is multiplied by m, the next by m − 1, and so
 * on, never falling. Whoever calls what is at most 0.05 a change errs about any of them in at most 5 % of comparisons without one.
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const adjusted = new Array<number>(pValues.length).fill(1);
  const order = pValues.map((_, index) => index).sort((one, other) => (pValues[one] ?? 1) - (pValues[other] ?? 1));
  let before = 0;
  for (const [place, index] of order.entries()) {
    before = Math.max(before, Math.min(1, (pValues[index] ?? 1) * (pValues.length - place)));
    adjusted[index] = before;
  }
  return adjusted;
}
