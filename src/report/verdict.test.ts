import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTarget } from '../../test/support/record-builder.ts';
import type { ThresholdVerdict } from '../metrics/judge-thresholds.ts';
import { parseThreshold, type Threshold } from '../metrics/threshold.ts';
import { PLAIN_STYLE } from './style.ts';
import { renderVerdict } from './verdict.ts';

test('a line a condition, with its value, unit and note, within the width', () => {
  const read = (text: string): Threshold => parseThreshold(text) as Threshold;
  const target = buildTarget({ provider: 'local', model: 'fake' });
  const verdict: ThresholdVerdict = {
    isPassed: false,
    checks: [
      { threshold: read('ttft.p95 > 800ms'), target, status: 'failed', value: 912, note: undefined },
      { threshold: read('error_rate > 1%'), target, status: 'passed', value: 0, note: undefined },
      { threshold: read('goodput < 3/s'), target, status: 'unknown', value: undefined, note: 'no value: it is gone' },
      { threshold: read('cost > 0.50usd'), target: undefined, status: 'passed', value: 0.25, note: 'at least this' },
      { threshold: read('goodput < 3/s'), target, status: 'passed', value: 4.5, note: undefined },
    ],
  };
  assert.deepEqual(renderVerdict(verdict, { style: PLAIN_STYLE, columns: 80 }), [
    'FAILED   ttft.p95 > 800ms: 912 ms (local · fake)',
    'passed   error_rate > 1%: 0 % (local · fake)',
    'UNKNOWN  goodput < 3/s: no value: it is gone (local · fake)',
    'passed   cost > 0.50usd: $0.250000, at least this (the run)',
    'passed   goodput < 3/s: 4.50 requests/s (local · fake)',
  ]);
  for (const line of renderVerdict(verdict, { style: PLAIN_STYLE, columns: 40 })) assert.ok(line.length <= 40, line);
});
