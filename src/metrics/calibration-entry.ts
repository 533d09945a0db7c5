import type { ClientEvidence } from '../model/calibration.ts';
import type { Plan } from '../model/plan.ts';
import type { TargetSummary } from './summary.ts';
import type { ValidityEntry } from './validity-entry.ts';

/** How much was asked of the client. */
export interface ClientLoad {
  /** The most in flight at the end of a second, or what a closed loop keeps. */
  readonly streams: number;
  /** Undefined in closed loop. */
  readonly ratePerSecond: number | undefined;
  /** Output tokens of the busiest second: about as many chunks. */
  readonly tokensPerSecond: number;
}

export function loadOf(
  { windows, throughput }: Pick<TargetSummary, 'windows' | 'throughput'>,
  { load }: Plan,
): ClientLoad {
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    streams: load.kind === 'closed-loop' ? load.concurrency : most(windows.map(({ inFlight }) => inFlight)),
    ratePerSecond: throughput.offeredPerSecond,
    tokensPerSecond: most(windows.map(({ tokens }) => tokens)),
  };
}

/** Offered by chance more than was asked. */
const RATE_SLACK = 1.1;

/** The error of this client's stamps at such a load, and a note where the load is above what was calibrated. */
export function calibrationEntry(evidence: ClientEvidence, load: ClientLoad): ValidityEntry {
  const { accuracy, measuredAtIso } = evidence;
  const figures = accuracy.find(({ streams }) => streams >= load.streams) ?? accuracy.at(-1);
  const error =
    figures === undefined
      ? 'this client was calibrated'
      : `this client’s TTFT is ${ms(figures.ttftErrorP50Ms)} (p50), ${ms(figures.ttftErrorP99Ms)} (p99) too long at ${figures.streams} ${figures.streams === 1 ? 'stream' : 'streams'}`;
  const beyond = beyondLimits(evidence, load);
  return {
    id: 'calibration',
    level: beyond.length > 0 ? 'note' : 'ok',
    text: `${error}, calibrated on ${measuredAtIso.slice(0, 10)}`,
    hint:
      beyond.length > 0
        ? `this run had ${beyond.join(' and ')}: see whether the other entries are well, or calibrate anew on a quiet machine`
        : undefined,
  };
}

function beyondLimits(limits: ClientEvidence, load: ClientLoad): readonly string[] {
  const { streams, ratePerSecond, chunksPerSecond } = limits;
  const lines: string[] = [];
  if (streams !== undefined && load.streams > streams) {
    lines.push(`${load.streams} streams, and ${streams} were kept up with`);
  }
  const offered = load.ratePerSecond;
  if (ratePerSecond !== undefined && offered !== undefined && offered > ratePerSecond * RATE_SLACK) {
    lines.push(`${Math.round(offered)} requests/s, and ${ratePerSecond} were punctual`);
  }
  if (chunksPerSecond !== undefined && load.tokensPerSecond > chunksPerSecond) {
    lines.push(`${Math.round(load.tokensPerSecond)} tokens/s, and ${Math.round(chunksPerSecond)} chunks/s were read`);
  }
  return lines;
}

function ms(value: number): string {
  return `${Number(value.toPrecision(2))} ms`;
}
