import type { Plan } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import { POOLED_METRICS, REQUEST_METRICS, type RequestMetric } from './catalogue.ts';
import { outputTokens } from './tokens.ts';

/** Samples of one metric in the order of their requests' starts. */
export type Series = readonly number[];

/** What a comparison needs of one target's measured requests. */
export interface TargetSamples {
  /** By metric id; only metrics with one sample a request, for samples of one request depend on each other. */
  readonly series: ReadonlyMap<string, Series>;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  /** Mean of all requests whose cost is known; undefined without a price. */
  readonly meanCostUsd: number | undefined;
  /** Mean output tokens of completed requests; undefined when nobody counted. */
  readonly meanOutputTokens: number | undefined;
}

/** Gathers them, in any order of records; warm-up records change nothing. */
export interface SampleTally {
  add(record: RequestRecord): void;
  samples(): TargetSamples;
}

export const SERIES_METRICS: readonly RequestMetric[] = REQUEST_METRICS.filter(({ id }) => !POOLED_METRICS.has(id));

export function createSampleTally(plan: Plan, targetIndex: number): SampleTally {
  const price = plan.targets[targetIndex]?.profile.price;
  const points = new Map<string, { atMs: number; value: number }[]>(SERIES_METRICS.map(({ id }) => [id, []]));
  const counts = { started: 0, completed: 0, failed: 0, cancelled: 0 };
  const tokens = { sum: 0, n: 0 };
  return {
    add(record) {
      if (record.phase !== 'measure') return;
      counts.started++;
      counts[record.outcome.kind]++;
      for (const metric of SERIES_METRICS) {
        if (metric.population !== 'all' && metric.population !== record.outcome.kind) continue;
        const [value] = metric.samples(record, price);
        if (value !== undefined) points.get(metric.id)?.push({ atMs: record.instants.startedAtMs, value });
      }
      const output = record.outcome.kind === 'completed' ? outputTokens(record)?.tokens : undefined;
      if (output !== undefined) {
        tokens.sum += output;
        tokens.n++;
      }
    },
    samples() {
      const series = new Map<string, Series>();
      for (const [id, list] of points) {
        series.set(
          id,
          list.toSorted((one, other) => one.atMs - other.atMs).map(({ value }) => value),
        );
      }
      const costs = series.get('cost') ?? [];
      return {
        series,
        started: counts.started,
        completed: counts.completed,
        failed: counts.failed,
        meanCostUsd: costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost, 0) / costs.length,
        meanOutputTokens: tokens.n === 0 ? undefined : tokens.sum / tokens.n,
      };
    },
  };
}
