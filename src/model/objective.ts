/** Metrics of one request that an objective may limit. */
export const OBJECTIVE_METRICS = ['ttft', 'ttfo', 'tpot', 'e2e', 'stall'] as const;

export type ObjectiveMetric = (typeof OBJECTIVE_METRICS)[number];

/** An upper limit on one metric of every request: `ttft ≤ 500 ms`. */
export interface Objective {
  readonly metric: ObjectiveMetric;
  /** In the metric's unit, milliseconds; a request at the limit meets it. */
  readonly max: number;
}
