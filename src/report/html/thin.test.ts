import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanOfGroups, thinPoints, thinSorted } from './thin.ts';
import { ThinnedSamples } from './thinned-samples.ts';

test('of many sorted values the extremes stay, and the rest stands at equal steps of rank', () => {
  const values = Float64Array.from({ length: 10_000 }, (_, index) => index);
  const thin = thinSorted(values, 500);
  assert.equal(thin.length, 500);
  assert.deepEqual(thin.slice(0, 3), [0, 1, 2]);
  assert.deepEqual(thin.slice(-3), [9_997, 9_998, 9_999]);
  assert.deepEqual(
    thin,
    thin.toSorted((a, b) => a - b),
  );
  // The middle of what is kept is the middle of all.
  assert.ok(Math.abs((thin[250] ?? 0) - 5_000) < 30);
  assert.deepEqual(thinSorted(Float64Array.of(3, 4), 500), [3, 4]);
});

test('of points the lowest and highest of each moment stay', () => {
  const points = Array.from({ length: 1_000 }, (_, x) => ({ x, y: x === 400 ? 1_000 : x === 700 ? -1_000 : x % 7 }));
  const thin = thinPoints(points, 120);
  assert.ok(thin.length <= 140, String(thin.length));
  assert.ok(thin.some(({ y }) => y === 1_000) && thin.some(({ y }) => y === -1_000));
  assert.deepEqual(
    thin,
    thin.toSorted((a, b) => a.x - b.x),
  );
  assert.equal(thinPoints(points.slice(0, 100), 120).length, 100);
});

test('series by second become means of equal groups', () => {
  assert.deepEqual(meanOfGroups([1, 3, 5, 7, 9], 3), { size: 2, means: [2, 6, 9] });
  assert.deepEqual(meanOfGroups([1, 3], 3), { size: 1, means: [1, 3] });
});

test('samples beyond what is kept are thinned, and neither extreme nor count is lost', () => {
  const samples = new ThinnedSamples();
  for (let value = 0; value < 500_000; value++) samples.add(value === 123_457 ? 1e9 : value === 123_459 ? -1 : value);
  const sorted = samples.sorted();
  assert.equal(samples.count, 500_000);
  assert.equal(sorted[0], -1);
  assert.equal(sorted.at(-1), 1e9);
  assert.ok(sorted.length <= 200_002 && samples.stride === 4, `${sorted.length} ${samples.stride}`);
  assert.ok(Math.abs((sorted[sorted.length >> 1] ?? 0) - 250_000) < 10);
});
