import type { Clock } from '../clock.ts';
import { wallClockIso } from '../clock.ts';
import { accuracyOf, chunksPerSecond, streamFiguresOf, type WitnessedAnswer, witness } from '../metrics/accuracy.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import { type Calibration, isPunctual, type PacingFigures } from '../model/calibration.ts';
import type { Load, StopRule } from '../model/load.ts';
import { BARE_PLAN, type Plan } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import { EMPTY_PROFILE, NO_CREDENTIALS } from '../model/target.ts';
import type { AppContext } from './context.ts';
import { describeEnvironment } from './environment.ts';
import { loadPrompts } from './load-prompts.ts';
import { type StartedRun, startRun } from './start-run.ts';

/** One thing that is measured against the simulated endpoint. */
export interface CalibrationPhase {
  readonly kind: 'accuracy' | 'pacing' | 'streams' | 'firehose';
  /** `16 streams`, `500 requests/s`. */
  readonly name: string;
  readonly load: Load;
  readonly stop: StopRule;
  readonly warmupRequests: number;
  /** How the endpoint answers: its header `x-simulate`. */
  readonly answers: string;
}

export interface CalibrateInput {
  readonly isQuick: boolean;
  readonly clock: Clock;
  /** Starts an endpoint that writes down what it does, as a process of its own. */
  readonly startWitness: () => Promise<Witness>;
  readonly onPhase: (phase: CalibrationPhase, index: number, count: number) => void;
  /** A run is under way, so that it can be stopped. */
  readonly onStart: (started: StartedRun) => void;
  readonly isStopped: () => boolean;
}

export interface Witness {
  readonly url: string;
  /** Ends it, and resolves with all that it saw. */
  readonly testify: () => Promise<ReadonlyMap<number, WitnessedAnswer>>;
}

const CHUNKS_PER_SECOND = 50;
const GAP_MS = 1_000 / CHUNKS_PER_SECOND;

/** What is measured, in order; about 10 s when quick, else 40 s. */
export function calibrationPhases(isQuick: boolean): readonly CalibrationPhase[] {
  const closed = (concurrency: number): Load => ({ kind: 'closed-loop', concurrency, requestDelayMs: 0, stages: [] });
  const accuracy = (streams: number, requests: number): CalibrationPhase => ({
    kind: 'accuracy',
    name: `${streams} ${streams === 1 ? 'stream' : 'streams'}`,
    load: closed(streams),
    stop: { requests, durationMs: undefined },
    warmupRequests: streams,
    answers: `ttft=uniform:80..120; token-delay=${GAP_MS}; tokens=25`,
  });
  const pacing = (ratePerSecond: number): CalibrationPhase => ({
    kind: 'pacing',
    name: `${ratePerSecond} requests/s`,
    load: { kind: 'open-loop', arrival: 'poisson', ratePerSecond, maxInFlight: undefined, stages: [] },
    stop: { requests: undefined, durationMs: isQuick ? 1_500 : 2_500 },
    warmupRequests: 32,
    answers: 'ttft=10; token-delay=0; tokens=2',
  });
  const streams = (count: number): CalibrationPhase => ({
    kind: 'streams',
    name: `${count} streams at ${CHUNKS_PER_SECOND} chunks/s`,
    load: closed(count),
    stop: { requests: count, durationMs: undefined },
    warmupRequests: count,
    answers: `ttft=uniform:0..200; token-delay=${GAP_MS}; tokens=${isQuick ? 50 : 100}`,
  });
  const firehose: CalibrationPhase = {
    kind: 'firehose',
    name: 'chunks without pause',
    load: closed(8),
    stop: { requests: isQuick ? 48 : 96, durationMs: undefined },
    warmupRequests: 8,
    answers: 'ttft=0; token-delay=0; tokens=5000',
  };
  return isQuick
    ? [accuracy(1, 4), accuracy(16, 48), pacing(500), streams(250), streams(500), firehose]
    : [
        ...[accuracy(1, 10), accuracy(16, 80), accuracy(128, 512)],
        ...[pacing(100), pacing(500), pacing(2_000)],
        ...[streams(250), streams(500), streams(1_000), streams(2_000)],
        firehose,
      ];
}

/** On a machine that is far too busy nothing more is begun after this. */
const MAX_MS = 60_000;
/** Of the chunks that so many streams should bring in a second; they do not all begin at once. */
const MIN_CHUNKS_RATIO = 0.7;

/** Whether a higher load of the same kind is worth trying. */
function isKeptUp(one: MeasuredPhase): boolean {
  const { phase, records, summary } = one;
  if (phase.kind === 'pacing') {
    const figures = pacingOf(one);
    return figures !== undefined && isPunctual(figures);
  }
  if (phase.kind !== 'streams') return true;
  const wanted = concurrencyOf(phase.load) * CHUNKS_PER_SECOND;
  return !hasOwnDoubts(summary) && (chunksPerSecond(records) ?? 0) >= MIN_CHUNKS_RATIO * wanted;
}

interface MeasuredPhase {
  readonly phase: CalibrationPhase;
  readonly records: readonly RequestRecord[];
  readonly summary: TargetSummary;
}

/** Measures this client against a witness. Undefined when it was stopped. Rejects with what `startRun` throws. */
export async function calibrate(context: AppContext, input: CalibrateInput): Promise<Calibration | undefined> {
  const witnessed = await input.startWitness();
  const phases = calibrationPhases(input.isQuick);
  const measured: MeasuredPhase[] = [];
  let truths: ReadonlyMap<number, WitnessedAnswer>;
  try {
    const startMs = input.clock.nowMs();
    const givenUp = new Set<CalibrationPhase['kind']>();
    for (const [index, phase] of phases.entries()) {
      if (input.isStopped() || input.clock.nowMs() - startMs > MAX_MS) break;
      if (givenUp.has(phase.kind)) continue;
      input.onPhase(phase, index, phases.length);
      const one = await measurePhase(context, phase, { url: witnessed.url, onStart: input.onStart });
      measured.push(one);
      if (!isKeptUp(one)) givenUp.add(phase.kind);
    }
  } finally {
    truths = await witnessed.testify();
  }
  if (input.isStopped()) return undefined;
  const { node, cpuModel, cpuCount } = describeEnvironment();
  const of = (kind: CalibrationPhase['kind']): readonly MeasuredPhase[] =>
    measured.filter((one) => one.phase.kind === kind);
  const firehose = of('firehose')[0];
  return {
    measuredAtIso: wallClockIso(),
    version: context.version,
    ...{ node, cpuModel, cpuCount, isQuick: input.isQuick },
    accuracy: of('accuracy')
      .map(({ phase, records }) => accuracyOf(concurrencyOf(phase.load), witness(records, truths)))
      .filter((figures) => figures !== undefined),
    pacing: of('pacing')
      .map(pacingOf)
      .filter((figures) => figures !== undefined),
    streams: of('streams')
      .map(({ phase, records, summary }) =>
        streamFiguresOf(concurrencyOf(phase.load), witness(records, truths), hasOwnDoubts(summary)),
      )
      .filter((figures) => figures !== undefined),
    firehosePerSecond: firehose === undefined ? undefined : chunksPerSecond(firehose.records),
  };
}

async function measurePhase(
  context: AppContext,
  phase: CalibrationPhase,
  { url, onStart }: { readonly url: string } & Pick<CalibrateInput, 'onStart'>,
): Promise<MeasuredPhase> {
  const { items, origin } = await loadPrompts({ texts: ['Say hello to the witness.'] });
  const started = await startRun(context, {
    runId: undefined,
    plan: planOf(phase, url, origin),
    items,
    credentials: [{ ...NO_CREDENTIALS, headers: { 'x-simulate': phase.answers } }],
    renewals: [undefined],
    db: 'memory:',
    withRecords: true,
  });
  onStart(started);
  const { result, trouble } = await started.outcome;
  if (trouble !== undefined) throw trouble;
  const [summary] = result.targets;
  if (summary === undefined) throw new Error('a run without a target');
  return { phase, records: result.records ?? [], summary };
}

function planOf(phase: CalibrationPhase, url: string, workload: Plan['workload']): Plan {
  return {
    ...BARE_PLAN,
    targets: [{ provider: 'witness', model: 'm', url, dialect: 'openai-chat', profile: EMPTY_PROFILE }],
    workload,
    load: phase.load,
    stop: phase.stop,
    warmupRequests: phase.warmupRequests,
    timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 30_000 },
    parameterMode: 'pass',
    tokenCounting: { when: 'missing', tokenizer: 'estimate' },
    headerNames: ['x-simulate'],
    // The answer begins with the number by which the witness knows it.
    saveText: true,
  };
}

function concurrencyOf(load: Load): number {
  return 'concurrency' in load ? load.concurrency : 0;
}

/** Whether the ledger calls this side unfit. */
function hasOwnDoubts({ validity }: TargetSummary): boolean {
  return validity.some(({ level, id }) => level === 'invalid' && id !== 'throttled');
}

function pacingOf({ phase, summary, records }: MeasuredPhase): PacingFigures | undefined {
  const { load } = phase;
  const delay = summary.metrics['dispatchDelay'];
  if (load.kind !== 'open-loop' || delay?.p50 === undefined || delay.p99 === undefined) return undefined;
  return {
    ratePerSecond: load.ratePerSecond,
    achievedRatio: sentInTime(records),
    delayP50Ms: delay.p50,
    delayP99Ms: delay.p99,
  };
}

/** The share of arrivals that had left when the last one was due. */
function sentInTime(records: readonly RequestRecord[]): number {
  const due = records.flatMap(({ phase, instants }) =>
    phase === 'measure' && instants.scheduledAtMs !== undefined
      ? [{ dueAtMs: instants.scheduledAtMs, sentAtMs: instants.startedAtMs }]
      : [],
  );
  const endMs = Math.max(...due.map(({ dueAtMs }) => dueAtMs));
  return due.length === 0 ? 0 : due.filter(({ sentAtMs }) => sentAtMs <= endMs + 1).length / due.length;
}
