import { AppError } from '../../errors.ts';
import type { SearchOptions } from '../../metrics/search.ts';
import { rulesOf, type SearchGoal } from '../../metrics/search-goal.ts';
import { readSlo } from './slo.ts';
import { optional } from './target-flags.ts';
import { type FlagReader, readCount, readRate } from './values.ts';

/** The flags of `search` beside those of a plan. */
export interface SearchOptionFlags {
  readonly over?: 'rate' | 'concurrency';
  readonly from?: string;
  readonly to?: string;
  readonly precision?: string;
  readonly repeats?: string;
  readonly maxSteps?: string;
  readonly attainment?: string;
  readonly maxErrorRate?: string;
  readonly slo?: readonly string[];
}

export type SearchAxis = 'rate' | 'concurrency';

export interface WantedSearch {
  readonly axis: SearchAxis;
  readonly goal: SearchGoal;
  readonly options: SearchOptions;
}

const DEFAULT_FROM = 1;
const DEFAULT_PRECISION = 0.05;
const DEFAULT_LOOKS = 3;
const DEFAULT_MAX_STEPS = 40;
const DEFAULT_ATTAINMENT = 0.95;
const DEFAULT_MAX_ERROR_RATIO = 0.01;

/** Throws FLAG_INVALID and FLAG_MISSING. */
export function readSearch(flags: SearchOptionFlags): WantedSearch {
  const { each, quantiles } = readSlo(flags.slo);
  if (each.length + quantiles.length === 0) {
    throw new AppError('FLAG_MISSING', {
      flag: '--slo',
      hint: "say what to keep: --slo 'ttft.p95<=500ms,tpot.p95<=50ms'",
    });
  }
  const axis = flags.over ?? 'rate';
  const readLevel = axis === 'rate' ? readRate : readCount;
  const from = optional(flags.from, '--from', readLevel) ?? DEFAULT_FROM;
  const to = optional(flags.to, '--to', readLevel);
  if (to !== undefined && to <= from) throw invalid('--to', `${to} is not above --from ${from}`);
  const goal: SearchGoal = {
    quantiles,
    each,
    attainment: optional(flags.attainment, '--attainment', readShare) ?? DEFAULT_ATTAINMENT,
    maxErrorRatio: optional(flags.maxErrorRate, '--max-error-rate', readShare) ?? DEFAULT_MAX_ERROR_RATIO,
  };
  return {
    axis,
    goal,
    options: {
      from,
      to,
      isWhole: axis === 'concurrency',
      precision: optional(flags.precision, '--precision', readShare) ?? DEFAULT_PRECISION,
      looks: optional(flags.repeats, '--repeats', readCount) ?? DEFAULT_LOOKS,
      maxSteps: optional(flags.maxSteps, '--max-steps', readCount) ?? DEFAULT_MAX_STEPS,
      rules: rulesOf(goal).map(({ text, allowed, isGuard = false }) => ({ text, allowed, isGuard })),
    },
  };
}

/** `5%`, above 0 and below 100 %. */
const readShare: FlagReader<number> = (text, flag) => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  const ratio = Number((Number(match?.[1]) / 100).toPrecision(12));
  if (match === null || ratio <= 0 || ratio >= 1) throw invalid(flag, `"${text}" is not a share like 5%`);
  return ratio;
};

function invalid(flag: string, problem: string): AppError {
  return new AppError('FLAG_INVALID', { flag, problem, command: 'search' });
}
