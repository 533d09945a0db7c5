import type { HistogramBin } from '../metrics/histogram.ts';
import { formatDecimals } from './format.ts';

const BAR_CHARS = 40;

/** One line a bin: `from – to ms | ######## (count)`; the longest bar is 40 wide. Empty without samples. */
export function renderHistogram(bins: readonly HistogramBin[]): readonly string[] {
  const largest = Math.max(0, ...bins.map((bin) => bin.count));
  const decimals = decimalsFor(bins[0]);
  const froms = bins.map((bin) => formatDecimals(bin.from, decimals));
  const tos = bins.map((bin) => formatDecimals(bin.to, decimals));
  const width = Math.max(0, ...froms.map((text) => text.length), ...tos.map((text) => text.length));
  return bins.map((bin, index) => {
    const bar = '#'.repeat(Math.ceil((bin.count / Math.max(1, largest)) * BAR_CHARS));
    const range = `${(froms[index] ?? '').padStart(width)} – ${(tos[index] ?? '').padStart(width)} ms`;
    return `${range} | ${bar}${bar === '' ? '' : ' '}(${bin.count})`;
  });
}

/** As many as tell two neighbouring edges apart, with one figure to spare. */
function decimalsFor(bin: HistogramBin | undefined): number {
  const width = bin === undefined ? 1 : bin.to - bin.from;
  return Math.min(MAX_DECIMALS, Math.max(0, 2 - Math.ceil(Math.log10(width))));
}

/** Below a microsecond no edge is real. */
const MAX_DECIMALS = 3;
