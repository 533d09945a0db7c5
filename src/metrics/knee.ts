/** One step of a sweep: the load that was really reached, and how long its answers took. */
export interface CurvePoint {
  /** Requests per second, above 0. */
  readonly throughput: number;
  /** Milliseconds, above 0. */
  readonly latencyMs: number;
}

/** Why a curve has no knee. */
export type NoKnee =
  /** Fewer than four points can bend anywhere. */
  | 'few-points'
  /** The latency of the slowest step is less than half above that of the quickest: the load never hurt. */
  | 'flat-latency'
  /** The steps all reached about the same throughput: there is no rising part. */
  | 'flat-throughput'
  /** The curve bends less than chance could make it. */
  | 'no-bend'
  /** What changes along the curve is no load. */
  | 'no-load';

export type Knee =
  | {
      readonly kind: 'found';
      /** Among the points as given. */
      readonly index: number;
      /** How far the point lies below the straight line from the first to the last corner of the curve, 0 to 1. */
      readonly bend: number;
    }
  | { readonly kind: 'none'; readonly reason: NoKnee };

const MIN_POINTS = 4;
/** Latency must grow by this factor somewhere, and throughput by the other. */
const MIN_LATENCY_GROWTH = 1.5;
const MIN_THROUGHPUT_GROWTH = 1.2;

/**
 * The knee by Kneedle (Satopää, Albrecht, Irwin and Raghavan 2011) with sensitivity 1: of the points scaled to the unit square, the
 * one that lies farthest below the diagonal, if that is more than the mean distance of neighbours. Latency is taken by its
 * logarithm: else how far into overload a sweep went would move the knee. Points may come in any order.
 */
export function findKnee(points: readonly CurvePoint[]): Knee {
  if (points.length < MIN_POINTS) return { kind: 'none', reason: 'few-points' };
  const throughputs = points.map(({ throughput }) => throughput);
  const latencies = points.map(({ latencyMs }) => Math.log(latencyMs));
  const xs = { low: Math.min(...throughputs), high: Math.max(...throughputs) };
  const ys = { low: Math.min(...latencies), high: Math.max(...latencies) };
  if (ys.high - ys.low < Math.log(MIN_LATENCY_GROWTH)) return { kind: 'none', reason: 'flat-latency' };
  if (xs.high < xs.low * MIN_THROUGHPUT_GROWTH) return { kind: 'none', reason: 'flat-throughput' };
  let index = 0;
  let bend = Number.NEGATIVE_INFINITY;
  for (const [place, throughput] of throughputs.entries()) {
    const x = (throughput - xs.low) / (xs.high - xs.low);
    const y = ((latencies[place] ?? ys.high) - ys.low) / (ys.high - ys.low);
    if (x - y > bend) {
      bend = x - y;
      index = place;
    }
  }
  return bend > 1 / (points.length - 1) ? { kind: 'found', index, bend } : { kind: 'none', reason: 'no-bend' };
}
