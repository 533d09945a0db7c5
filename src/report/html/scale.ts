/** Where a value stands on an axis, and which values are written at it. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
  readonly isLog: boolean;
}

interface Span {
  readonly low: number;
  readonly high: number;
}

/** From `from` to `to` in the picture. `steps`: about how many ticks. */
export interface AxisRange {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/** From 0 to `high` exactly, with ticks within: for time, and wherever room beyond the data would mislead. */
export function exactScale(high: number, { from, to, steps }: AxisRange): Scale {
  const end = high || 1;
  const step = niceStep(end / steps);
  const count = Math.floor(end / step + 1e-9);
  return {
    at: (value) => from + (value / end) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12))),
    isLog: false,
  };
}

export function linearScale({ low, high }: Span, { from, to, steps }: AxisRange): Scale {
  const step = niceStep((high - low || Math.abs(high) || 1) / steps);
  const first = Math.floor(low / step) * step;
  const last = Math.max(Math.ceil(high / step) * step, first + step);
  const count = Math.round((last - first) / step);
  return {
    at: (value) => from + ((value - first) / (last - first)) * (to - from),
    // A product, and not a sum, so that 0.3 stays 0.3.
    ticks: Array.from({ length: count + 1 }, (_, index) => Number((first + index * step).toPrecision(12))),
    isLog: false,
  };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Ticks at 1, 2 and 5, or only at 1, of each power of ten. Both ends are above 0. */
export function logScale({ low, high }: Span, { from, to, steps }: AxisRange): Scale {
  const [first, last] = [Math.log10(low), Math.log10(Math.max(high, low * 1.5))];
  const within = (factors: readonly number[]): readonly number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(first); power <= Math.ceil(last); power++) {
      for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
    }
    return ticks.filter((tick) => Math.log10(tick) >= first - 1e-9 && Math.log10(tick) <= last + 1e-9);
  };
  const fine = within([1, 2, 5]);
  return {
    at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from),
    ticks: fine.length <= steps + 2 ? fine : within([1]),
    isLog: true,
  };
}

/** How far the bulk may be stretched before a linear axis squeezes it into a corner. */
const LOG_FROM_RATIO = 12;

/** Logarithmic where values reach over more than one power of ten and none is 0. */
export function fittingScale(span: Span, range: AxisRange): Scale {
  const isWide = span.low > 0 && span.high / span.low > LOG_FROM_RATIO;
  if (isWide) return logScale(span, range);
  return span.low >= 0 ? exactScale(span.high * 1.03, range) : linearScale(span, range);
}
