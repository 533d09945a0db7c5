import type { QuantileObjective } from './objective.ts';

/** Limits of the 99th percentile of TTFT and TPOT, in milliseconds. */
interface MlperfLimits {
  readonly ttftMs: number;
  readonly tpotMs: number;
}

/**
 * MLPerf Inference, datacenter: what a Server (or Interactive) result of each model must keep at p99, under Poisson arrivals and
 * with latency counted from when a request was due (mlcommons/inference, its rules and LoadGen's settings).
 */
const MLPERF: Readonly<Record<string, MlperfLimits>> = {
  'llama2-70b': { ttftMs: 2_000, tpotMs: 200 },
  'llama2-70b-interactive': { ttftMs: 450, tpotMs: 40 },
  'llama3.1-8b': { ttftMs: 2_000, tpotMs: 100 },
  'llama3.1-8b-interactive': { ttftMs: 500, tpotMs: 30 },
  'llama3.1-405b': { ttftMs: 6_000, tpotMs: 175 },
  'llama3.1-405b-interactive': { ttftMs: 4_500, tpotMs: 80 },
  'deepseek-r1': { ttftMs: 2_000, tpotMs: 80 },
  'deepseek-r1-interactive': { ttftMs: 1_500, tpotMs: 15 },
  'gpt-oss-120b': { ttftMs: 3_000, tpotMs: 80 },
  'gpt-oss-120b-interactive': { ttftMs: 2_000, tpotMs: 15 },
};

/** Names of presets: `mlperf:llama2-70b`. */
export const SLO_PRESETS: readonly string[] = Object.keys(MLPERF).map((name) => `mlperf:${name}`);

/** The objectives of a preset; undefined when there is none of that name. */
export function sloPreset(name: string): readonly QuantileObjective[] | undefined {
  const limits = MLPERF[name.toLowerCase().replace(/^mlperf:/, '')];
  if (limits === undefined || !/^mlperf:/i.test(name)) return undefined;
  return [
    { metric: 'ttft', quantile: 'p99', max: limits.ttftMs },
    { metric: 'tpot', quantile: 'p99', max: limits.tpotMs },
  ];
}
