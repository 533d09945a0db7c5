import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseOf, uniformOf } from '../../test/support/noise.ts';
import { buildPlan, buildRun, buildTarget } from '../../test/support/record-builder.ts';
import { toComparisonDocument } from '../contract/comparison-document.ts';
import { comparisonDocumentSchema } from '../contract/comparison-document-schema.ts';
import { type ComparedRun, compareRuns, type RunComparison } from '../metrics/run-comparison.ts';
import { SERIES_METRICS } from '../metrics/target-samples.ts';
import { renderComparison } from './comparison.ts';
import { PLAIN_STYLE } from './style.ts';

const noise = noiseOf(41);

function runOf(id: string, n: number, factor: number): ComparedRun {
  const run = buildRun({ id, plan: buildPlan({ targets: [buildTarget({ model: 'm' })] }) });
  const values = (level: number): readonly number[] =>
    Array.from({ length: n }, () => level * factor * Math.exp(0.15 * noise()));
  const series = new Map(SERIES_METRICS.map((metric) => [metric.id, values(metric.unit === 'usd' ? 0.00001 : 12_345)]));
  const samples = { series, started: n, completed: n, failed: 0, meanCostUsd: 0.01, meanOutputTokens: 10 };
  const { environment, version, metricsVersion, plan, startedAtIso } = run;
  return {
    ...{ environment, version, metricsVersion, plan, startedAtIso, id },
    label: id,
    state: 'completed',
    targets: [{ target: buildTarget({ model: 'm' }), samples, invalid: [] }],
  };
}

function render(comparison: RunComparison): readonly string[] {
  return renderComparison({ comparison, style: PLAIN_STYLE, columns: 80 }).split('\n');
}

const RULES = { minEffect: 0.05, random: uniformOf(1) };

test('no line is wider than 80 columns, with the longest names of metrics and large values', () => {
  const comparison = compareRuns(runOf('a', 300, 1), runOf('b', 300, 1.4), RULES);
  for (const line of render(comparison)) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  const text = render(comparison).join('\n');
  assert.match(text, /ttft sched\. p50 +12\.\d s +17\.\d s +\+\d\d\.\d % +\[\+\d\d\.\d, \+\d\d\.\d\] +REGRESSED/);
  assert.match(render(comparison).at(-2) ?? '', /^REGRESSED by 5 % or more: ttft sched\. p50/);
});

test('what could not be decided says what it would take, in samples and money', () => {
  const text = render(compareRuns(runOf('a', 30, 1), runOf('b', 30, 1.04), RULES)).join(' ');
  assert.match(text, /ttft sched\. p50: .*needs +about [\d,]+ samples a +run \(has 30, +about +\$[\d.,]+ for +both\)/);
  assert.match(text, /no regression found, but not all could be decided: /);
});

test('the document keeps to its schema, and says the same', () => {
  for (const n of [3, 300]) {
    const comparison = compareRuns(runOf('a', n, 1), runOf('b', n, 1.4), RULES);
    const document = toComparisonDocument(comparison);
    assert.deepEqual(comparisonDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
    assert.equal(document.verdict, comparison.verdict);
  }
});
