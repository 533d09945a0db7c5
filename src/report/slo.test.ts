import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildStreamedRecord } from '../../test/support/record-builder.ts';
import { createTargetTally } from '../metrics/summary.ts';
import type { Load } from '../model/load.ts';
import { quantileVerdicts } from './slo.ts';

function verdicts(load: Load): readonly string[] {
  const plan = buildPlan({
    load,
    quantileObjectives: [
      { metric: 'ttft', quantile: 'p50', max: 100 },
      { metric: 'ttft', quantile: 'p99', max: 99.5 },
      { metric: 'tpot', quantile: 'p95', max: 50 },
    ],
  });
  const tally = createTargetTally(plan, 0);
  tally.add(buildStreamedRecord({ scheduledAtMs: 0, startedAtMs: 10, tokenAtMs: [110], endedAtMs: 111 }));
  return quantileVerdicts(tally.summarize(undefined), plan);
}

test('a run keeps an objective, misses it, or nobody can say; in open loop from the schedule', () => {
  assert.deepEqual(verdicts({ kind: 'closed-loop', concurrency: 1, requestDelayMs: 0, stages: [] }), [
    'ttft.p50 ≤ 100 ms: kept (100 ms)',
    'ttft.p99 ≤ 99.5 ms: MISSED (100 ms)',
    'tpot.p95 ≤ 50 ms: unknown',
  ]);
  const [first] = verdicts({
    kind: 'open-loop',
    arrival: 'constant',
    ratePerSecond: 1,
    maxInFlight: undefined,
    stages: [],
  });
  assert.equal(first, 'ttft.p50 ≤ 100 ms: MISSED (110 ms)');
});
