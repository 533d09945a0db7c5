import type { NoKnee } from '../metrics/knee.ts';
import type { LoadCurve, LoadPoint, SweepStep } from '../metrics/load-curve.ts';
import type { ValidityLevel } from '../metrics/validity.ts';
import type { RunState } from '../model/run.ts';
import type { JsonObject } from '../model/units.ts';
import type { TargetDocument } from './run-document.ts';
import { toTargetDocument } from './to-run-document.ts';

/** A sweep as the world sees it: `sweep --output json` and `report group --json`. */
export interface SweepDocument {
  readonly schema: 'llm-bench/sweep/1';
  readonly group: {
    readonly id: string;
    readonly asked: JsonObject;
    readonly stepsPlanned: number;
    readonly stepsDone: number;
  };
  /** One run each, in the order in which they ran. */
  readonly steps: readonly {
    readonly step: number;
    readonly runId: string;
    readonly state: RunState;
    /** By axis. */
    readonly values: Readonly<Record<string, number>>;
    readonly targets: readonly TargetDocument[];
  }[];
  /** One a target and value of the outer axes. */
  readonly curves: readonly CurveDocument[];
}

export interface CurveDocument {
  readonly provider: string;
  readonly model: string;
  readonly axis: string;
  readonly held: Readonly<Record<string, number>>;
  /** What `latencyMs` is: metric and statistic. */
  readonly latency: { readonly metric: string; readonly statistic: string };
  /** Ascending by the axis. */
  readonly points: readonly PointDocument[];
  /** By Kneedle over throughput and the logarithm of latency; null fields where there is none, with the reason. */
  readonly knee: {
    readonly runId: string | null;
    readonly value: number | null;
    readonly bend: number | null;
    readonly reason: NoKnee | null;
  };
}

export interface PointDocument {
  readonly runId: string;
  readonly value: number;
  readonly requestsPerSecond: number | null;
  readonly latencyMs: number | null;
  readonly goodput: number | null;
  readonly errorRate: number | null;
  /** The worst of its ledger. An invalid point says nothing of the server. */
  readonly level: ValidityLevel;
  /** Null in closed loop, or when too little was seen. */
  readonly isOverSaturated: boolean | null;
}

export interface SweepDocumentInput {
  readonly groupId: string;
  readonly asked: JsonObject;
  readonly planned: number;
  readonly steps: readonly SweepStep[];
  readonly curves: readonly LoadCurve[];
}

export function toSweepDocument({ groupId, asked, planned, steps, curves }: SweepDocumentInput): SweepDocument {
  return {
    schema: 'llm-bench/sweep/1',
    group: { id: groupId, asked, stepsPlanned: planned, stepsDone: steps.length },
    steps: steps.map(({ group, runId, state, targets }) => ({
      step: group.step,
      runId,
      state,
      values: group.values,
      targets: targets.map(toTargetDocument),
    })),
    curves: curves.map(toCurveDocument),
  };
}

function toCurveDocument(curve: LoadCurve): CurveDocument {
  const { axis, held, latency, points, knee } = curve;
  const target = points[0]?.summary.target;
  const found = knee.kind === 'found' ? knee : undefined;
  return {
    provider: target?.provider ?? '',
    model: target?.model ?? '',
    axis,
    held,
    latency,
    points: points.map((point) => toPointDocument(point, axis)),
    knee: {
      runId: found?.point.step.runId ?? null,
      value: found?.point.step.group.values[axis] ?? null,
      bend: found?.bend ?? null,
      reason: knee.kind === 'none' ? knee.reason : null,
    },
  };
}

function toPointDocument({ step, summary, latencyMs, level, isOverSaturated }: LoadPoint, axis: string): PointDocument {
  return {
    runId: step.runId,
    value: step.group.values[axis] ?? Number.NaN,
    requestsPerSecond: summary.throughput.requestsPerSecond ?? null,
    latencyMs: latencyMs ?? null,
    goodput: summary.goodput ?? null,
    errorRate: summary.errorRate ?? null,
    level,
    isOverSaturated: isOverSaturated ?? null,
  };
}
