// Holds stamps against the truth.
import type { RequestRecord } from '../../src/index.ts';
import { quantile, sortSamples } from '../../src/metrics/quantile.ts';
import type { Truth } from './endpoint.ts';

/** One stream as a client saw it, on the machine's monotonic clock. */
export interface SeenStream {
  /** In the endpoint's record. */
  readonly number: number;
  readonly startedAtMs: number;
  readonly stamps: ArrayLike<number>;
}

export interface Comparison {
  /** Signed: the client's TTFT is longer than the endpoint's. */
  readonly ttftErrorsMs: readonly number[];
  readonly gapErrorsMs: readonly number[];
  /** From the write to the stamp, within the steady window. */
  readonly lagsMs: readonly number[];
  readonly chunksSent: number;
  readonly chunksSeen: number;
  /** All streams were under way. */
  readonly steadyFromMs: number;
  readonly steadyToMs: number;
}

export function seenStreams(records: readonly RequestRecord[], originMs: number): SeenStream[] {
  return records.map((record) => ({
    number: Number(/^truth-(\d+)$/.exec(record.modelAnswered ?? '')?.[1]),
    startedAtMs: record.instants.startedAtMs + originMs,
    stamps: Float64Array.from(record.events, (event) => event.atMs + originMs),
  }));
}

export function compare(streams: readonly SeenStream[], truths: ReadonlyMap<number, Truth>): Comparison {
  const pairs = streams.map((stream) => {
    const truth = truths.get(stream.number);
    if (truth === undefined) throw new Error(`no truth for request ${stream.number}`);
    return { stream, truth };
  });
  const steadyFromMs = pairs.reduce((latest, { truth }) => Math.max(latest, truth.writes[0] ?? 0), 0);
  const steadyToMs = pairs.reduce((earliest, { truth }) => Math.min(earliest, truth.writes.at(-1) ?? 0), Infinity);
  const lagsMs: number[] = [];
  const gapErrorsMs: number[] = [];
  const ttftErrorsMs: number[] = [];
  for (const { stream, truth } of pairs) {
    const { stamps } = stream;
    const { writes } = truth;
    ttftErrorsMs.push((stamps[0] ?? NaN) - stream.startedAtMs - ((writes[0] ?? NaN) - truth.receivedAtMs));
    for (let index = 0; index < Math.min(stamps.length, writes.length); index++) {
      const [write = NaN, stamp = NaN] = [writes[index], stamps[index]];
      if (write >= steadyFromMs && write <= steadyToMs) lagsMs.push(stamp - write);
      if (index > 0)
        gapErrorsMs.push(Math.abs(stamp - (stamps[index - 1] ?? NaN) - (write - (writes[index - 1] ?? NaN))));
    }
  }
  const sum = (count: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((all, one) => all + count(one), 0);
  return {
    ttftErrorsMs,
    gapErrorsMs,
    lagsMs,
    chunksSent: sum(({ truth }) => truth.writes.length),
    chunksSeen: sum(({ stream }) => stream.stamps.length),
    steadyFromMs,
    steadyToMs,
  };
}

export function quantileOf(values: readonly number[], q: number): number {
  return quantile(sortSamples(values), q) ?? Number.NaN;
}
