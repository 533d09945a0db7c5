import type { ChangeVerdict, MetricComparison, Statistic } from '../metrics/comparison.ts';
import type { Interval } from '../metrics/interval.ts';
import type { ComparedRun, RunComparison, TargetComparison } from '../metrics/run-comparison.ts';
import type { RunDifference } from '../metrics/run-differences.ts';
import type { RunState } from '../model/run.ts';
import type { Target } from '../model/target.ts';

/** Version of the document; a change that breaks readers raises its number. */
export const COMPARISON_DOCUMENT_SCHEMA = 'llm-bench/comparison/1';

/** Low and high end, in the unit of what they stand beside; null with too few samples. */
export type IntervalDocument = readonly [number, number] | null;

export interface ComparedSideDocument {
  readonly n: number;
  readonly value: number | null;
  readonly ci95: IntervalDocument;
  readonly dependence: number;
}

/** One statistic of one metric. Ratios are shares, never percentages; `change` is B − A, `relative` (B − A) ÷ A. */
export interface MetricComparisonDocument {
  readonly id: string;
  readonly metric: string;
  readonly statistic: Statistic;
  readonly unit: string;
  readonly direction: 'lower is better' | 'higher is better';
  readonly a: ComparedSideDocument;
  readonly b: ComparedSideDocument;
  readonly change: number | null;
  readonly changeCi95: IntervalDocument;
  readonly relative: number | null;
  readonly relativeCi95: IntervalDocument;
  /** Hodges-Lehmann, of medians only. */
  readonly shift: { readonly value: number; readonly ci95: IntervalDocument } | null;
  readonly p: number | null;
  readonly adjustedP: number | null;
  readonly verdict: ChangeVerdict;
  readonly reason: string | null;
  readonly needed: { readonly samples: number | null; readonly usd: number | null } | null;
}

export interface ComparedRunDocument {
  readonly id: string;
  /** As it was named: an id or a file. */
  readonly label: string;
  readonly startedAt: string;
  readonly state: RunState;
}

export interface TargetNameDocument {
  readonly provider: string;
  readonly model: string;
}

/** Two runs side by side: `compare --json`. JSON schema: docs/schema/comparison-1.json. */
export interface ComparisonDocument {
  readonly schema: typeof COMPARISON_DOCUMENT_SCHEMA;
  readonly a: ComparedRunDocument;
  readonly b: ComparedRunDocument;
  readonly minEffect: number;
  readonly verdict: ChangeVerdict;
  readonly isLikeForLike: boolean;
  readonly differences: readonly RunDifference[];
  readonly targets: readonly {
    readonly a: TargetNameDocument;
    readonly b: TargetNameDocument;
    readonly differences: readonly RunDifference[];
    readonly metrics: readonly MetricComparisonDocument[];
    readonly notes: readonly string[];
  }[];
  readonly onlyInA: readonly TargetNameDocument[];
  readonly onlyInB: readonly TargetNameDocument[];
}

export function toComparisonDocument(comparison: RunComparison): ComparisonDocument {
  return {
    schema: COMPARISON_DOCUMENT_SCHEMA,
    a: toRun(comparison.a),
    b: toRun(comparison.b),
    minEffect: comparison.minEffect,
    verdict: comparison.verdict,
    isLikeForLike: comparison.isLikeForLike,
    differences: comparison.differences,
    targets: comparison.targets.map(toTarget),
    onlyInA: comparison.onlyInA.map(toName),
    onlyInB: comparison.onlyInB.map(toName),
  };
}

function toRun({ id, label, startedAtIso, state }: Omit<ComparedRun, 'targets'>): ComparedRunDocument {
  return { id, label, startedAt: startedAtIso, state: state as RunState };
}

function toTarget({ a, b, differences, metrics, notes }: TargetComparison): ComparisonDocument['targets'][number] {
  return { a: toName(a), b: toName(b), differences, metrics: metrics.map(toMetric), notes };
}

function toName({ provider, model }: Target): TargetNameDocument {
  return { provider, model };
}

function toMetric(metric: MetricComparison): MetricComparisonDocument {
  const { shift, needed } = metric;
  return {
    id: metric.id,
    metric: metric.metric,
    statistic: metric.statistic,
    unit: metric.unit,
    direction: metric.direction,
    a: toSide(metric.a),
    b: toSide(metric.b),
    change: metric.change ?? null,
    changeCi95: toIntervalDocument(metric.changeInterval),
    relative: metric.relative ?? null,
    relativeCi95: toIntervalDocument(metric.relativeInterval),
    shift: shift === undefined ? null : { value: shift.value, ci95: [shift.low, shift.high] },
    p: metric.p ?? null,
    adjustedP: metric.adjustedP ?? null,
    verdict: metric.verdict,
    reason: metric.reason ?? null,
    needed: needed === undefined ? null : { samples: needed.samples ?? null, usd: needed.usd ?? null },
  };
}

function toSide({ n, value, interval, dependence }: MetricComparison['a']): ComparedSideDocument {
  return { n, value: value ?? null, ci95: toIntervalDocument(interval), dependence };
}

/** An interval as documents write it. */
export function toIntervalDocument(interval: Interval | undefined): IntervalDocument {
  return interval === undefined ? null : [interval.low, interval.high];
}
