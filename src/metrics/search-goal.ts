import type { Load } from '../model/load.ts';
import type { Objective, QuantileObjective } from '../model/objective.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Ratio } from '../model/units.ts';
import { serialDependence } from './dependence.ts';
import { judgeObjectives, objectiveValue } from './goodput.ts';
import type { RuleEvidence, ShareRule } from './level-evidence.ts';

/** What a level must keep. At least one objective is given. */
export interface SearchGoal {
  readonly quantiles: readonly QuantileObjective[];
  /** Of single requests. */
  readonly each: readonly Objective[];
  /** The share of requests that must keep all of `each`: 0.95. Above 0, below 1. */
  readonly attainment: Ratio;
  /** Failed ÷ ended, above 0, below 1. */
  readonly maxErrorRatio: Ratio;
}

const QUANTILE_SHARES: Readonly<Record<QuantileObjective['quantile'], Ratio>> = {
  p50: 0.5,
  p90: 0.1,
  p95: 0.05,
  p99: 0.01,
};

/** A rule with what tells its evidence. */
interface GoalRule extends ShareRule {
  /** Of measured records that were not cancelled, in the order of their starts. */
  readonly evidenceOf: (records: readonly RequestRecord[], load: Load) => RuleEvidence;
}

/** The rules of a goal: quantiles, then single requests, then errors. */
export function rulesOf(goal: SearchGoal): readonly GoalRule[] {
  const { quantiles, each, attainment, maxErrorRatio } = goal;
  return [
    ...quantiles.map(quantileRule),
    ...(each.length === 0 ? [] : [goodRule(each, attainment)]),
    {
      text: `errors ≤ ${share(maxErrorRatio)}`,
      allowed: maxErrorRatio,
      isGuard: true,
      evidenceOf: (records) => ({
        n: records.length,
        misses: records.filter(({ outcome }) => outcome.kind === 'failed').length,
        dependence: 1,
      }),
    },
  ];
}

/** The evidence of one run's target, by rule. */
export function evidenceOf(
  goal: SearchGoal,
  records: readonly RequestRecord[],
  { load, targetIndex }: { readonly load: Load; readonly targetIndex: number },
): readonly RuleEvidence[] {
  const measured = records
    .filter((record) => record.targetIndex === targetIndex && record.phase === 'measure')
    .filter(({ outcome }) => outcome.kind !== 'cancelled')
    .toSorted((one, other) => one.instants.startedAtMs - other.instants.startedAtMs);
  return rulesOf(goal).map((rule) => rule.evidenceOf(measured, load));
}

/** Of completed requests; failed ones have a rule of their own. */
function quantileRule({ metric, quantile, max }: QuantileObjective): GoalRule {
  return {
    text: `${metric}.${quantile} ≤ ${max} ms`,
    allowed: QUANTILE_SHARES[quantile],
    evidenceOf(records, load) {
      const values = records
        .filter(({ outcome }) => outcome.kind === 'completed')
        .map((record) => objectiveValue(record, { metric }, load))
        .filter((value) => value !== undefined);
      const misses = values.filter((value) => value > max).length;
      return { n: values.length, misses, dependence: serialDependence(values) };
    },
  };
}

/** Failed requests are not good. */
function goodRule(each: readonly Objective[], attainment: Ratio): GoalRule {
  const limits = each.map(({ metric, max }) => `${metric} ≤ ${max} ms`).join(' and ');
  return {
    text: `${limits} for ${share(attainment)}`,
    allowed: Number((1 - attainment).toPrecision(12)),
    evidenceOf(records, load) {
      const bad = records.map((record): number => (judgeObjectives(record, each, load).isGood ? 0 : 1));
      return { n: bad.length, misses: bad.filter((one) => one === 1).length, dependence: serialDependence(bad) };
    },
  };
}

function share(ratio: Ratio): string {
  return `${Number((ratio * 100).toPrecision(6))} %`;
}
