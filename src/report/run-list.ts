import type { RunOverview } from '../model/run.ts';
import { formatMs, formatNumber } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** A line a run. */
export function renderRunList(runs: readonly RunOverview[], style: Style): string {
  if (runs.length === 0) return 'no runs yet';
  const head = ['run', 'started (UTC)', 'state', 'took', 'requests', 'ok', 'failed'];
  const rows = runs.map((run) => [
    run.id,
    run.startedAtIso.slice(0, 19).replace('T', ' '),
    run.state,
    formatMs(run.durationMs),
    formatNumber(run.requests),
    formatNumber(run.completed),
    formatNumber(run.failed),
  ]);
  const lines = renderTable([head.map((text) => style.dim(text)), ...rows]);
  // What was measured stands last, and may be long.
  return lines
    .map((line, index) => {
      const run = runs[index - 1];
      return run === undefined
        ? `${line}  ${style.dim('targets')}`
        : `${line}  ${run.providers.join(', ')} · ${run.models.join(', ')}`;
    })
    .join('\n');
}
