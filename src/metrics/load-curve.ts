import type { Plan } from '../model/plan.ts';
import type { RunGroup, RunState } from '../model/run.ts';
import { type Milliseconds, MS_PER_SECOND } from '../model/units.ts';
import type { Window } from '../model/window.ts';
import { findKnee, type NoKnee } from './knee.ts';
import type { QuantileName } from './quantile.ts';
import { isOverSaturated, samplesOfWindows } from './saturation.ts';
import type { TargetSummary } from './summary.ts';
import { type ValidityLevel, worstLevel } from './validity.ts';

/** One run of a sweep, concluded. */
export interface SweepStep {
  readonly runId: string;
  readonly group: RunGroup;
  readonly plan: Plan;
  readonly state: RunState;
  /** In the plan's order. */
  readonly targets: readonly TargetSummary[];
}

/** The latency that a curve is drawn against. */
export interface LatencyChoice {
  /** Id of a metric in milliseconds. */
  readonly metric: string;
  readonly statistic: QuantileName | 'mean' | 'max';
}

/** What an answer takes as a whole; an open loop counts it from when the request was due. */
export const DEFAULT_LATENCY: LatencyChoice = { metric: 'e2e', statistic: 'p50' };

/** One target at one load. */
export interface LoadPoint {
  readonly step: SweepStep;
  readonly summary: TargetSummary;
  /** Of the chosen metric; undefined when no request gave one. */
  readonly latencyMs: Milliseconds | undefined;
  readonly level: ValidityLevel;
  /** Whether the server fell behind; undefined in closed loop, or when too little was seen. */
  readonly isOverSaturated: boolean | undefined;
}

export type CurveKnee =
  | { readonly kind: 'found'; readonly point: LoadPoint; readonly bend: number }
  | { readonly kind: 'none'; readonly reason: NoKnee };

/** One target over one axis, the others held still. */
export interface LoadCurve {
  readonly targetIndex: number;
  /** The axis that goes along the curve. */
  readonly axis: string;
  /** What the other axes are held at. */
  readonly held: Readonly<Record<string, number>>;
  readonly latency: LatencyChoice;
  /** Ascending by the axis. */
  readonly points: readonly LoadPoint[];
  /** Of the points that are valid and came to their end. */
  readonly knee: CurveKnee;
}

/** Curves of a sweep's steps, by target and then by what the outer axes are held at. The last of `axes` goes along the curve. */
export function curvesOf(
  steps: readonly SweepStep[],
  { axes, latency }: { readonly axes: readonly string[]; readonly latency: LatencyChoice },
): readonly LoadCurve[] {
  const axis = axes.at(-1) ?? '';
  const outer = axes.slice(0, -1);
  const targetCount = Math.max(0, ...steps.map(({ targets }) => targets.length));
  return Array.from({ length: targetCount }, (_, targetIndex) => {
    const groups = Map.groupBy(steps, ({ group }) => outer.map((name) => group.values[name]).join(' '));
    return [...groups.values()].map((held): LoadCurve => {
      const ascending = held.toSorted((a, b) => (a.group.values[axis] ?? 0) - (b.group.values[axis] ?? 0));
      const points = ascending
        .map((step) => pointOf(step, targetIndex, latency))
        .filter((point) => point !== undefined);
      return {
        targetIndex,
        axis,
        held: Object.fromEntries(outer.map((name) => [name, held[0]?.group.values[name] ?? Number.NaN])),
        latency,
        points,
        knee: isLoadAxis(axis) ? kneeOf(points) : { kind: 'none', reason: 'no-load' },
      };
    });
  }).flat();
}

/** Whether going along an axis asks for more at once. */
export function isLoadAxis(axis: string): boolean {
  return axis === 'rate' || axis === 'concurrency';
}

function pointOf(step: SweepStep, targetIndex: number, latency: LatencyChoice): LoadPoint | undefined {
  const summary = step.targets[targetIndex];
  if (summary === undefined) return undefined;
  const { metrics } = summary;
  const values = metrics[latencyId(latency.metric, step.plan)];
  return {
    step,
    summary,
    latencyMs: values?.[latency.statistic],
    level: worstLevel(summary.validity),
    isOverSaturated: step.plan.load.kind === 'closed-loop' ? undefined : saturationOf(summary),
  };
}

/** In open loop TTFT and E2E count from when the request was due, so that a queue on our side is not hidden. */
export function latencyId(metric: string, { load }: Pick<Plan, 'load'>): string {
  return load.kind !== 'closed-loop' && (metric === 'ttft' || metric === 'e2e') ? `${metric}Scheduled` : metric;
}

/** Whether the server fell behind while one target of an open loop was measured; undefined: too little was seen. */
export function saturationOf({ windows, steadyWindowMs }: TargetSummary): boolean | undefined {
  const first = windows.find((window) => seen(window) > 0);
  if (first === undefined || steadyWindowMs === undefined) return undefined;
  const startMs = first.second * MS_PER_SECOND;
  return isOverSaturated(samplesOfWindows(windows, { fromMs: startMs, toMs: startMs + steadyWindowMs }));
}

function seen({ completed, failed, inFlight }: Window): number {
  return completed + failed + inFlight;
}

/** A step that is invalid, or that did not come to its end, says nothing of the server's curve. */
function kneeOf(points: readonly LoadPoint[]): CurveKnee {
  const usable = points.flatMap((point) => {
    const throughput = point.summary.throughput.requestsPerSecond;
    const { latencyMs, level, step } = point;
    if (level === 'invalid' || step.state !== 'completed') return [];
    if (throughput === undefined || throughput <= 0 || latencyMs === undefined || latencyMs <= 0) return [];
    return [{ point, throughput, latencyMs }];
  });
  const knee = findKnee(usable);
  if (knee.kind === 'none') return knee;
  const found = usable[knee.index];
  return found === undefined
    ? { kind: 'none', reason: 'few-points' }
    : { kind: 'found', point: found.point, bend: knee.bend };
}
