import type { RunOverview } from '../model/run.ts';
import { formatMs, formatNumber } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

export interface RunListView {
  readonly style: Style;
  /** Width of the terminal. */
  readonly columns: number;
}

/** Narrower than this, what was measured says too little; it then goes to a line of its own. */
const LEAST_TARGETS = 12;

/** A line a run; what was measured stands last, cut where the terminal ends, or below where there is no room. */
export function renderRunList(runs: readonly RunOverview[], { style, columns }: RunListView): string {
  if (runs.length === 0) return 'no runs yet';
  const head = ['run', 'started (UTC)', 'state', 'took', 'requests', 'ok', 'failed'];
  const rows = runs.map((run) => [
    run.id,
    run.startedAtIso.slice(0, 19).replace('T', ' '),
    run.importedFrom === undefined ? run.state : 'imported',
    formatMs(run.durationMs),
    formatNumber(run.requests),
    formatNumber(run.completed),
    formatNumber(run.failed),
  ]);
  const plain = renderTable([head, ...rows]);
  const lines = renderTable([head.map((text) => style.dim(text)), ...rows]);
  const width = Math.max(...plain.map((line) => line.length));
  const room = columns - width - 2;
  const isBelow = room < LEAST_TARGETS;
  return lines
    .flatMap((line, index) => {
      const run = runs[index - 1];
      if (run === undefined) return [isBelow ? line : `${line}  ${style.dim('targets')}`];
      const text = describeTargets(run);
      return isBelow ? [line, style.dim(`  ${cut(text, columns - 2)}`)] : [`${line}  ${cut(text, room)}`];
    })
    .join('\n');
}

function describeTargets({ providers, models, labels, importedFrom }: RunOverview): string {
  const from = importedFrom === undefined ? '' : `from ${importedFrom}: `;
  const named = labels.map((label) => ` #${label}`).join('');
  return `${from}${providers.join(', ')} · ${models.join(', ')}${named}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}
