import { stringify } from 'csv-stringify/sync';
import type { LoadCurve } from '../metrics/load-curve.ts';

/** Latencies in milliseconds. */
const LATENCIES = ['ttft', 'ttftScheduled', 'tpot', 'itl', 'e2e', 'e2eScheduled', 'dispatchDelay'] as const;
const STATISTICS = ['p50', 'p95', 'p99'] as const;

/** One line a target and step, with full precision; an undefined value is an empty cell. */
export function renderSweepCsv(curves: readonly LoadCurve[]): string {
  const axes = [...new Set(curves.flatMap(({ axis, held }) => [...Object.keys(held), axis]))];
  const head = [
    ...['run', 'provider', 'model', ...axes, 'state', 'validity', 'knee', 'over_saturated'],
    ...['completed', 'failed', 'dropped', 'requests_per_second', 'offered_per_second', 'output_tokens_per_second'],
    ...['goodput', 'good_ratio', 'error_rate', 'cost_usd'],
    ...LATENCIES.flatMap((id) => STATISTICS.map((name) => `${id}_${name}_ms`)),
  ];
  const rows = curves.flatMap(({ points, knee }) =>
    points.map((point) => {
      const { step, summary, level, isOverSaturated } = point;
      const { target, requests, throughput, metrics } = summary;
      return [
        ...[step.runId, target.provider, target.model, ...axes.map((axis) => step.group.values[axis])],
        ...[step.state, level, knee.kind === 'found' && knee.point === point ? 1 : 0],
        isOverSaturated === undefined ? undefined : Number(isOverSaturated),
        ...[requests.completed, requests.failed, requests.dropped],
        ...[throughput.requestsPerSecond, throughput.offeredPerSecond, throughput.outputTokensPerSecond],
        ...[summary.goodput, summary.goodRatio, summary.errorRate, summary.cost.usd],
        ...LATENCIES.flatMap((id) => STATISTICS.map((name) => metrics[id]?.[name])),
      ];
    }),
  );
  return stringify([head, ...rows], { escape_formulas: true });
}
