import type { Milliseconds, Ratio } from './units.ts';

/** How far our stamps were from what a simulated endpoint wrote down, at one number of streams. */
export interface AccuracyFigures {
  readonly streams: number;
  readonly requests: number;
  /** Ours minus the truth: the client's own time, and the way over loopback. */
  readonly ttftErrorP50Ms: Milliseconds;
  readonly ttftErrorP99Ms: Milliseconds;
  /** Of the gaps between tokens, without sign. */
  readonly gapErrorP99Ms: Milliseconds;
}

/** How punctually requests left at one rate. */
export interface PacingFigures {
  readonly ratePerSecond: number;
  /** Sent ÷ due. */
  readonly achievedRatio: Ratio;
  readonly delayP50Ms: Milliseconds;
  readonly delayP99Ms: Milliseconds;
}

/** How late chunks were stamped at one number of streams, against the quickest of the same run. */
export interface StreamFigures {
  readonly streams: number;
  readonly chunksPerSecond: number;
  readonly lagP50Ms: Milliseconds;
  readonly lagP99Ms: Milliseconds;
  /** `kept`: this client kept up. `client`: it did not. `server`: the simulated endpoint was late itself, so that nothing is said. */
  readonly verdict: 'kept' | 'client' | 'server';
}

/** Who measures: another llm-bench, Node or CPU is another client. */
export interface CalibratedClient {
  readonly version: string;
  readonly node: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
}

/** What one measuring thread of this client, on this machine, can be trusted with. */
export interface Calibration extends CalibratedClient {
  /** Wall clock, ISO 8601, UTC. */
  readonly measuredAtIso: string;
  readonly isQuick: boolean;
  readonly accuracy: readonly AccuracyFigures[];
  readonly pacing: readonly PacingFigures[];
  readonly streams: readonly StreamFigures[];
  /** Chunks per second that one thread read and decoded without pause; undefined: not measured. */
  readonly firehosePerSecond: number | undefined;
}

/** The limits that follow; undefined: none was found within what was tried. */
export interface CalibrationLimits {
  /** The most streams of 50 chunks per second that were kept up with. */
  readonly streams: number | undefined;
  /** The highest rate with a dispatch delay below 1 ms at p99. */
  readonly ratePerSecond: number | undefined;
  readonly chunksPerSecond: number | undefined;
}

/** What a run keeps of a calibration, to be judged by. */
export interface ClientEvidence extends CalibrationLimits {
  readonly measuredAtIso: string;
  /** Ascending by streams. */
  readonly accuracy: readonly AccuracyFigures[];
}

export function evidenceFrom(calibration: Calibration): ClientEvidence {
  const accuracy = calibration.accuracy.toSorted((one, other) => one.streams - other.streams);
  return { measuredAtIso: calibration.measuredAtIso, accuracy, ...limitsOf(calibration) };
}

/** A rate is kept when so many requests left, so punctually: the first limits of the validity ledger. */
const MIN_ACHIEVED_RATIO = 0.98;
const MAX_DELAY_P99_MS = 1;

export function isPunctual({ achievedRatio, delayP99Ms }: PacingFigures): boolean {
  return achievedRatio >= MIN_ACHIEVED_RATIO && delayP99Ms <= MAX_DELAY_P99_MS;
}

export function limitsOf({ pacing, streams, firehosePerSecond }: Calibration): CalibrationLimits {
  return {
    streams: highest(streams.filter(({ verdict }) => verdict === 'kept').map((each) => each.streams)),
    ratePerSecond: highest(pacing.filter(isPunctual).map(({ ratePerSecond }) => ratePerSecond)),
    chunksPerSecond: firehosePerSecond,
  };
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

export function isSameClient(one: CalibratedClient, other: CalibratedClient): boolean {
  return (
    one.version === other.version &&
    one.node === other.node &&
    one.cpuModel === other.cpuModel &&
    one.cpuCount === other.cpuCount
  );
}
