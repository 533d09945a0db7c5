import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseOf, uniformOf } from '../../test/support/noise.ts';
import { buildPlan, buildRun, buildTarget } from '../../test/support/record-builder.ts';
import type { Plan } from '../model/plan.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import { type ComparedRun, type ComparedTarget, compareRuns } from './run-comparison.ts';
import { runDifferences, targetDifferences } from './run-differences.ts';
import type { TargetSamples } from './target-samples.ts';

const RULES = { minEffect: 0.05, random: uniformOf(1) };

function samplesOf(ttft: readonly number[], meanOutputTokens: number = 100): TargetSamples {
  const n = ttft.length;
  return {
    series: new Map([['ttft', ttft]]),
    started: n,
    completed: n,
    failed: 0,
    meanCostUsd: undefined,
    meanOutputTokens,
  };
}

function targetOf(model: string, samples: TargetSamples, invalid: readonly string[] = []): ComparedTarget {
  return { target: buildTarget({ model }), samples, invalid };
}

function runOf(targets: readonly ComparedTarget[], plan: Partial<Plan> = {}): ComparedRun {
  const run = buildRun({ plan: buildPlan({ ...plan, targets: targets.map(({ target }) => target) }) });
  const { environment, version, metricsVersion } = run;
  const known = { environment, version, metricsVersion, plan: run.plan };
  return { ...known, label: 'a', id: 'a', startedAtIso: run.startedAtIso, state: 'completed', targets };
}

const noise = noiseOf(31);
const around = (level: number, n: number = 400): readonly number[] =>
  Array.from({ length: n }, () => level * Math.exp(0.1 * noise()));

test('targets go together by provider and model; the others are named', () => {
  const a = runOf([targetOf('x', samplesOf(around(100))), targetOf('y', samplesOf(around(100)))]);
  const b = runOf([targetOf('z', samplesOf(around(100))), targetOf('x', samplesOf(around(130)))]);
  const comparison = compareRuns(a, b, RULES);
  assert.deepEqual(
    comparison.targets.map((target) => [target.a.model, target.b.model]),
    [['x', 'x']],
  );
  assert.deepEqual(
    [comparison.onlyInA, comparison.onlyInB].map((targets) => targets.map(({ model }) => model)),
    [['y'], ['z']],
  );
  assert.equal(comparison.verdict, 'regressed');
});

test('where each run has one target they go together whatever their names, and may be compared', () => {
  const comparison = compareRuns(
    runOf([targetOf('x', samplesOf(around(130)))]),
    runOf([targetOf('y', samplesOf(around(100)))]),
    RULES,
  );
  assert.deepEqual(comparison.targets[0]?.differences, [{ kind: 'subject', what: 'model', a: 'x', b: 'y' }]);
  assert.equal(comparison.isLikeForLike, true);
  assert.equal(comparison.verdict, 'improved');
});

test('another condition is not like-for-like, of the run or of what a target is sent', () => {
  const side = (plan: Partial<Plan>): ComparedRun => runOf([targetOf('x', samplesOf(around(100)))], plan);
  const { parameters } = buildPlan();
  const changed: readonly Partial<Plan>[] = [
    { workload: { source: 'other.txt', sha256: 'f'.repeat(64), items: 1 } },
    { load: { kind: 'closed-loop', concurrency: 9, requestDelayMs: 0, stages: [] } },
    { load: { kind: 'open-loop', arrival: 'poisson', ratePerSecond: 2, maxInFlight: undefined, stages: [] } },
    { isStreamed: false },
    { cache: 'cold' },
    { parameters: { ...parameters, maxTokens: 600 } },
    { parameters: { ...parameters, extra: { top_p: 0.5 } } },
    { headerNames: ['x-beta'] },
    { warmupRequests: 3 },
  ];
  for (const plan of changed) {
    assert.equal(compareRuns(side({}), side(plan), RULES).isLikeForLike, false, JSON.stringify(plan));
  }
  assert.equal(
    compareRuns(side({}), side({ stop: { requests: 99, durationMs: undefined } }), RULES).isLikeForLike,
    true,
  );
});

test('the order in which parameters were given is no difference, nor is a file of another name', () => {
  const { parameters, workload } = buildPlan();
  const one = buildPlan({ parameters: { ...parameters, extra: { a: 1, b: { c: 2, d: 3 } } } });
  const other = buildPlan({
    parameters: { ...parameters, extra: { b: { d: 3, c: 2 }, a: 1 } },
    workload: { ...workload, source: 'elsewhere.txt' },
  });
  const target = buildTarget();
  assert.deepEqual(targetDifferences({ target, plan: one }, { target, plan: other }), []);
  const conditions = runOf([]);
  assert.deepEqual(runDifferences({ ...conditions, plan: one }, { ...conditions, plan: other }), []);
});

test('what a target is really sent counts, after the rules of its provider', () => {
  const { parameters } = buildPlan();
  const sent = (maxTokens: number) =>
    buildTarget({ profile: { ...EMPTY_PROFILE, parameters: { ...parameters, maxTokens } } });
  const plan = buildPlan();
  assert.deepEqual(targetDifferences({ target: sent(512), plan }, { target: sent(600), plan }), [
    { kind: 'condition', what: 'max tokens', a: '512', b: '600' },
  ]);
});

test('machine and version are told, but keep nobody from comparing', () => {
  const one = runOf([]);
  const other = { ...one, version: '9.9.9', environment: { ...one.environment, cpuCount: 64 } };
  assert.deepEqual(
    runDifferences(one, other).map(({ kind, what }) => [kind, what]),
    [
      ['circumstance', 'llm-bench'],
      ['circumstance', 'machine'],
    ],
  );
});

test('notes: an invalid ledger, a level that moved, answers of another length', () => {
  const moved = [...around(100, 100), ...around(150, 100)];
  const a = runOf([targetOf('x', samplesOf(around(100)), ['client CPU 99 %'])]);
  const b = runOf([targetOf('x', samplesOf(moved, 150))]);
  const [target] = compareRuns(a, b, RULES).targets;
  assert.equal(target?.notes[0], 'A is INVALID: client CPU 99 %');
  const movement = target?.notes.find((note) => note.includes('moved'));
  assert.match(
    movement ?? '',
    /^B: ttft moved during the run, from \d+\.?\d* ms to \d+\.?\d* ms at request (99|100|101|102|103) of 200/,
  );
  assert.match(target?.notes.at(-1) ?? '', /^answers of B are 50 % longer \(100\.0 → 150\.0 tokens\)/);
});
