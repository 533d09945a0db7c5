import type { SortedSamples } from './quantile.ts';

/** One bin: from `from` (inclusive) to `to` (exclusive, but the last bin includes it). */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Width of the bins when all samples are equal, in the samples' unit. */
const MIN_SPAN = 0.1;

/** Equal bins from the smallest to the largest sample. Empty without samples. */
export function histogramOf(samples: SortedSamples, bins: number): readonly HistogramBin[] {
  const min = samples.at(0);
  const max = samples.at(-1);
  if (min === undefined || max === undefined) return [];
  const width = Math.max(max - min, MIN_SPAN) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const sample of samples) {
    const bin = Math.min(bins - 1, Math.floor((sample - min) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({ from: min + bin * width, to: min + (bin + 1) * width, count }));
}
