import type { Alias, AliasedMetric } from '../metrics/alias.ts';
import type { Run } from '../model/run.ts';
import type { Target } from '../model/target.ts';
import { formatNumber, formatValue } from './format.ts';
import type { Style } from './style.ts';
import { renderTable, wrap } from './table.ts';

export interface AliasReportInput {
  readonly run: Run;
  readonly alias: Alias;
  readonly targets: readonly { readonly target: Target; readonly metrics: readonly AliasedMetric[] }[];
  readonly style: Style;
  readonly columns: number;
}

const STATISTICS = ['mean', 'p50', 'p95', 'p99'] as const;

/** The same raw events under another tool's names and definitions, for a terminal of 80 columns or more. */
export function renderAliased({ run, alias, targets, style, columns }: AliasReportInput): string {
  const note = `as ${alias} defines them, from the same events; quantiles are of type 7 here, whatever it takes`;
  return [
    style.title(`Run ${run.id}`),
    ...wrap(note, columns).map((line) => style.caution(line)),
    ...targets.flatMap(({ target, metrics }) => [
      '',
      style.title(`${target.provider} · ${target.model}`),
      ...renderTable([
        ['', ...STATISTICS, 'n', 'ours'].map((head) => style.dim(head)),
        ...metrics.map(({ metric, values }) => [
          metric.name,
          ...STATISTICS.map((name) => formatValue(values[name], metric.unit)),
          formatNumber(values.n),
          metric.sameAs ?? '',
        ]),
      ]),
      ...metrics.flatMap(({ metric }) =>
        wrap(`${metric.name} = ${metric.formula}`, columns).map((line) => style.dim(line)),
      ),
    ]),
  ].join('\n');
}
