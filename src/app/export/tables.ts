/** Rows for analysis elsewhere: full precision, units in the names of columns, undefined as null. */
import { REQUEST_METRICS, type RequestMetric } from '../../metrics/catalogue.ts';
import { costUsd } from '../../metrics/cost.ts';
import type { TargetSummary } from '../../metrics/summary.ts';
import { inputTokens, outputTokens } from '../../metrics/tokens.ts';
import type { Plan } from '../../model/plan.ts';
import type { RequestRecord } from '../../model/record.ts';
import type { TargetProgress } from '../../model/run.ts';
import { MS_PER_SECOND } from '../../model/units.ts';
import { REQUEST_COLUMNS, TOKEN_EVENT_COLUMNS, toRequestRow, toTokenEventRows } from '../../store/rows.ts';
import type { ExportTableName } from './format.ts';

export type ExportCell = string | number | boolean | null;

export type ExportRow = Readonly<Record<string, ExportCell>>;

type ExportColumns = Readonly<Record<string, 'text' | 'integer' | 'double' | 'boolean'>>;

/** Metrics with one value a request; the gaps of `itl` and `tbt` follow from table `token_events`. */
const SINGLE_METRICS: readonly RequestMetric[] = REQUEST_METRICS.filter(
  ({ id }) => id !== 'itl' && id !== 'tbt' && id !== 'cost',
);

/** `ttftScheduled` in ms → `ttft_scheduled_ms`; rates have their unit in their name already. */
export function metricColumn({ id, unit }: Pick<RequestMetric, 'id' | 'unit'>): string {
  const name = id.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return unit === 'ms' ? `${name}_ms` : name;
}

export const TABLE_COLUMNS: Readonly<Record<ExportTableName, ExportColumns>> = {
  requests: {
    ...REQUEST_COLUMNS,
    provider: 'text',
    model: 'text',
    ...Object.fromEntries(SINGLE_METRICS.map((metric) => [metricColumn(metric), 'double'] as const)),
    cost_usd: 'double',
    used_input_tokens: 'double',
    used_output_tokens: 'double',
    output_tokens_source: 'text',
  },
  token_events: TOKEN_EVENT_COLUMNS,
  windows: {
    run_id: 'text',
    target_index: 'integer',
    provider: 'text',
    model: 'text',
    second: 'integer',
    is_steady: 'boolean',
    completed: 'integer',
    failed: 'integer',
    good: 'integer',
    tokens: 'double',
    in_flight: 'integer',
  },
};

/** One attempt with its metrics: each where the metric's population has the request, else null. */
export function toExportRequestRow(runId: string, record: RequestRecord, plan: Plan): ExportRow {
  const target = plan.targets[record.targetIndex];
  const output = outputTokens(record);
  const row: Record<string, ExportCell> = {
    ...toRequestRow(runId, record),
    provider: target?.provider ?? null,
    model: target?.model ?? null,
  };
  for (const metric of SINGLE_METRICS) {
    const isMember = metric.population === 'all' || metric.population === record.outcome.kind;
    row[metricColumn(metric)] = (isMember ? metric.samples(record)[0] : undefined) ?? null;
  }
  row['cost_usd'] = costUsd(record, target?.profile.price) ?? null;
  row['used_input_tokens'] = inputTokens(record)?.tokens ?? null;
  row['used_output_tokens'] = output?.tokens ?? null;
  row['output_tokens_source'] = output?.source ?? null;
  return row;
}

export function toExportEventRows(runId: string, record: RequestRecord): readonly ExportRow[] {
  return toTokenEventRows(runId, record);
}

/**
 * The seconds of every target; `is_steady`: wholly within the steady window, which is what `rps`, `tps` and `goodput` are made from;
 * null where the run's end did not leave word of it.
 */
export function toExportWindowRows(
  runId: string,
  targets: readonly TargetSummary[],
  progress: readonly TargetProgress[],
): readonly ExportRow[] {
  return targets.flatMap(({ target, windows }, index) => {
    const span = steadySpan(progress.find((one) => one.targetIndex === index));
    return windows.map((window) => ({
      run_id: runId,
      target_index: index,
      provider: target.provider,
      model: target.model,
      second: window.second,
      is_steady:
        span === undefined
          ? null
          : window.second * MS_PER_SECOND >= span.startMs && (window.second + 1) * MS_PER_SECOND <= span.endMs,
      completed: window.completed,
      failed: window.failed,
      good: window.good,
      tokens: window.tokens,
      in_flight: window.inFlight,
    }));
  });
}

/** From a target's first measured start to the end of its steady load. */
export function steadySpan(
  progress: TargetProgress | undefined,
): { readonly startMs: number; readonly endMs: number } | undefined {
  const { measureStartAtMs: startMs, measureEndAtMs: endMs } = progress ?? {};
  return startMs === undefined || endMs === undefined ? undefined : { startMs, endMs };
}
