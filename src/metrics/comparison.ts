import { blockBootstrapMean } from './block-bootstrap.ts';
import type { Metric, MetricUnit } from './catalogue.ts';
import { WINDOW_METRICS } from './catalogue.ts';
import { differenceInterval, differenceP, ratioInterval } from './change-interval.ts';
import { serialDependence } from './dependence.ts';
import { fisherExact } from './fisher.ts';
import { holm } from './holm.ts';
import { type Estimate, type Interval, mean, quantileEstimate, shareInterval } from './interval.ts';
import { mannWhitney } from './mann-whitney.ts';
import { quantile, type SortedSamples, sortSamples } from './quantile.ts';
import { samplesToDecide } from './sample-size.ts';
import { hodgesLehmann } from './shift.ts';
import { SERIES_METRICS, type Series, type TargetSamples } from './target-samples.ts';
import { percent } from './validity-entry.ts';

/** `no-change`: whatever changed is smaller than the smallest effect. `inconclusive`: too few samples to say, or they say both. */
export type ChangeVerdict = 'improved' | 'regressed' | 'no-change' | 'inconclusive';

/** What of a metric is compared. `rate`: events ÷ trials. */
export type Statistic = 'p50' | 'p95' | 'mean' | 'rate';

/** One run's side of a comparison. */
export interface ComparedSide {
  readonly n: number;
  readonly value: number | undefined;
  /** 95 %; undefined with too few samples. */
  readonly interval: Interval | undefined;
  /** How many neighbouring samples say as much as one independent one; 1: they are independent. */
  readonly dependence: number;
}

/** What it would take to decide. */
export interface Needed {
  /** Samples on each side; undefined: the change lies so near to the limit that no sensible number decides. */
  readonly samples: number | undefined;
  /** For the requests that both sides lack; undefined where no price is known. */
  readonly usd: number | undefined;
}

/** One statistic of one metric, in run A and run B. */
export interface MetricComparison {
  /** `ttft.p50`. */
  readonly id: string;
  readonly metric: string;
  readonly statistic: Statistic;
  readonly unit: MetricUnit;
  readonly direction: Metric['direction'];
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** B − A, in the metric's unit. */
  readonly change: number | undefined;
  readonly changeInterval: Interval | undefined;
  /** (B − A) ÷ A; undefined where A may be 0. */
  readonly relative: number | undefined;
  readonly relativeInterval: Interval | undefined;
  /** Hodges-Lehmann, of medians only: how far the whole distribution moved. */
  readonly shift: Estimate | undefined;
  /** Two-sided; undefined where nothing can be tested. */
  readonly p: number | undefined;
  /** After Holm, over all metrics of the target. */
  readonly adjustedP: number | undefined;
  readonly verdict: ChangeVerdict;
  /** Why it is inconclusive, or what the interval beside the verdict does not show; undefined where there is nothing to say. */
  readonly reason: string | undefined;
  /** Only with `inconclusive`. */
  readonly needed: Needed | undefined;
}

/** What counts as a change. */
export interface ComparisonRules {
  /** Smallest relative change that counts, above 0; 0.05 by default. */
  readonly minEffect: number;
  /** Uniform in [0, 1), for the bootstrap of means. */
  readonly random: () => number;
}

export const DEFAULT_MIN_EFFECT = 0.05;
/** Of a rate the smallest change that counts is absolute: 1 percentage point. From 0.1 % to 0.2 % is no doubling to stop for. */
export const MIN_RATE_EFFECT = 0.01;
const SIGNIFICANT = 0.05;

/** The statistics, in the order of reports. TTFT and E2E count from schedule where there is one. */
const STATISTICS: readonly (readonly [string, Statistic])[] = [
  ['ttft', 'p50'],
  ['ttft', 'p95'],
  ['ttfo', 'p50'],
  ['tpot', 'p50'],
  ['tokensPerSecond', 'p50'],
  ['e2e', 'p50'],
  ['e2e', 'p95'],
  ['cost', 'mean'],
];

const FROM_SCHEDULE: Readonly<Record<string, string>> = { ttft: 'ttftScheduled', e2e: 'e2eScheduled' };

/** Compares one target of two runs. A metric without a sample on either side is left out. */
export function compareTargets(
  a: TargetSamples,
  b: TargetSamples,
  rules: ComparisonRules,
): readonly MetricComparison[] {
  const drafts = STATISTICS.flatMap(([id, statistic]) => {
    const scheduled = FROM_SCHEDULE[id];
    const useScheduled = scheduled !== undefined && hasSamples(a, scheduled) && hasSamples(b, scheduled);
    const metric = SERIES_METRICS.find((one) => one.id === (useScheduled ? scheduled : id));
    if (metric === undefined || (id === 'ttfo' && isAsTtft(a) && isAsTtft(b))) return [];
    const sides = { a: a.series.get(metric.id) ?? [], b: b.series.get(metric.id) ?? [] };
    return sides.a.length + sides.b.length === 0
      ? []
      : [draftOf(metric, statistic, { ...sides, random: rules.random })];
  });
  drafts.push(errorRateDraft(a, b));
  const tested = drafts.filter((draft) => draft.p !== undefined);
  const adjusted = holm(tested.map((draft) => draft.p ?? 1));
  return drafts.map((draft) => {
    const place = tested.indexOf(draft);
    return conclude({ ...draft, adjustedP: place === -1 ? undefined : adjusted[place] }, { a, b, rules });
  });
}

function hasSamples(samples: TargetSamples, id: string): boolean {
  return (samples.series.get(id)?.length ?? 0) > 0;
}

/** Without reasoning the first output is the first token: the same numbers again. */
function isAsTtft({ series }: TargetSamples): boolean {
  const ttft = series.get('ttft') ?? [];
  const ttfo = series.get('ttfo') ?? [];
  return ttft.length === ttfo.length && ttft.every((value, index) => value === ttfo[index]);
}

type Draft = Omit<MetricComparison, 'verdict' | 'reason' | 'needed'>;

interface SeriesPair {
  readonly a: Series;
  readonly b: Series;
  readonly random: () => number;
}

const QUANTILE_OF = { p50: 0.5, p95: 0.95 } as const;

function draftOf(metric: Metric, statistic: Statistic, pair: SeriesPair): Draft {
  const described = {
    id: `${metric.id}.${statistic}`,
    metric: metric.id,
    statistic,
    unit: metric.unit,
    direction: metric.direction,
  };
  if (statistic !== 'p50' && statistic !== 'p95') return { ...described, ...compareMeans(pair) };
  const q = QUANTILE_OF[statistic];
  const dependence = { a: serialDependence(pair.a), b: serialDependence(pair.b) };
  const sorted = { a: sortSamples(pair.a), b: sortSamples(pair.b) };
  const estimates = {
    a: quantileEstimate(sorted.a, q, dependence.a),
    b: quantileEstimate(sorted.b, q, dependence.b),
  };
  const sides = {
    a: { ...sideOf(sorted.a, quantile(sorted.a, q), estimates.a), dependence: dependence.a },
    b: { ...sideOf(sorted.b, quantile(sorted.b, q), estimates.b), dependence: dependence.b },
  };
  const change = changeOf(sides, estimates);
  if (statistic === 'p95') return { ...described, ...sides, ...change, shift: undefined, adjustedP: undefined };
  const pooled = pooledDependence(sorted, dependence);
  return {
    ...described,
    ...sides,
    ...change,
    shift: hodgesLehmann(sorted.a, sorted.b, pooled),
    p: mannWhitney(sorted.a, sorted.b, pooled)?.p,
    adjustedP: undefined,
  };
}

/** How much larger the variance of a difference of both is than of independent samples. */
function pooledDependence(
  { a, b }: { readonly a: SortedSamples; readonly b: SortedSamples },
  dependence: { readonly a: number; readonly b: number },
): number {
  if (a.length === 0 || b.length === 0) return 1;
  return (dependence.a / a.length + dependence.b / b.length) / (1 / a.length + 1 / b.length);
}

function sideOf(samples: readonly number[], value: number | undefined, estimate: Estimate | undefined): ComparedSide {
  return {
    n: samples.length,
    value,
    interval: estimate === undefined ? undefined : { low: estimate.low, high: estimate.high },
    dependence: 1,
  };
}

interface Sides<T> {
  readonly a: T;
  readonly b: T;
}

type Change = Pick<Draft, 'change' | 'changeInterval' | 'relative' | 'relativeInterval' | 'p'>;

function changeOf(sides: Sides<ComparedSide>, { a, b }: Sides<Estimate | undefined>): Change {
  const from = sides.a.value;
  const to = sides.b.value;
  const isKnown = a !== undefined && b !== undefined;
  const ratio = isKnown ? ratioInterval(a, b) : undefined;
  return {
    change: from === undefined || to === undefined ? undefined : to - from,
    changeInterval: isKnown ? differenceInterval(a, b) : undefined,
    relative: from === undefined || to === undefined ? undefined : relativeChange(from, to),
    relativeInterval: ratio === undefined ? undefined : { low: ratio.low - 1, high: ratio.high - 1 },
    p: isKnown ? differenceP(a, b) : undefined,
  };
}

function relativeChange(from: number, to: number): number | undefined {
  if (from === to) return 0;
  return from > 0 ? to / from - 1 : undefined;
}

function compareMeans({ a, b, random }: SeriesPair): Omit<Draft, 'id' | 'metric' | 'statistic' | 'unit' | 'direction'> {
  const estimates = { a: blockBootstrapMean(a, { random }), b: blockBootstrapMean(b, { random }) };
  const value = (series: Series): number | undefined => (series.length === 0 ? undefined : mean(series));
  const sides = { a: sideOf(a, value(a), estimates.a), b: sideOf(b, value(b), estimates.b) };
  return { ...sides, ...changeOf(sides, estimates), shift: undefined, adjustedP: undefined };
}

const ERROR_RATE = WINDOW_METRICS.find(({ id }) => id === 'errorRate') as Metric;

function errorRateDraft(a: TargetSamples, b: TargetSamples): Draft {
  const estimate = ({ failed, completed }: TargetSamples): Estimate | undefined =>
    shareInterval(failed, failed + completed);
  const estimates = { a: estimate(a), b: estimate(b) };
  const side = ({ failed, completed }: TargetSamples, one: Estimate | undefined): ComparedSide => ({
    n: failed + completed,
    value: one?.value,
    interval: one === undefined ? undefined : { low: one.low, high: one.high },
    dependence: 1,
  });
  const sides = { a: side(a, estimates.a), b: side(b, estimates.b) };
  const isKnown = estimates.a !== undefined && estimates.b !== undefined;
  return {
    id: 'errorRate',
    metric: 'errorRate',
    statistic: 'rate',
    unit: ERROR_RATE.unit,
    direction: ERROR_RATE.direction,
    ...sides,
    ...changeOf(sides, estimates),
    // Of rates only the difference is judged.
    relativeInterval: undefined,
    shift: undefined,
    p: isKnown
      ? fisherExact({ events: a.failed, trials: sides.a.n }, { events: b.failed, trials: sides.b.n })
      : undefined,
    adjustedP: undefined,
  };
}

interface Conditions {
  readonly a: TargetSamples;
  readonly b: TargetSamples;
  readonly rules: ComparisonRules;
}

/** The change that is judged: relative, or of rates the difference. */
function judged(draft: Draft, { rules }: Conditions): Judged {
  return draft.statistic === 'rate'
    ? { change: draft.change, interval: draft.changeInterval, limit: MIN_RATE_EFFECT }
    : { change: draft.relative, interval: draft.relativeInterval, limit: rules.minEffect };
}

interface Judged {
  readonly change: number | undefined;
  readonly interval: Interval | undefined;
  readonly limit: number;
}

function conclude(draft: Draft, conditions: Conditions): MetricComparison {
  const about = judged(draft, conditions);
  const { change, interval, limit } = about;
  const decided = (verdict: ChangeVerdict): MetricComparison => ({
    ...draft,
    verdict,
    reason: undefined,
    needed: undefined,
  });
  const undecided = (reason: string): MetricComparison => ({
    ...draft,
    verdict: 'inconclusive',
    reason,
    needed: neededFor(draft, about, conditions),
  });
  if (change === undefined) return undecided(whyNoChange(draft));
  const isSure = draft.adjustedP !== undefined && draft.adjustedP <= SIGNIFICANT;
  // Of the median and of the whole distribution alike, or one of them misleads.
  const isAgreed = draft.shift === undefined || draft.shift.value * change > 0;
  const isLarge = reaches(Math.abs(change), limit);
  if (isSure && isAgreed && (isLarge || reaches(Math.abs(relativeShift(draft)), limit))) {
    const verdict = change > 0 === (draft.direction === 'higher is better') ? 'improved' : 'regressed';
    return isLarge ? decided(verdict) : { ...decided(verdict), reason: whySmall(draft) };
  }
  // Zero everywhere is no change, though a base of zero has no relative interval.
  if (draft.a.interval !== undefined && draft.b.interval !== undefined && isAllZero(draft)) return decided('no-change');
  if (interval === undefined) return undecided(whyNoInterval(draft));
  if (interval.low > -limit && interval.high < limit) return decided('no-change');
  return undecided(
    reaches(Math.abs(change), limit)
      ? 'the change may be chance'
      : 'a change as large as the smallest effect cannot be ruled out',
  );
}

/** Of the distribution, as a part of A's median; it is surer than the difference of two medians. 0 where there is none. */
function relativeShift({ shift, a }: Draft): number {
  return shift === undefined || a.value === undefined || a.value <= 0 ? 0 : shift.value / a.value;
}

function whySmall(draft: Draft): string {
  return `the median moved less, but the requests as a whole by ${percent(Math.abs(relativeShift(draft)))} of it (Hodges-Lehmann)`;
}

/** At least the limit; 0.1 + 0.2 style rounding does not keep a change of exactly 5 % out. */
function reaches(change: number, limit: number): boolean {
  return change >= limit * (1 - 1e-9);
}

function isAllZero({ a, b }: Draft): boolean {
  return a.interval?.low === 0 && a.interval.high === 0 && b.interval?.low === 0 && b.interval.high === 0;
}

function whyNoChange({ a, b }: Draft): string {
  if (a.n === 0) return 'A has no samples of it';
  if (b.n === 0) return 'B has no samples of it';
  return 'A is 0, which no change is relative to';
}

function whyNoInterval({ a, b }: Draft): string {
  const dependence = Math.max(a.dependence, b.dependence);
  const why = dependence > 1 ? `: ${dependence.toFixed(1)} neighbouring requests say as much as one` : '';
  return `too few samples for a 95 % interval${why}`;
}

/** The least n at which a quantile has a 95 % interval at all. */
const LEAST_SAMPLES: Readonly<Record<Statistic, number>> = { p50: 6, p95: 72, mean: 2, rate: 1 };

function neededFor(draft: Draft, { change, interval, limit }: Judged, { a, b }: Conditions): Needed | undefined {
  const n = Math.min(draft.a.n, draft.b.n);
  if (n === 0) return undefined;
  const samples =
    change === undefined || interval === undefined
      ? Math.max(n + 1, Math.ceil(LEAST_SAMPLES[draft.statistic] * Math.max(draft.a.dependence, draft.b.dependence)))
      : samplesToDecide({ n, halfWidth: (interval.high - interval.low) / 2, limit, change });
  if (samples === undefined) return { samples, usd: undefined };
  const more = (side: ComparedSide, { started, meanCostUsd }: TargetSamples): number | undefined =>
    meanCostUsd === undefined ? undefined : Math.max(0, samples - side.n) * (started / side.n) * meanCostUsd;
  const usdA = more(draft.a, a);
  const usdB = more(draft.b, b);
  return { samples, usd: usdA === undefined || usdB === undefined ? undefined : usdA + usdB };
}
