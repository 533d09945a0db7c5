const MAX_LAGS = 200;
/** Below so many samples no correlation can be told from chance. */
const MIN_SAMPLES = 20;

/**
 * How many neighbouring samples say as much as one independent one: 1 + 2 Σ ρ(lag) over the first lags whose correlation of ranks is
 * more than chance (above 2 ÷ √n); at least 1. Requests that queue behind each other, or an endpoint that slows down for a
 * minute, make neighbours alike, and intervals that take them for independent too narrow. Prompts in turn make neighbours unlike,
 * which counts as 1. `series` in the order of the requests' starts.
 */
export function serialDependence(series: readonly number[]): number {
  const n = series.length;
  if (n < MIN_SAMPLES) return 1;
  const ranks = centredRanks(series);
  let variance = 0;
  for (const rank of ranks) variance += rank * rank;
  if (variance === 0) return 1;
  let sum = 0;
  const limit = 2 / Math.sqrt(n);
  for (let lag = 1; lag <= Math.min(MAX_LAGS, n / 4); lag++) {
    let products = 0;
    for (let index = lag; index < n; index++) products += (ranks[index] as number) * (ranks[index - lag] as number);
    const correlation = products / variance;
    if (correlation < limit) break;
    sum += correlation;
  }
  return 1 + 2 * sum;
}

/** Ranks minus their mean; equal values share the mean of their ranks. */
export function centredRanks(series: readonly number[]): Float64Array {
  const n = series.length;
  const ascending = Float64Array.from(series).sort();
  return Float64Array.from(series, (value) => {
    const from = firstFrom(ascending, value);
    const isAlone = ascending[from + 1] !== value;
    return (from + (isAlone ? from + 1 : firstBeyond(ascending, value)) - n) / 2;
  });
}

/** The place of the first of ascending values that is at least this one. */
function firstFrom(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the first of ascending values above this one. */
export function firstBeyond(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
