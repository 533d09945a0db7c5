import { stringify } from 'csv-stringify/sync';
import { REQUEST_METRICS, WINDOW_METRICS } from '../metrics/catalogue.ts';
import type { TargetSummary } from '../metrics/summary.ts';

const COLUMNS = ['n', 'mean', 'stdev', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const;

/**
 * One line a target and metric, with full precision and the unit in a column; an undefined value is an empty cell. Names that a
 * spreadsheet would take for a formula are made harmless.
 */
export function renderCsv(runId: string, targets: readonly TargetSummary[]): string {
  const metrics = [...REQUEST_METRICS, ...WINDOW_METRICS];
  const rows = targets.flatMap((summary) =>
    metrics.map((metric) => {
      const values = summary.metrics[metric.id];
      const figures = COLUMNS.map((column) => values?.[column]);
      return [runId, summary.target.provider, summary.target.model, metric.id, metric.unit, ...figures];
    }),
  );
  return stringify([['run', 'provider', 'model', 'metric', 'unit', ...COLUMNS], ...rows], { escape_formulas: true });
}
