import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Calibration, type ClientEvidence, evidenceFrom, limitsOf } from '../model/calibration.ts';
import { calibrationEntry } from './calibration-entry.ts';

const CALIBRATION: Calibration = {
  measuredAtIso: '2026-11-25T07:00:00.000Z',
  ...{ version: '1', node: 'v26', cpuModel: 'x', cpuCount: 2, isQuick: false },
  accuracy: [16, 1].map((streams) => ({
    streams,
    requests: 9,
    ttftErrorP50Ms: streams / 100,
    ttftErrorP99Ms: streams / 10,
    gapErrorP99Ms: 0.1,
  })),
  pacing: [
    { ratePerSecond: 100, achievedRatio: 1, delayP50Ms: 0.1, delayP99Ms: 0.9 },
    { ratePerSecond: 500, achievedRatio: 0.98, delayP50Ms: 0.1, delayP99Ms: 1 },
    { ratePerSecond: 2_000, achievedRatio: 1, delayP50Ms: 0.1, delayP99Ms: 1.1 },
    { ratePerSecond: 9_000, achievedRatio: 0.9, delayP50Ms: 0.1, delayP99Ms: 0.1 },
  ],
  streams: [
    { streams: 250, chunksPerSecond: 12_500, lagP50Ms: 0, lagP99Ms: 1, verdict: 'kept' },
    { streams: 500, chunksPerSecond: 25_000, lagP50Ms: 0, lagP99Ms: 9, verdict: 'server' },
  ],
  firehosePerSecond: 300_000,
};

test('limits are the highest that were kept', () => {
  assert.deepEqual(limitsOf(CALIBRATION), { streams: 250, ratePerSecond: 500, chunksPerSecond: 300_000 });
  const nothing = limitsOf({ ...CALIBRATION, pacing: [], streams: [], firehosePerSecond: undefined });
  assert.deepEqual(nothing, { streams: undefined, ratePerSecond: undefined, chunksPerSecond: undefined });
});

const evidence: ClientEvidence = evidenceFrom(CALIBRATION);

test('within its limits the ledger says the error of the client, at as many streams', () => {
  const at = (streams: number): unknown =>
    calibrationEntry(evidence, { streams, ratePerSecond: undefined, tokensPerSecond: 0 });
  const entry = (error: string): unknown => ({
    id: 'calibration',
    level: 'ok',
    text: `this client’s TTFT is ${error}, calibrated on 2026-11-25`,
    hint: undefined,
  });
  assert.deepEqual(at(1), entry('0.01 ms (p50), 0.1 ms (p99) too long at 1 stream'));
  assert.deepEqual(at(2), entry('0.16 ms (p50), 1.6 ms (p99) too long at 16 streams'));
  assert.deepEqual(at(200), entry('0.16 ms (p50), 1.6 ms (p99) too long at 16 streams'));
});

test('a load above them is noted', () => {
  const entry = calibrationEntry(evidence, { streams: 251, ratePerSecond: 551, tokensPerSecond: 300_001 });
  assert.equal(entry.level, 'note');
  assert.match(
    entry.hint ?? '',
    /251 streams, and 250 were kept up with and 551 requests\/s, and 500 were punctual and 300001/,
  );
  assert.equal(calibrationEntry(evidence, { streams: 250, ratePerSecond: 550, tokensPerSecond: 300_000 }).level, 'ok');
});

test('limits that nobody knows are not held against a run', () => {
  const unknown = { ...evidence, streams: undefined, ratePerSecond: undefined, chunksPerSecond: undefined };
  assert.equal(calibrationEntry(unknown, { streams: 1e6, ratePerSecond: 1e6, tokensPerSecond: 1e9 }).level, 'ok');
});
