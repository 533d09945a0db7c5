import type { Target } from '../model/target.ts';
import { levelChange, twoGroups } from './change-notes.ts';
import { type ChangeVerdict, type ComparisonRules, compareTargets, type MetricComparison } from './comparison.ts';
import { type RunConditions, type RunDifference, runDifferences, targetDifferences } from './run-differences.ts';
import type { TargetSamples } from './target-samples.ts';
import { percent } from './validity-entry.ts';

/** One target of one run, ready to be compared. */
export interface ComparedTarget {
  readonly target: Target;
  readonly samples: TargetSamples;
  /** What the ledger of its run calls invalid. */
  readonly invalid: readonly string[];
}

/** One run, ready to be compared. */
export interface ComparedRun extends RunConditions {
  /** As the user named it: an id or a file. */
  readonly label: string;
  readonly id: string;
  /** Wall clock, ISO 8601, UTC. */
  readonly startedAtIso: string;
  readonly targets: readonly ComparedTarget[];
}

/** Two targets that belong together. */
export interface TargetComparison {
  readonly a: Target;
  readonly b: Target;
  readonly differences: readonly RunDifference[];
  readonly metrics: readonly MetricComparison[];
  /** What to know before the numbers are believed, a line each. */
  readonly notes: readonly string[];
}

/** All that is concluded about two runs; text, JSON and the exit code say nothing else. */
export interface RunComparison {
  readonly a: Omit<ComparedRun, 'targets'>;
  readonly b: Omit<ComparedRun, 'targets'>;
  /** Smallest relative change that counts. */
  readonly minEffect: number;
  readonly differences: readonly RunDifference[];
  /** No condition differs, of the runs and of any pair of targets. */
  readonly isLikeForLike: boolean;
  /** In A's order. */
  readonly targets: readonly TargetComparison[];
  /** Targets without a partner. */
  readonly onlyInA: readonly Target[];
  readonly onlyInB: readonly Target[];
  /** `regressed` if anything did, else `improved` if anything did, else `inconclusive` if anything is. */
  readonly verdict: ChangeVerdict;
}

/** The order in which verdicts outweigh each other. */
const WORST_FIRST: readonly ChangeVerdict[] = ['regressed', 'improved', 'inconclusive'];

/** Compares two runs, target by target. Targets go together by provider and model, or by position where each run has one. */
export function compareRuns(a: ComparedRun, b: ComparedRun, rules: ComparisonRules): RunComparison {
  const pairs = pairTargets(a.targets, b.targets);
  const targets = pairs.map(
    ([one, other]): TargetComparison => ({
      a: one.target,
      b: other.target,
      differences: targetDifferences({ target: one.target, plan: a.plan }, { target: other.target, plan: b.plan }),
      metrics: compareTargets(one.samples, other.samples, rules),
      notes: [...notesOf('A', one), ...notesOf('B', other), ...lengthNotes(one.samples, other.samples)],
    }),
  );
  const differences = runDifferences(a, b);
  const all = [...differences, ...targets.flatMap((target) => target.differences)];
  const verdicts = new Set(targets.flatMap((target) => target.metrics.map((metric) => metric.verdict)));
  return {
    a: headOf(a),
    b: headOf(b),
    minEffect: rules.minEffect,
    differences,
    isLikeForLike: all.every(({ kind }) => kind !== 'condition'),
    targets,
    onlyInA: withoutPartner(a.targets, new Set(pairs.map(([one]) => one))),
    onlyInB: withoutPartner(b.targets, new Set(pairs.map(([, other]) => other))),
    verdict: WORST_FIRST.find((verdict) => verdicts.has(verdict)) ?? 'no-change',
  };
}

type Pair = readonly [ComparedTarget, ComparedTarget];

function pairTargets(a: readonly ComparedTarget[], b: readonly ComparedTarget[]): readonly Pair[] {
  const [onlyA, onlyB] = [a[0], b[0]];
  if (a.length === 1 && b.length === 1 && onlyA !== undefined && onlyB !== undefined) return [[onlyA, onlyB]];
  return a.flatMap((one) => {
    const { provider, model } = one.target;
    const other = b.find(({ target }) => target.provider === provider && target.model === model);
    return other === undefined ? [] : [[one, other] as const];
  });
}

function withoutPartner(targets: readonly ComparedTarget[], paired: ReadonlySet<ComparedTarget>): readonly Target[] {
  return targets.filter((target) => !paired.has(target)).map(({ target }) => target);
}

function headOf({ targets: _, ...head }: ComparedRun): Omit<ComparedRun, 'targets'> {
  return head;
}

/** Metrics whose shape is looked at. */
const WATCHED = ['ttft', 'e2e'] as const;

function notesOf(side: 'A' | 'B', { samples, invalid }: ComparedTarget): readonly string[] {
  const shapes = WATCHED.flatMap((id) => {
    const series = samples.series.get(id) ?? [];
    const groups = twoGroups(series);
    const change = levelChange(series);
    return [
      ...(groups === undefined
        ? []
        : [
            `${side}: ${id} falls into two groups, around ${ms(groups.low)} (${percent(groups.lowRatio)} of the requests) and ${ms(groups.high)}: a median hardly stands for both`,
          ]),
      ...(change === undefined
        ? []
        : [
            `${side}: ${id} moved during the run, from ${ms(change.before)} to ${ms(change.after)} at request ${change.at + 1} of ${series.length}: run again, or longer`,
          ]),
    ];
  });
  return [...invalid.map((text) => `${side} is INVALID: ${text}`), ...shapes];
}

function ms(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}

/** Above this, times of whole answers compare lengths. */
const LENGTH_RATIO = 0.1;

function lengthNotes(a: TargetSamples, b: TargetSamples): readonly string[] {
  const [inA, inB] = [a.meanOutputTokens, b.meanOutputTokens];
  if (inA === undefined || inB === undefined || inA === 0) return [];
  const change = inB / inA - 1;
  if (Math.abs(change) <= LENGTH_RATIO) return [];
  const word = change > 0 ? 'longer' : 'shorter';
  return [
    `answers of B are ${percent(Math.abs(change))} ${word} (${inA.toFixed(1)} → ${inB.toFixed(1)} tokens): e2e and cost compare lengths too, ttft and tpot do not`,
  ];
}
