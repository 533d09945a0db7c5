import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CurvePoint, findKnee } from './knee.ts';

const points = (...pairs: readonly (readonly [number, number])[]): readonly CurvePoint[] =>
  pairs.map(([throughput, latencyMs]) => ({ throughput, latencyMs }));

test('the knee is the point farthest below the diagonal of throughput against log latency', () => {
  // x = (T − 1) / 8; y = log10(L / 10) / 2: differences 0, 0.25 − 0, 0.5 − 0, 1 − 0.5, 1 − 1.
  const knee = findKnee(points([1, 10], [3, 10], [5, 10], [9, 100], [9, 1000]));
  assert.ok(knee.kind === 'found');
  assert.equal(knee.index, 2);
  assert.ok(Math.abs(knee.bend - 0.5) < 1e-12);
});

test('a step past the limit, slower and with less throughput, does not hide it', () => {
  const knee = findKnee(points([1, 50], [2, 50], [4, 52], [7, 80], [7.2, 400], [7.1, 2000]));
  assert.deepEqual([knee.kind, knee.kind === 'found' ? knee.index : undefined], ['found', 3]);
});

test('how far into overload the sweep went does not move the knee', () => {
  const below = [
    [1, 50],
    [2, 50],
    [4, 52],
    [7, 80],
    [7.2, 400],
  ] as const;
  for (const worst of [1_000, 10_000, 100_000]) {
    const knee = findKnee(points(...below, [7.2, worst]));
    assert.equal(knee.kind === 'found' ? knee.index : undefined, 3);
  }
});

test('the order of the points does not matter', () => {
  const knee = findKnee(points([9, 1000], [1, 10], [9, 100], [5, 10], [3, 10]));
  assert.equal(knee.kind === 'found' ? knee.index : undefined, 3);
});

for (const [reason, curve] of [
  ['few-points', points([1, 10], [2, 10], [3, 1000])],
  // 14 is less than 1.5 × 10.
  ['flat-latency', points([1, 10], [2, 11], [3, 12], [4, 14])],
  // 5.5 is less than 1.2 × 5.
  ['flat-throughput', points([5, 10], [5.1, 100], [5.2, 1000], [5.5, 5000])],
  // On the diagonal: equal steps of throughput and of log latency.
  ['no-bend', points([1, 10], [2, 100], [3, 1000], [4, 10_000])],
  // Above it: the first step costs most.
  ['no-bend', points([1, 10], [2, 1000], [3, 5000], [4, 10_000])],
] as const) {
  test(`there is no knee: ${reason}`, () => {
    assert.deepEqual(findKnee(curve), { kind: 'none', reason });
  });
}
