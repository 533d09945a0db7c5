import type { HistogramBin } from '../metrics/histogram.ts';
import { formatNumber } from './format.ts';

const BAR_CHARS = 40;

/** One line a bin: `from – to ms | ######## (count)`; the longest bar is 40 wide. Empty without samples. */
export function renderHistogram(bins: readonly HistogramBin[]): readonly string[] {
  const largest = Math.max(0, ...bins.map((bin) => bin.count));
  const froms = bins.map((bin) => formatNumber(round(bin.from)));
  const tos = bins.map((bin) => formatNumber(round(bin.to)));
  const width = Math.max(0, ...froms.map((text) => text.length), ...tos.map((text) => text.length));
  return bins.map((bin, index) => {
    const bar = '#'.repeat(Math.ceil((bin.count / Math.max(1, largest)) * BAR_CHARS));
    const range = `${(froms[index] ?? '').padStart(width)} – ${(tos[index] ?? '').padStart(width)} ms`;
    return `${range} | ${bar}${bar === '' ? '' : ' '}(${bin.count})`;
  });
}

/** Bin edges to a hundredth of a millisecond: below that, no bin of ours is real. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
