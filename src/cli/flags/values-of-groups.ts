import { AppError } from '../../errors.ts';
import { REQUEST_METRICS } from '../../metrics/catalogue.ts';
import type { LatencyChoice } from '../../metrics/load-curve.ts';
import { QUANTILES } from '../../metrics/quantile.ts';
import { readRunId } from './values.ts';

/** Room for `.NUMBER`, which names a run of the group. */
const MAX_GROUP_ID = 58;

/** A name for a sweep or a search. Throws FLAG_INVALID. */
export function readGroupId(text: string): string {
  if (text.length > MAX_GROUP_ID) throw invalid('--group-id', `"${text}" is longer than ${MAX_GROUP_ID} characters`);
  return readRunId(text, '--group-id');
}

const LATENCIES = REQUEST_METRICS.filter(({ unit }) => unit === 'ms').map(({ id }) => id);
const STATISTICS: readonly LatencyChoice['statistic'][] = [...QUANTILES, 'mean', 'max'];

/** `ttft.p95`: the latency of a curve. Throws FLAG_INVALID. */
export function readLatencyChoice(text: string): LatencyChoice {
  const [metric = '', name] = text.trim().split('.');
  if (!LATENCIES.includes(metric)) {
    throw invalid('--latency', `"${metric}" is no latency; there are ${LATENCIES.join(', ')}`);
  }
  const statistic = STATISTICS.find((known) => known === name);
  if (statistic === undefined) {
    throw invalid('--latency', `write ${metric}.p95, or another of ${STATISTICS.join(', ')}`);
  }
  return { metric, statistic };
}

function invalid(flag: string, problem: string): AppError {
  return new AppError('FLAG_INVALID', { flag, problem, command: 'sweep' });
}
