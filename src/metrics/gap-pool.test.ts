import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import { distributionOfGaps, GapPool } from './gap-pool.ts';

function poolOf(gaps: readonly number[]): GapPool {
  const pool = new GapPool();
  for (const gap of gaps) pool.push(gap);
  return pool;
}

/** Each figure to the nanosecond. */
function areNear(actual: Distribution, expected: Distribution): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const own = actual[name as keyof Distribution];
    return value === undefined ? own === undefined : own !== undefined && Math.abs(own - value) < 1.1e-6;
  });
}

test('few gaps are described exactly, several pools together', () => {
  const [one, other] = [
    [3.3, 1.1],
    [2.2, 4.4],
  ];
  assert.deepEqual(distributionOfGaps([poolOf(one ?? []), poolOf(other ?? [])]), distributionOf([1.1, 2.2, 3.3, 4.4]));
  assert.deepEqual(distributionOfGaps([new GapPool()]), distributionOf([]));
});

test('packed gaps are the same to the nanosecond, short, long, and equal ones', () => {
  const random = createRandom(7, 'gaps');
  // 6 s and more do not fit into 32 bits of nanoseconds; a third is of one value.
  const gaps = Array.from({ length: 5_000 }, (_, index) => (index % 3 === 0 ? 20 : random.exponential() * 1_500));
  assert.ok(gaps.filter((gap) => gap > 4_294.967295).length > 50);
  const pools = [poolOf(gaps.slice(0, 2_000)), poolOf(gaps.slice(2_000))];
  pools[1]?.pack();
  const packed = distributionOfGaps(pools);
  assert.ok(pools.every(({ isPlain }) => !isPlain));
  assert.ok(areNear(packed, distributionOf(gaps)), JSON.stringify(packed));
});

test('two packed gaps, one of them longer than 32 bits', () => {
  const pool = poolOf([0.000_000_4, 10_000]);
  pool.pack();
  assert.equal(pool.length, 2);
  const { min, max, p50, mean } = distributionOfGaps([pool]);
  assert.deepEqual([min, max, p50, mean], [0, 10_000, 5_000, 5_000]);
});

test('beyond a million gaps a pool packs itself', () => {
  const pool = new GapPool();
  for (let index = 0; index <= 1_048_576; index++) pool.push(index % 1_000);
  assert.equal(pool.isPlain, false);
  assert.equal(pool.length, 1_048_577);
  const { n, min, max, p50 } = distributionOfGaps([pool]);
  assert.deepEqual([n, min, max], [1_048_577, 0, 999]);
  assert.equal(p50, 499);
});
