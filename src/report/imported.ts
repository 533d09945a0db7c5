import type { ImportedFigure, ImportOrigin } from '../model/imported.ts';
import { formatNumber } from './format.ts';
import type { Style } from './style.ts';
import { renderTable, wrap } from './table.ts';

/** `imported from vllm 0.9 (result.json)`. */
export function importedText({ tool, toolVersion, file }: Pick<ImportOrigin, 'tool' | 'toolVersion' | 'file'>): string {
  return `imported from ${tool}${toolVersion === undefined ? '' : ` ${toolVersion}`} (${file})`;
}

/** What stands in every report of a run of another tool. */
export const THEIR_FIGURES =
  'Their figures, under their names. Only where the last column names one of ours does it mean the same.';

const PREFERRED = ['mean', 'avg', 'median', 'p50', 'p90', 'p95', 'p99', 'max', 'value'] as const;

/** A few statistics of a figure, as `mean 12.3, p99 45.6`. */
export function statisticsText({ statistics }: ImportedFigure): string {
  const shown = PREFERRED.filter((name) => statistics[name] !== undefined);
  const names = shown.length === 0 ? Object.keys(statistics).slice(0, 4) : shown;
  return names.map((name) => `${name} ${formatNumber(statistics[name])}`).join(', ');
}

/** The figures of a run of another tool, for a terminal. */
export function renderImported(
  origin: ImportOrigin,
  { style, columns }: { readonly style: Style; readonly columns: number },
): readonly string[] {
  const rows = origin.figures.map((figure) => [
    figure.name,
    `${statisticsText(figure)}${figure.unit === undefined ? '' : ` ${figure.unit}`}`,
    figure.sameAs ?? '',
  ]);
  const head = ['theirs', '', 'ours'].map((text) => style.dim(text));
  return [
    ...origin.facts.map(({ name, value }) => style.dim(`${name}: ${value}`)),
    '',
    ...wrap(THEIR_FIGURES, columns).map((line) => style.dim(line)),
    ...renderTable([head, ...rows], head.length),
  ];
}
