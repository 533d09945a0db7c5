import type { Plan } from '../model/plan.ts';
import { FAILURE_KINDS, type FailureKind, type RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import type { Target } from '../model/target.ts';
import { MS_PER_SECOND } from '../model/units.ts';
import type { TokenSource } from '../model/usage.ts';
import type { Window } from '../model/window.ts';
import { POOLED_METRICS, REQUEST_METRICS, WINDOW_METRICS } from './catalogue.ts';
import { type ConversationSummary, createConversationTally } from './conversations.ts';
import { type CostTally, createCostTally } from './cost.ts';
import {
  type Distribution,
  distributionOf,
  distributionOfSorted,
  type QuantileIntervals,
  quantileIntervalsOf,
} from './distribution.ts';
import { distributionOfGaps, GapPool } from './gap-pool.ts';
import { judgeObjectives } from './goodput.ts';
import { type HistogramBin, histogramOf } from './histogram.ts';
import { isBuffered, itlMs, tbtMs } from './latency.ts';
import { type LoadInSpan, LoadTally } from './load-tally.ts';
import { ownTimeMs, type Span } from './own-time.ts';
import { createPromptTally, type PromptSummary } from './prompt-summary.ts';
import { sortSamples } from './quantile.ts';
import { SampleList } from './sample-list.ts';
import { perSecond } from './speed.ts';
import { createStageTally, hasStages, type StageSummary, type StageTally } from './stages.ts';
import { createCountTally } from './token-evidence.ts';
import { inputTokens, outputTokens, usageAddsUp } from './tokens.ts';
import { type ValidityEntry, validityOf } from './validity.ts';
import { createWindowTally } from './windows.ts';

/** Requests of the measured phase; every attempt of a retried request counts. */
export interface RequestCounts {
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Arrivals that were never sent. */
  readonly dropped: number;
  /** Attempts after a first one; part of started. */
  readonly retries: number;
}

/** Rates over one span of time. */
export interface Throughput {
  readonly requestsPerSecond: number | undefined;
  readonly outputTokensPerSecond: number | undefined;
}

/** Sums over completed requests. A sum is undefined when no request had the count. */
export interface TokenTotals {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
  readonly cached: number | undefined;
  readonly cacheWrite: number | undefined;
  /** Of the output counts; `mixed` when they come from different sources. */
  readonly source: TokenSource | 'mixed' | undefined;
}

/** What a target's requests cost, in US dollars. */
export interface CostSummary {
  /** All requests, those of warm-up and cool-down and failed ones included; undefined when no price is known. */
  readonly usd: number | undefined;
  /** Of these, those of warm-up and cool-down. */
  readonly warmupUsd: number | undefined;
  /** Requests that may have cost something which nobody can tell: `usd` is then a lower bound. */
  readonly unknownRequests: number;
}

type TokenKind = Exclude<keyof TokenTotals, 'source'>;

/** All that is concluded about one target from its records. */
export interface TargetSummary {
  readonly target: Target;
  readonly requests: RequestCounts;
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  /** The message of the first request of each kind, to tell what it was about. */
  readonly failureExamples: Readonly<Partial<Record<FailureKind, string>>>;
  /** By metric id; every id of the catalogue's request and window metrics is there. */
  readonly metrics: Readonly<Record<string, Distribution>>;
  /** By metric id; only metrics with one sample a request, for the gaps of one request are not independent. */
  readonly intervals: Readonly<Record<string, QuantileIntervals>>;
  /** Ten bins each, of completed requests. */
  readonly histograms: { readonly e2e: readonly HistogramBin[]; readonly ttft: readonly HistogramBin[] };
  /** Over the steady window, by arrival. */
  readonly throughput: Throughput & { readonly offeredPerSecond: number | undefined };
  /** Over everything from the first measured start to the last end, drain included. */
  readonly fullThroughput: Throughput;
  readonly steadyWindowMs: number | undefined;
  readonly tokens: TokenTotals;
  readonly goodRatio: number | undefined;
  /** Good requests per second of the steady window. */
  readonly goodput: number | undefined;
  /** Failed ÷ ended. */
  readonly errorRate: number | undefined;
  /** Objectives that could not apply to a completed request, over all of them. */
  readonly objectivesSkipped: number;
  readonly cost: CostSummary;
  readonly validity: readonly ValidityEntry[];
  readonly prompts: readonly PromptSummary[];
  /** Undefined where no prompt was part of one. */
  readonly conversations: ConversationSummary | undefined;
  /** Of a load with stages, and of what held after them; empty without. */
  readonly stages: readonly StageSummary[];
  readonly windows: readonly Window[];
}

const HISTOGRAM_BINS = 10;

const SINGLE_METRICS = REQUEST_METRICS.filter(({ id }) => !POOLED_METRICS.has(id));

/** Gathers one target's records, in any order; warm-up records change nothing. */
export interface TargetTally {
  add(record: RequestRecord): void;
  /** The steady window holds this span: what came in it need not be kept event by event. */
  settle(span: Span): void;
  /** Concludes. `progress` is undefined when nothing was written of it (a run that died early). */
  summarize(progress: TargetProgress | undefined): TargetSummary;
}

export function createTargetTally(plan: Plan, targetIndex: number): TargetTally {
  const target = plan.targets[targetIndex];
  if (target === undefined) throw new Error(`no target ${targetIndex} in a plan of ${plan.targets.length}`);
  return new Tally(plan, target);
}

class Tally implements TargetTally {
  readonly #plan: Plan;
  readonly #target: Target;
  readonly #warmupCost: CostTally;
  readonly #measuredCost: CostTally;
  readonly #samples = new Map(SINGLE_METRICS.map((metric) => [metric.id, new SampleList()]));
  /** Most often tbt and itl are the same, and kept once. */
  readonly #gaps = { both: new GapPool(), tbt: new GapPool(), itl: new GapPool() };
  readonly #load = new LoadTally();
  readonly #windows = createWindowTally();
  readonly #prompts = createPromptTally();
  readonly #conversations = createConversationTally();
  readonly #stages: StageTally;
  readonly #tokenCounts = createCountTally();
  readonly #failures = new Map<FailureKind, number>();
  readonly #failureExamples = new Map<FailureKind, { readonly id: number; readonly message: string }>();
  readonly #tokenSources = new Set<TokenSource>();
  readonly #models = new Set<string>();
  /** Only where targets take turns. */
  readonly #spans: Span[] = [];
  readonly #sums: Record<TokenKind, number | undefined> = {
    input: undefined,
    output: undefined,
    reasoning: undefined,
    cached: undefined,
    cacheWrite: undefined,
  };
  #counts = { started: 0, completed: 0, failed: 0, cancelled: 0, retries: 0, good: 0, skipped: 0 };
  #seen = {
    newConnections: 0,
    events: 0,
    coalesced: 0,
    streamed: 0,
    buffered: 0,
    hiddenReasoning: 0,
    unsound: 0,
  };

  constructor(plan: Plan, target: Target) {
    this.#plan = plan;
    this.#target = target;
    this.#stages = createStageTally(plan.load);
    this.#warmupCost = createCostTally(target.profile.price);
    this.#measuredCost = createCostTally(target.profile.price);
  }

  add(record: RequestRecord): void {
    (record.phase === 'measure' ? this.#measuredCost : this.#warmupCost).add(record);
    if (record.phase !== 'measure') return;
    const verdict = judgeObjectives(record, this.#plan.objectives, this.#plan.load);
    this.#count(record, verdict);
    this.#load.add(record, verdict.isGood);
    if (this.#plan.interleave !== undefined) {
      this.#spans.push({ startMs: record.instants.startedAtMs, endMs: record.instants.endedAtMs });
    }
    this.#sample(record);
    this.#windows.add(record, verdict.isGood);
    this.#prompts.add(record);
    this.#conversations.add(record);
    this.#stages.add(record);
  }

  settle(span: Span): void {
    // Stages want to know of every token when it came.
    if (!hasStages(this.#plan.load)) this.#load.settle(span);
  }

  #count(record: RequestRecord, verdict: { isGood: boolean; skipped: number }): void {
    const counts = this.#counts;
    counts.started++;
    counts[record.outcome.kind]++;
    if (record.attempt > 1) counts.retries++;
    if (verdict.isGood) counts.good++;
    counts.skipped += verdict.skipped;
    if (record.connection.isReused === false) this.#seen.newConnections++;
    if (record.modelAnswered !== undefined) this.#models.add(record.modelAnswered);
    if (record.outcome.kind === 'failed') {
      const { kind, message } = record.outcome.failure;
      this.#failures.set(kind, (this.#failures.get(kind) ?? 0) + 1);
      const example = this.#failureExamples.get(kind);
      if (example === undefined || record.id < example.id) this.#failureExamples.set(kind, { id: record.id, message });
    }
    if (record.outcome.kind === 'completed') this.#countAnswer(record);
  }

  #countAnswer(record: RequestRecord): void {
    const seen = this.#seen;
    seen.events += record.events.length;
    seen.coalesced += record.events.filter((event) => event.isCoalesced).length;
    if (record.isStreamed) seen.streamed++;
    if (isBuffered(record)) seen.buffered++;
    if (record.events.every((event) => event.kind !== 'reasoning')) {
      seen.hiddenReasoning += record.usage.reasoningTokens ?? 0;
    }
    const output = outputTokens(record);
    if (output !== undefined) this.#tokenSources.add(output.source);
    if (usageAddsUp(record.usage) === false) seen.unsound++;
    this.#tokenCounts.add(record);
    this.#sum('input', inputTokens(record)?.tokens);
    this.#sum('output', output?.tokens);
    this.#sum('reasoning', record.usage.reasoningTokens);
    this.#sum('cached', record.usage.cachedInputTokens);
    this.#sum('cacheWrite', record.usage.cacheWriteInputTokens);
  }

  #sum(name: TokenKind, value: number | undefined): void {
    if (value !== undefined) this.#sums[name] = (this.#sums[name] ?? 0) + value;
  }

  #sample(record: RequestRecord): void {
    for (const metric of SINGLE_METRICS) {
      if (metric.population !== 'all' && metric.population !== record.outcome.kind) continue;
      const samples = this.#samples.get(metric.id);
      for (const value of metric.samples(record, this.#target.profile.price)) samples?.push(value);
    }
    if (record.outcome.kind === 'completed') this.#sampleGaps(tbtMs(record), itlMs(record));
  }

  #sampleGaps(tbt: readonly number[], itl: readonly number[]): void {
    const areEqual = tbt.length === itl.length && tbt.every((gap, index) => gap === itl[index]);
    for (const gap of tbt) (areEqual ? this.#gaps.both : this.#gaps.tbt).push(gap);
    if (!areEqual) for (const gap of itl) this.#gaps.itl.push(gap);
  }

  summarize(progress: TargetProgress | undefined): TargetSummary {
    const { started, completed, failed, cancelled, retries, good, skipped } = this.#counts;
    const dropped = progress?.dropped ?? 0;
    const whole = this.#load.wholeSpan;
    const startMs = progress?.measureStartAtMs ?? whole.startMs;
    const endMs = progress?.measureEndAtMs ?? whole.endMs;
    const windowMs = this.#plan.interleave === undefined ? endMs - startMs : ownTimeMs(this.#spans, { startMs, endMs });
    const steadyWindowMs = windowMs > 0 ? windowMs : undefined;
    const windows = this.#windows.all(endMs);
    const { metrics, intervals } = this.#distributions(windows, startMs, endMs);
    const steady = this.#load.within({ startMs, endMs });
    const isOpen = this.#plan.load.kind !== 'closed-loop';
    return {
      target: this.#target,
      requests: { started, completed, failed, cancelled, dropped, retries },
      failures: this.#byKind(this.#failures, (count) => count),
      failureExamples: this.#byKind(this.#failureExamples, (example) => example.message),
      metrics,
      intervals,
      histograms: { e2e: this.#histogram('e2e'), ttft: this.#histogram('ttft') },
      throughput: {
        ...this.#throughput(steady, steadyWindowMs),
        offeredPerSecond: isOpen ? perSecond(steady.due + dropped, steadyWindowMs) : undefined,
      },
      fullThroughput: this.#throughput(this.#load.within(whole), whole.endMs - whole.startMs),
      steadyWindowMs,
      tokens: { ...this.#sums, source: this.#tokenSource() },
      goodRatio: started - cancelled > 0 ? good / (started - cancelled) : undefined,
      goodput: perSecond(steady.good, steadyWindowMs),
      errorRate: completed + failed > 0 ? failed / (completed + failed) : undefined,
      objectivesSkipped: skipped,
      cost: this.#cost(),
      validity: this.#validity(progress, metrics, { steady, steadyWindowMs }),
      prompts: this.#prompts.summarize(),
      conversations: this.#conversations.summarize(),
      stages: this.#stages.summarize({
        startMs,
        endMs,
        tokens: hasStages(this.#plan.load) ? [...this.#load.looseTokens()] : [],
      }),
      windows,
    };
  }

  #cost(): CostSummary {
    const warmup = this.#warmupCost.total();
    const measured = this.#measuredCost.total();
    return {
      usd: measured.usd === undefined ? undefined : measured.usd + (warmup.usd ?? 0),
      warmupUsd: warmup.usd,
      unknownRequests: measured.unknown + warmup.unknown,
    };
  }

  #distributions(
    windows: readonly Window[],
    startMs: number,
    endMs: number,
  ): Pick<TargetSummary, 'metrics' | 'intervals'> {
    const metrics: Record<string, Distribution> = {};
    const intervals: Record<string, QuantileIntervals> = {};
    for (const [id, samples] of this.#samples) {
      const ascending = sortSamples(samples.toArray());
      metrics[id] = distributionOfSorted(ascending);
      intervals[id] = quantileIntervalsOf(ascending);
    }
    const { both, tbt, itl } = this.#gaps;
    metrics['tbt'] = distributionOfGaps([both, tbt]);
    metrics['itl'] = tbt.length + itl.length === 0 ? metrics['tbt'] : distributionOfGaps([both, itl]);
    const whole = windows.filter(
      ({ second }) => second * MS_PER_SECOND >= startMs && (second + 1) * MS_PER_SECOND <= endMs,
    );
    for (const metric of WINDOW_METRICS) {
      metrics[metric.id] = distributionOf(whole.map(metric.sample).filter((value) => value !== undefined));
    }
    return { metrics, intervals };
  }

  #throughput(load: LoadInSpan, durationMs: number | undefined): Throughput {
    const isUnknown = !this.#load.hasTokens && this.#counts.completed > 0;
    return {
      requestsPerSecond: perSecond(load.completed, durationMs),
      outputTokensPerSecond: isUnknown ? undefined : perSecond(load.tokens, durationMs),
    };
  }

  #histogram(id: string): readonly HistogramBin[] {
    return histogramOf(sortSamples(this.#samples.get(id)?.toArray() ?? []), HISTOGRAM_BINS);
  }

  #tokenSource(): TokenTotals['source'] {
    const [first] = this.#tokenSources;
    return this.#tokenSources.size > 1 ? 'mixed' : first;
  }

  #byKind<T, Shown>(
    values: ReadonlyMap<FailureKind, T>,
    show: (value: T) => Shown,
  ): Partial<Record<FailureKind, Shown>> {
    const ordered: Partial<Record<FailureKind, Shown>> = {};
    for (const kind of FAILURE_KINDS) {
      const value = values.get(kind);
      if (value !== undefined) ordered[kind] = show(value);
    }
    return ordered;
  }

  #validity(
    progress: TargetProgress | undefined,
    metrics: Readonly<Record<string, Distribution>>,
    { steady, steadyWindowMs }: { readonly steady: LoadInSpan; readonly steadyWindowMs: number | undefined },
  ): readonly ValidityEntry[] {
    const nothing = distributionOf([]);
    const throttled = (this.#failures.get('rate-limited') ?? 0) + (this.#failures.get('overloaded') ?? 0);
    return validityOf({
      plan: this.#plan,
      requests: this.#counts.started,
      completed: this.#counts.completed,
      failed: this.#counts.failed,
      throttled,
      dropped: progress?.dropped ?? 0,
      arrivalsInWindow: steady.due + (progress?.dropped ?? 0),
      sentInWindow: steady.sent,
      meanInFlight: steady.meanInFlight,
      steadyWindowMs,
      newConnections: this.#seen.newConnections,
      events: this.#seen.events,
      coalescedEvents: this.#seen.coalesced,
      streamed: this.#seen.streamed,
      buffered: this.#seen.buffered,
      inputTokens: this.#sums.input ?? 0,
      cachedInputTokens: this.#sums.cached,
      outputTokens: this.#sums.output ?? 0,
      hiddenReasoningTokens: this.#seen.hiddenReasoning,
      tokensUnsound: this.#seen.unsound,
      tokenCounts: this.#tokenCounts.evidence(),
      modelsAnswered: [...this.#models].sort(),
      model: this.#target.model,
      ttft: metrics['ttft'] ?? nothing,
      dispatchDelay: metrics['dispatchDelay'] ?? nothing,
      countLate: (limitMs) => this.#samples.get('dispatchDelay')?.count((delayMs) => delayMs > limitMs) ?? 0,
      threads: progress?.threads ?? [],
    });
  }
}
