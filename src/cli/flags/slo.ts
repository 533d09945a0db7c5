import {
  OBJECTIVE_METRICS,
  OBJECTIVE_QUANTILES,
  type Objective,
  type ObjectiveQuantile,
  type QuantileObjective,
} from '../../model/objective.ts';
import { SLO_PRESETS, sloPreset } from '../../model/slo-presets.ts';
import { invalidFlag, readObjectives } from './values.ts';

/** What `--slo` asks for. */
export interface Slo {
  /** Of every request: `ttft<=500ms`. */
  readonly each: readonly Objective[];
  /** Of a run as a whole: `ttft.p95<=500ms`, and presets. */
  readonly quantiles: readonly QuantileObjective[];
}

/** Reads all `--slo`: `ttft<=500ms`, `ttft.p95<=500ms`, `mlperf:llama2-70b`, joined by commas. Throws FLAG_INVALID. */
export function readSlo(texts: readonly string[] | undefined): Slo {
  const each: Objective[] = [];
  const quantiles: QuantileObjective[] = [];
  for (const part of (texts ?? []).flatMap((text) => text.split(','))) {
    const trimmed = part.trim();
    if (/^[a-z]+:/i.test(trimmed)) quantiles.push(...readPreset(trimmed));
    else if (/^[a-z0-9]+\s*\./i.test(trimmed)) quantiles.push(readQuantile(trimmed));
    else each.push(...readObjectives(part, '--slo'));
  }
  return { each, quantiles };
}

function readPreset(name: string): readonly QuantileObjective[] {
  const found = sloPreset(name);
  if (found === undefined)
    throw invalidFlag('--slo', `there is no preset ${name}; there are ${SLO_PRESETS.join(', ')}`);
  return found;
}

function readQuantile(text: string): QuantileObjective {
  const [, metric = '', name = '', limit = ''] = /^([a-z0-9]+)\s*\.\s*([a-z0-9.]+)\s*((?:<=|≤|<).*)$/i.exec(text) ?? [];
  if (!OBJECTIVE_METRICS.some((known) => known === metric.toLowerCase())) {
    throw invalidFlag(
      '--slo',
      `"${text}" is not an objective like ttft.p95<=500ms; metrics: ${OBJECTIVE_METRICS.join(', ')}`,
    );
  }
  const quantile = OBJECTIVE_QUANTILES.find((known): known is ObjectiveQuantile => known === name.toLowerCase());
  if (quantile === undefined) {
    throw invalidFlag('--slo', `"${name}" is no quantile of an objective; there are ${OBJECTIVE_QUANTILES.join(', ')}`);
  }
  const [objective] = readObjectives(`${metric}${limit}`, '--slo');
  if (objective === undefined) throw invalidFlag('--slo', `"${text}" has no limit`);
  return { metric: objective.metric, quantile, max: objective.max };
}
