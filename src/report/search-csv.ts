import { stringify } from 'csv-stringify/sync';
import type { SearchConclusion, SearchOptions } from '../metrics/search.ts';

/** One line a level, with full precision; an undefined value is an empty cell. */
export function renderSearchCsv(conclusion: SearchConclusion, rules: SearchOptions['rules']): string {
  const head = ['level', 'state', 'is_sure', 'is_overloaded', 'runs'];
  const perRule = rules.flatMap(({ text }) => [`${text}: requests`, `${text}: beyond`]);
  const rows = conclusion.levels.map((level) => [
    ...[level.level, level.state, Number(level.isSure), Number(level.isOverloaded), level.trials],
    ...rules.flatMap((_, index) => [level.rules[index]?.n, level.rules[index]?.misses]),
  ]);
  return stringify([[...head, ...perRule], ...rows], { escape_formulas: true });
}
