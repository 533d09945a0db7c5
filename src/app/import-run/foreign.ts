import type { ImportedFigure, ImportTool } from '../../model/imported.ts';

/** One run of another tool, as far as its file tells. */
export interface ForeignRun {
  readonly tool: Exclude<ImportTool, 'llm-bench'>;
  readonly toolVersion: string | undefined;
  /** Undefined where the file does not say. */
  readonly model: string | undefined;
  readonly url: string | undefined;
  readonly startedAtIso: string | undefined;
  readonly durationMs: number | undefined;
  readonly requests: number | undefined;
  readonly concurrency: number | undefined;
  readonly figures: readonly ImportedFigure[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Numbers of an object by their names, those of nested `percentiles` too. */
export function statisticsOf(block: JsonRecord): Readonly<Record<string, number>> {
  const { percentiles } = block;
  const own = Object.entries(block).flatMap(([name, value]) => {
    const number = numberOf(value);
    return number === undefined ? [] : [[name, number] as const];
  });
  return Object.fromEntries([...own, ...(isRecord(percentiles) ? Object.entries(statisticsOf(percentiles)) : [])]);
}

/** What is written of a run beside its figures, as text; secrets have no place there, and long values are left out. */
export function factsOf(source: JsonRecord, names: readonly string[]): ForeignRun['facts'] {
  return names.flatMap((name) => {
    const value = source[name];
    if (value === undefined || value === null) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.length > 200 ? [] : [{ name, value: text }];
  });
}
