import type { AccuracyFigures, StreamFigures } from '../model/calibration.ts';
import type { RequestRecord } from '../model/record.ts';
import { type Milliseconds, MS_PER_SECOND } from '../model/units.ts';
import { quantile, sortSamples } from './quantile.ts';

/** What a simulated endpoint wrote down of one answer; all instants on its own clock. */
export interface WitnessedAnswer {
  /** From 1, also in the answer's text: `r7`. */
  readonly n: number;
  readonly receivedAtMs: Milliseconds;
  /** One instant a token-bearing write. */
  readonly writes: readonly Milliseconds[];
  /** Its own largest delay against when a write was due. */
  readonly lateMs: Milliseconds;
}

/** A record with its truth. */
export interface WitnessedRecord {
  readonly record: RequestRecord;
  readonly truth: WitnessedAnswer;
}

/** Measured, completed records that kept their text, each with its truth; others are left out. */
export function witness(
  records: readonly RequestRecord[],
  truths: ReadonlyMap<number, WitnessedAnswer>,
): readonly WitnessedRecord[] {
  return records.flatMap((record) => {
    if (record.phase !== 'measure' || record.outcome.kind !== 'completed') return [];
    const truth = truths.get(Number(/^r(\d+)\b/.exec(record.text?.answer ?? '')?.[1]));
    return truth === undefined || truth.writes.length === 0 ? [] : [{ record, truth }];
  });
}

/** Undefined without a pair. Both clocks only measure spans, so that they need no common zero. */
export function accuracyOf(streams: number, pairs: readonly WitnessedRecord[]): AccuracyFigures | undefined {
  const ttfts: number[] = [];
  const gaps: number[] = [];
  for (const { record, truth } of pairs) {
    const { firstTokenAtMs, startedAtMs } = record.instants;
    if (firstTokenAtMs === undefined) continue;
    ttfts.push(firstTokenAtMs - startedAtMs - ((truth.writes[0] ?? Number.NaN) - truth.receivedAtMs));
    if (record.events.length !== truth.writes.length) continue;
    for (let index = 1; index < truth.writes.length; index++) {
      const gap = (record.events[index]?.atMs ?? Number.NaN) - (record.events[index - 1]?.atMs ?? Number.NaN);
      gaps.push(Math.abs(gap - ((truth.writes[index] ?? Number.NaN) - (truth.writes[index - 1] ?? Number.NaN))));
    }
  }
  const [errors, gapErrors] = [sortSamples(ttfts), sortSamples(gaps)];
  const figures = [quantile(errors, 0.5), quantile(errors, 0.99), quantile(gapErrors, 0.99)];
  const [ttftErrorP50Ms, ttftErrorP99Ms, gapErrorP99Ms] = figures;
  if (ttftErrorP50Ms === undefined || ttftErrorP99Ms === undefined || gapErrorP99Ms === undefined) return undefined;
  return { streams, requests: ttfts.length, ttftErrorP50Ms, ttftErrorP99Ms, gapErrorP99Ms };
}

/** A client is behind when its stamps are later than this at p99; the server, when its writes are. */
const MAX_LAG_P99_MS = 5;

/**
 * How late chunks were stamped. The zeros of both clocks are not the same; the quickest chunk of all stands for no lag. `hasOwnDoubts`:
 * the ledger calls the client unfit. Undefined without a pair.
 */
export function streamFiguresOf(
  streams: number,
  pairs: readonly WitnessedRecord[],
  hasOwnDoubts: boolean,
): StreamFigures | undefined {
  const lags: number[] = [];
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { record, truth } of pairs) {
    if (record.events.length !== truth.writes.length) continue;
    for (const [index, { atMs }] of record.events.entries()) {
      lags.push(atMs - (truth.writes[index] ?? Number.NaN));
      firstMs = Math.min(firstMs, atMs);
      lastMs = Math.max(lastMs, atMs);
    }
  }
  const ascending = sortSamples(lags);
  const [least] = ascending;
  const [p50, p99] = [quantile(ascending, 0.5), quantile(ascending, 0.99)];
  const serverLate = quantile(sortSamples(pairs.map(({ truth }) => truth.lateMs)), 0.5);
  if (least === undefined || p50 === undefined || p99 === undefined || lastMs <= firstMs) return undefined;
  const isBehind = p99 - least > MAX_LAG_P99_MS || hasOwnDoubts;
  const isServerBehind = (serverLate ?? 0) > MAX_LAG_P99_MS;
  return {
    streams,
    chunksPerSecond: (lags.length / (lastMs - firstMs)) * MS_PER_SECOND,
    lagP50Ms: p50 - least,
    lagP99Ms: p99 - least,
    verdict: isServerBehind ? 'server' : isBehind ? 'client' : 'kept',
  };
}

/** Events per second from the first to the last stamp; undefined with fewer than two instants. */
export function chunksPerSecond(records: readonly RequestRecord[]): number | undefined {
  let [count, firstMs, lastMs] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { phase, events } of records) {
    if (phase !== 'measure') continue;
    count += events.length;
    firstMs = Math.min(firstMs, events.at(0)?.atMs ?? Number.POSITIVE_INFINITY);
    lastMs = Math.max(lastMs, events.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY);
  }
  return lastMs > firstMs ? (count / (lastMs - firstMs)) * MS_PER_SECOND : undefined;
}
