import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildRecord, buildRun } from '../../test/support/record-builder.ts';
import { judgeThresholds } from '../metrics/judge-thresholds.ts';
import { createTargetTally } from '../metrics/summary.ts';
import { parseThreshold, type Threshold } from '../metrics/threshold.ts';
import type { Plan } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import { renderJunit } from './junit.ts';

function threshold(text: string): Threshold {
  const parsed = parseThreshold(text);
  assert.ok('metric' in parsed);
  return parsed;
}

function junit(plan: Plan, records: readonly RequestRecord[], conditions: readonly string[]): string {
  const tally = createTargetTally(plan, 0);
  for (const record of records) tally.add(record);
  const targets = [tally.summarize(undefined)];
  const verdict = judgeThresholds(conditions.map(threshold), targets);
  return renderJunit({ run: buildRun({ plan }), state: 'completed', durationMs: 1_500, targets, verdict });
}

test('conditions are cases: met, failed, and an error where there is no value; the counts say so', () => {
  // TTFT is 100 ms, there is no price, and no tool was called.
  const xml = junit(buildPlan(), [buildRecord()], ['ttft.p50 > 200ms', 'ttft.p50 > 99ms', 'cost > 1usd']);
  assert.match(xml, /<testsuites name="llm-bench run-1" time="1.5" tests="4" failures="1" errors="1" skipped="0">/);
  assert.match(xml, /<testcase classname="local fake" name="ttft.p50 &gt; 200ms"\/>/);
  assert.match(xml, /<failure type="failed" message="ttft.p50 &gt; 99ms: 100 ms \(local · fake\)"\/>/);
  assert.match(xml, /<testsuite name="run"[^>]*>\s*<testcase[^>]*>\s*<error type="no-value" message="cost/);
});

test('a target that measured nothing is an error, and objectives are skipped, with their share', () => {
  const plan = buildPlan({ objectives: [{ metric: 'ttft', max: 50 }] });
  assert.match(junit(plan, [], []), /<error type="no-value" message="no request completed of 0"\/>/);
  assert.match(junit(plan, [buildRecord()], []), /<skipped message="0 % of requests were good/);
});

test('a name that XML cannot write is made legal', () => {
  const plan = buildPlan({
    targets: [{ ...buildPlan().targets[0], model: 'a\0<b>\ud800"' } as Plan['targets'][number]],
  });
  assert.match(junit(plan, [buildRecord()], []), /testsuite name="local a\ufffd&lt;b&gt;\ufffd&quot;"/);
});
