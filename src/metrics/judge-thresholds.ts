import type { Target } from '../model/target.ts';
import { REQUEST_METRICS, WINDOW_METRICS } from './catalogue.ts';
import { MIN_SAMPLES, type QuantileName } from './quantile.ts';
import type { TargetSummary } from './summary.ts';
import type { Threshold } from './threshold.ts';

/** `unknown`: there is no value to judge, which fails too: a gate must not open because nothing was measured. */
export type CheckStatus = 'passed' | 'failed' | 'unknown';

/** One condition on one target, or on the whole run. */
export interface ThresholdCheck {
  readonly threshold: Threshold;
  /** Undefined: of the whole run. */
  readonly target: Target | undefined;
  readonly status: CheckStatus;
  /** In the metric's unit; undefined when there is none. */
  readonly value: number | undefined;
  /** Why there is no value, or what to know of it; undefined when there is nothing to say. */
  readonly note: string | undefined;
}

/** All conditions. Text, documents and exit code follow from this and nothing else. */
export interface ThresholdVerdict {
  readonly isPassed: boolean;
  /** By condition, then by target. */
  readonly checks: readonly ThresholdCheck[];
}

/** Holds every condition against every target; `cost` against the run. Undefined without conditions. */
export function judgeThresholds(
  thresholds: readonly Threshold[],
  targets: readonly TargetSummary[],
): ThresholdVerdict | undefined {
  if (thresholds.length === 0) return undefined;
  const checks = thresholds.flatMap((threshold) =>
    threshold.metric === 'cost' && threshold.statistic === undefined
      ? [checkCost(threshold, targets)]
      : targets.map((summary) => checkTarget(threshold, summary)),
  );
  return { isPassed: checks.every(({ status }) => status === 'passed'), checks };
}

function checkTarget(threshold: Threshold, summary: TargetSummary): ThresholdCheck {
  const { target } = summary;
  const value = figureOf(threshold, summary);
  if (value !== undefined) {
    const status = isMet(threshold, value) ? 'failed' : 'passed';
    return { threshold, target, status, value, note: fewSamples(threshold, summary) };
  }
  // No failure took too long where nothing failed.
  const hasNoFailure = threshold.metric === 'timeToError' && summary.requests.failed === 0;
  if (hasNoFailure && summary.requests.completed > 0) {
    return { threshold, target, status: 'passed', value, note: 'nothing failed' };
  }
  return { threshold, target, status: 'unknown', value, note: whyUndefined(threshold, summary) };
}

function figureOf({ metric, statistic }: Threshold, summary: TargetSummary): number | undefined {
  if (statistic !== undefined) return summary.metrics[metric]?.[statistic];
  switch (metric) {
    case 'goodRatio':
    case 'goodput':
    case 'errorRate':
      return summary[metric];
    case 'requestsPerSecond':
    case 'outputTokensPerSecond':
    case 'offeredPerSecond':
      return summary.throughput[metric];
    default:
      return undefined;
  }
}

function isMet({ operator, limit }: Threshold, value: number): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
}

function fewSamples({ metric, statistic }: Threshold, summary: TargetSummary): string | undefined {
  const n = summary.metrics[metric]?.n ?? 0;
  const least = statistic !== undefined && statistic in MIN_SAMPLES ? MIN_SAMPLES[statistic as QuantileName] : 0;
  return n < least ? `few samples: ${n}, and ${statistic} needs ${least}` : undefined;
}

const UNDEFINED_WHEN = new Map(
  [...REQUEST_METRICS, ...WINDOW_METRICS].map(({ id, undefinedWhen }) => [id, undefinedWhen]),
);

function whyUndefined({ metric, statistic }: Threshold, { requests }: TargetSummary): string {
  if (requests.completed === 0) return 'no value: no request completed';
  if (statistic === undefined) return 'no value: undefined in this run';
  return `no value: ${UNDEFINED_WHEN.get(metric) ?? 'undefined in this run'}`;
}

function checkCost(threshold: Threshold, targets: readonly TargetSummary[]): ThresholdCheck {
  const known = targets.flatMap(({ cost }) => (cost.usd === undefined ? [] : [cost.usd]));
  const unknownRequests = targets.reduce((sum, { cost }) => sum + cost.unknownRequests, 0);
  const whole = { threshold, target: undefined };
  if (known.length === 0) return { ...whole, status: 'unknown', value: undefined, note: 'no value: no price is known' };
  const value = known.reduce((sum, usd) => sum + usd, 0);
  const isMetNow = isMet(threshold, value);
  if (known.length === targets.length && unknownRequests === 0) {
    return { ...whole, status: isMetNow ? 'failed' : 'passed', value, note: undefined };
  }
  const missing =
    unknownRequests > 0 ? `${unknownRequests} requests of unknown cost` : 'a target without a known price';
  const note = `at least this: ${missing}`;
  // What is not known can only be added: a sum already above a limit stays so.
  const isSure = threshold.operator.startsWith('>') === isMetNow;
  if (!isSure) return { ...whole, status: 'unknown', value, note };
  return { ...whole, status: isMetNow ? 'failed' : 'passed', value, note };
}
