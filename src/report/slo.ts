import type { TargetSummary } from '../metrics/summary.ts';
import type { Plan } from '../model/plan.ts';
import { formatMs } from './format.ts';

/** How a run stands to the objectives of it as a whole: `ttft.p95 ≤ 500 ms: kept (412 ms)`. */
export function quantileVerdicts({ metrics }: TargetSummary, { quantileObjectives, load }: Plan): readonly string[] {
  return quantileObjectives.map(({ metric, quantile, max }) => {
    const isScheduled = load.kind !== 'closed-loop' && (metric === 'ttft' || metric === 'e2e');
    const value = metrics[isScheduled ? `${metric}Scheduled` : metric]?.[quantile];
    const verdict = value === undefined ? 'unknown' : value <= max ? 'kept' : 'MISSED';
    return `${metric}.${quantile} ≤ ${formatMs(max)}: ${verdict}${value === undefined ? '' : ` (${formatMs(value)})`}`;
  });
}
