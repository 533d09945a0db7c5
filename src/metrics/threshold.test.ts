import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseThreshold } from './threshold.ts';

const GOOD: readonly (readonly [string, readonly unknown[]])[] = [
  ['ttft.p95 > 800ms', ['ttft', 'p95', '>', 800, 'ms']],
  ['ttft.p95>0.8s', ['ttft', 'p95', '>', 800, 'ms']],
  ['e2e.median >= 2m', ['e2e', 'p50', '>=', 120_000, 'ms']],
  ['tpot.mean ≥ 50 ms', ['tpot', 'mean', '>=', 50, 'ms']],
  ['error_rate > 1%', ['errorRate', undefined, '>', 0.01, 'ratio']],
  ['error-rate>7 %', ['errorRate', undefined, '>', 0.07, 'ratio']],
  ['errorRate.max > 50%', ['errorRate', 'max', '>', 0.5, 'ratio']],
  ['good_ratio < 95%', ['goodRatio', undefined, '<', 0.95, 'ratio']],
  ['cost > 0.50usd', ['cost', undefined, '>', 0.5, 'usd']],
  ['cost > $0.50', ['cost', undefined, '>', 0.5, 'usd']],
  ['cost.p95 > 0.01 USD', ['cost', 'p95', '>', 0.01, 'usd']],
  ['tokens_per_second.p50 < 50tok/s', ['tokensPerSecond', 'p50', '<', 50, 'tokens/s']],
  ['output_tokens_per_second <= 900 tokens/s', ['outputTokensPerSecond', undefined, '<=', 900, 'tokens/s']],
  ['goodput < 3/s', ['goodput', undefined, '<', 3, 'requests/s']],
  ['TTFT.P99 > 1s', ['ttft', 'p99', '>', 1_000, 'ms']],
];

for (const [text, expected] of GOOD) {
  test(`${text} is understood`, () => {
    const read = parseThreshold(text);
    assert.ok(!('problem' in read), JSON.stringify(read));
    assert.deepEqual([read.metric, read.statistic, read.operator, read.limit, read.unit], expected);
  });
}

const BAD: readonly (readonly [string, RegExp])[] = [
  ['', /is not a condition like 'ttft\.p95 > 800ms'/],
  ['ttft.p95', /is not a condition/],
  ['ttft.p95 = 8ms', /is not a condition/],
  ['ttft.p95 > -8ms', /is not a condition/],
  ['tft.p95 > 8ms', /"tft" is no metric; there are .*ttft/],
  ['ttft > 800ms', /ttft needs a statistic: ttft\.p95, or one of p50/],
  ['ttft.p42 > 800ms', /"p42" is no statistic of ttft/],
  ['goodRatio.p95 < 1%', /goodRatio is one figure and takes no statistic/],
  ['ttft.p95 > 800', /has no unit; write it as 800ms or 2s/],
  ['ttft.p95 > 800%', /has no unit of ttft; write it as 800ms/],
  ['error_rate > 0.01', /has no unit; write it as 1%/],
  ['cost > 1', /has no unit; write it as 0\.50usd/],
  ['cost > 1eur', /has no unit of cost/],
  ['ttft.p95 > $800ms', /has no unit of ttft/],
];

for (const [text, expected] of BAD) {
  test(`"${text}" is refused with what would be right`, () => {
    const read = parseThreshold(text);
    assert.match('problem' in read ? read.problem : 'none', expected);
  });
}
