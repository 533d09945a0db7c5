import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../errors.ts';
import { SLO_PRESETS } from '../../model/slo-presets.ts';
import { readSearch } from './search-options.ts';
import { readSlo } from './slo.ts';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return `${error.code} ${error.message}`;
  }
  throw new assert.AssertionError({ message: 'it was taken' });
}

test('an objective is of every request, or of a quantile of the whole run', () => {
  assert.deepEqual(readSlo(['ttft.p95<=500ms, tpot<=50ms', 'E2E.P50 ≤ 2s']), {
    each: [{ metric: 'tpot', max: 50 }],
    quantiles: [
      { metric: 'ttft', quantile: 'p95', max: 500 },
      { metric: 'e2e', quantile: 'p50', max: 2_000 },
    ],
  });
  assert.deepEqual(readSlo(undefined), { each: [], quantiles: [] });
});

test('a preset stands for the p99 of TTFT and TPOT', () => {
  assert.deepEqual(readSlo(['mlperf:llama2-70b-interactive']).quantiles, [
    { metric: 'ttft', quantile: 'p99', max: 450 },
    { metric: 'tpot', quantile: 'p99', max: 40 },
  ]);
  for (const name of SLO_PRESETS) assert.equal(readSlo([name]).quantiles.length, 2);
  assert.match(
    refusal(() => readSlo(['mlperf:gpt-2'])),
    /there is no preset mlperf:gpt-2; there are mlperf:llama2-70b, /,
  );
});

for (const [text, problem] of [
  ['ttft.p95<=500', /"ttft<=500" has no unit/],
  ['speed.p95<=5ms', /is not an objective like ttft.p95<=500ms; metrics: ttft/],
  ['ttft.p80<=5ms', /"p80" is no quantile of an objective; there are p50, p90, p95, p99/],
  ['ttft.p95>5ms', /is not an objective like/],
  ['ttft.p95<=0ms', /must be above 0/],
  ['ttft', /is not an objective like ttft<=500ms/],
  ['', /is not an objective like ttft<=500ms/],
] as const) {
  test(`--slo ${text} is refused`, () => {
    assert.match(
      refusal(() => readSlo([text])),
      problem,
    );
  });
}

test('a search has an objective, a range and shares', () => {
  const { axis, goal, options } = readSearch({
    ...{ over: 'concurrency', from: '2', to: '64', precision: '10%', repeats: '4', maxSteps: '9' },
    ...{ attainment: '99.5%', maxErrorRate: '2 %', slo: ['ttft<=1s'] },
  });
  assert.deepEqual([axis, goal.attainment, goal.maxErrorRatio], ['concurrency', 0.995, 0.02]);
  assert.deepEqual(options, {
    ...{ from: 2, to: 64, isWhole: true, precision: 0.1, looks: 4, maxSteps: 9 },
    rules: [
      { text: 'ttft ≤ 1000 ms for 99.5 %', allowed: 0.005, isGuard: false },
      { text: 'errors ≤ 2 %', allowed: 0.02, isGuard: true },
    ],
  });
  const slo = ['ttft.p95<=1s'];
  assert.match(
    refusal(() => readSearch({})),
    /FLAG_MISSING --slo is missing/,
  );
  assert.match(
    refusal(() => readSearch({ slo, from: '8', to: '8' })),
    /--to: 8 is not above --from 8/,
  );
  assert.match(
    refusal(() => readSearch({ slo, over: 'concurrency', from: '1.5' })),
    /--from: "1.5" is not a whole number/,
  );
  for (const share of ['5', '0%', '100%', '-1%', 'x']) {
    assert.match(
      refusal(() => readSearch({ slo, precision: share })),
      /--precision: ".*" is not a share like 5%/,
    );
  }
});
