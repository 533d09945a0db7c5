/** Metrics of one request that an objective may limit. */
export const OBJECTIVE_METRICS = ['ttft', 'ttfo', 'tpot', 'e2e', 'stall'] as const;

export type ObjectiveMetric = (typeof OBJECTIVE_METRICS)[number];

/** Quantiles that an objective may limit. */
export const OBJECTIVE_QUANTILES = ['p50', 'p90', 'p95', 'p99'] as const;

export type ObjectiveQuantile = (typeof OBJECTIVE_QUANTILES)[number];

/** An upper limit on a quantile of one metric, of a whole run or level: `ttft.p95 ≤ 500 ms`. */
export interface QuantileObjective {
  readonly metric: ObjectiveMetric;
  readonly quantile: ObjectiveQuantile;
  /** In the metric's unit, milliseconds; a quantile at the limit keeps it. */
  readonly max: number;
}

/** An upper limit on one metric of every request: `ttft ≤ 500 ms`. */
export interface Objective {
  readonly metric: ObjectiveMetric;
  /** In the metric's unit, milliseconds; a request at the limit meets it. */
  readonly max: number;
}
