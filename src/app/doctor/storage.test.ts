import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Calibration } from '../../model/calibration.ts';
import { calibrationCheck, priceCheck } from './storage.ts';

const CLIENT = { version: '1', node: 'v26', cpuModel: 'x', cpuCount: 2 };
const CALIBRATION: Calibration = {
  ...CLIENT,
  measuredAtIso: '2026-11-01T00:00:00.000Z',
  isQuick: true,
  accuracy: [],
  pacing: [{ ratePerSecond: 500, achievedRatio: 1, delayP50Ms: 0, delayP99Ms: 0.5 }],
  streams: [],
  firehosePerSecond: undefined,
};

test('prices grow old', () => {
  assert.deepEqual([priceCheck('list', 120).level, priceCheck('list', 121).level], ['ok', 'warn']);
});

test('a calibration is missing, another client’s, old, or good', () => {
  const at = (day: string, calibration: Calibration | undefined = CALIBRATION): readonly string[] => {
    const { level, text } = calibrationCheck(calibration, CLIENT, Date.parse(day));
    return [level, text];
  };
  assert.deepEqual(at('2026-11-02'), ['ok', 'calibration: 1 day old: no streams, 500 requests/s']);
  assert.equal(calibrationCheck(undefined, CLIENT, 0).level, 'warn');
  assert.match(
    at('2026-11-02', { ...CALIBRATION, node: 'v25' }).join(' '),
    /^warn calibration: 1 day old, of another client \(1, v25, x\)$/,
  );
  assert.deepEqual([at('2027-01-30')[0], at('2027-01-31')[0]], ['ok', 'warn']);
});
