import type { StageSummary } from '../metrics/stages.ts';
import type { Load } from '../model/load.ts';
import { formatMs, formatNumber } from './format.ts';
import type { Style } from './style.ts';
import { type Row, renderTable } from './table.ts';

/** A line a stage: the level asked for and the one reached, and what came of it. Empty without stages. */
export function renderStages(stages: readonly StageSummary[], load: Load, style: Style): readonly string[] {
  if (stages.length === 0) return [];
  const unit = load.kind === 'closed-loop' ? 'clients' : 'rate/s';
  const head: Row = [unit, 'from', 'asked', 'reached', 'ok', 'failed', 'ttft p50', 'p95', 'e2e p50', 'tokens/s'];
  return ['', ...renderTable([head.map((text) => style.dim(text)), ...stages.map(stageRow)])];
}

function stageRow(stage: StageSummary): Row {
  const { from, to, ttft, e2e } = stage;
  return [
    from === to ? formatNumber(from) : `${formatNumber(from)}→${formatNumber(to)}`,
    formatMs(stage.startMs),
    formatNumber(stage.asked),
    formatNumber(stage.achieved),
    formatNumber(stage.completed),
    formatNumber(stage.failed),
    formatMs(ttft.p50),
    formatMs(ttft.p95),
    formatMs(e2e.p50),
    formatNumber(stage.outputTokensPerSecond),
  ];
}
