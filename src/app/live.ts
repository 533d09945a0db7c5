import type { LiveCounts } from '../engine/messages.ts';
import type { MeasuringBatch } from '../engine/run.ts';
import { type CostTally, createCostTally } from '../metrics/cost.ts';
import { ttftMs } from '../metrics/latency.ts';
import { quantile, sortSamples } from '../metrics/quantile.ts';
import { tokenArrivals } from '../metrics/tokens.ts';
import type { Plan } from '../model/plan.ts';
import type { FailureKind, RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import type { Target } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { type LiveSecond, LiveSeries } from './live-series.ts';
import { RecentRates } from './recent-rates.ts';

/** What a live view shows of one target. */
export interface LiveTarget {
  readonly target: Target;
  readonly phase: LiveCounts['phase'];
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly dropped: number;
  /** First attempts planned; undefined when only time limits the run. */
  readonly planned: number | undefined;
  /** Part of the measured phase that is over, 0 to 1. */
  readonly doneRatio: number;
  /** Of the last seconds. */
  readonly requestsPerSecond: number;
  readonly tokensPerSecond: number;
  /** Of the latest requests; undefined before the first. */
  readonly ttftP50Ms: Milliseconds | undefined;
  readonly ttftP95Ms: Milliseconds | undefined;
  readonly failures: ReadonlyMap<FailureKind, number>;
  /** Until the measured phase ends at this pace; undefined when nothing can be said. */
  readonly remainingMs: Milliseconds | undefined;
  /** Warm-up included; undefined when no price is known. */
  readonly spentUsd: number | undefined;
  /** Each whole second of the measured phase so far, the latest last. */
  readonly seconds: readonly LiveSecond[];
}

export interface LiveView {
  /** What the run may cost; undefined: no cap. */
  readonly budgetUsd: number | undefined;
  readonly elapsedMs: Milliseconds;
  readonly targets: readonly LiveTarget[];
  /** Requests whose tokens are being counted, after the measuring; undefined before and after that. */
  readonly counting: { readonly done: number; readonly total: number } | undefined;
}

/** Quantiles of a live view are of so many latest requests. */
const MAX_LIVE_SAMPLES = 2_000;

/** Follows a run for a live view: cheap, approximate, and never used for a report. */
export interface LiveTally {
  add(batch: MeasuringBatch): void;
  view(elapsedMs: Milliseconds): Omit<LiveView, 'counting'>;
}

export function createLiveTally(plan: Plan): LiveTally {
  const targets = plan.targets.map((target) => new LiveTargetTally(plan, target));
  return {
    add(batch) {
      for (const record of batch.records) targets[record.targetIndex]?.addRecord(record);
      for (const counts of batch.live) targets[counts.targetIndex]?.setCounts(counts);
      for (const progress of batch.progress) targets[progress.targetIndex]?.setProgress(progress);
    },
    view: (elapsedMs) => ({
      budgetUsd: plan.budgetUsd,
      elapsedMs,
      targets: targets.map((target) => target.view(elapsedMs)),
    }),
  };
}

class LiveTargetTally {
  readonly #plan: Plan;
  readonly #target: Target;
  readonly #ttfts: number[] = [];
  readonly #failures = new Map<FailureKind, number>();
  readonly #cost: CostTally;
  readonly #series = new LiveSeries();
  readonly #rates = new RecentRates();
  #completed = 0;
  #failed = 0;
  #counts: LiveCounts | undefined;
  #startMs: Milliseconds | undefined;

  constructor(plan: Plan, target: Target) {
    this.#plan = plan;
    this.#target = target;
    this.#cost = createCostTally(target.profile.price);
  }

  addRecord(record: RequestRecord): void {
    this.#cost.add(record);
    if (record.phase !== 'measure') return;
    for (const { atMs, tokens } of tokenArrivals(record)) {
      this.#rates.add(atMs, { requests: 0, tokens });
      this.#series.addTokens(atMs, tokens);
    }
    if (record.outcome.kind === 'failed') {
      this.#failed++;
      const { kind } = record.outcome.failure;
      this.#failures.set(kind, (this.#failures.get(kind) ?? 0) + 1);
    }
    if (record.outcome.kind !== 'completed') return;
    this.#completed++;
    this.#rates.add(record.instants.endedAtMs, { requests: 1, tokens: 0 });
    const ttft = ttftMs(record);
    if (ttft === undefined) return;
    this.#ttfts[(this.#completed - 1) % MAX_LIVE_SAMPLES] = ttft;
    this.#series.addTtft(record.instants.startedAtMs + ttft, ttft);
  }

  setCounts(counts: LiveCounts): void {
    this.#counts = counts;
  }

  setProgress(progress: TargetProgress): void {
    this.#startMs = progress.measureStartAtMs;
  }

  view(elapsedMs: Milliseconds): LiveTarget {
    const samples = sortSamples(this.#ttfts.filter((sample) => sample !== undefined));
    const planned = this.#plan.stop.requests;
    const doneRatio = this.#doneRatio(elapsedMs);
    return {
      target: this.#target,
      phase: this.#counts?.phase ?? 'waiting',
      started: this.#counts?.started ?? 0,
      completed: this.#completed,
      failed: this.#failed,
      inFlight: this.#counts?.inFlight ?? 0,
      dropped: this.#counts?.dropped ?? 0,
      planned,
      doneRatio,
      ...this.#rates.view(this.#startMs ?? elapsedMs, elapsedMs),
      ttftP50Ms: quantile(samples, 0.5),
      ttftP95Ms: quantile(samples, 0.95),
      failures: this.#failures,
      remainingMs: this.#remaining(elapsedMs, doneRatio),
      spentUsd: this.#cost.total().usd,
      seconds: this.#startMs === undefined ? [] : this.#series.view(this.#startMs, elapsedMs),
    };
  }

  #doneRatio(elapsedMs: Milliseconds): number {
    if (this.#counts?.phase === 'over') return 1;
    const { requests, durationMs } = this.#plan.stop;
    const byCount = requests === undefined ? 0 : ((this.#counts?.ended ?? 0) + (this.#counts?.dropped ?? 0)) / requests;
    const byTime =
      durationMs === undefined || this.#startMs === undefined ? 0 : (elapsedMs - this.#startMs) / durationMs;
    return Math.min(1, Math.max(byCount, byTime));
  }

  #remaining(elapsedMs: Milliseconds, doneRatio: number): Milliseconds | undefined {
    if (this.#startMs === undefined || doneRatio <= 0) return undefined;
    return ((elapsedMs - this.#startMs) / doneRatio) * (1 - doneRatio);
  }
}
