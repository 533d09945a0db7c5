const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** What stands where there is no value. */
const GAP = ' ';

/**
 * One character a value, the latest on the right, from 0 to the largest of those shown; fewer than `width` values are padded on
 * the left. Undefined is a gap, never the lowest block.
 */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const largest = Math.max(...shown.map((value) => value ?? 0), 0);
  return shown
    .map((value) => blockOf(value, largest))
    .join('')
    .padStart(Math.max(0, width), GAP);
}

function blockOf(value: number | undefined, largest: number): string {
  if (value === undefined) return GAP;
  if (largest === 0) return BLOCKS[0];
  return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor((value / largest) * BLOCKS.length))] ?? GAP;
}
