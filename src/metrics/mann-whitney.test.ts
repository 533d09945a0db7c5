/** Expected values: scipy 1.17.1, `stats.mannwhitneyu(b, a, method=…)`, and all differences sorted by numpy 2.4.6. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fisherExact } from './fisher.ts';
import { mannWhitney, uDistribution } from './mann-whitney.ts';
import { quantile, sortSamples } from './quantile.ts';
import { hodgesLehmann } from './shift.ts';

const A = sortSamples([19.1, 22.4, 25.3, 20.2, 27.7, 31.5]);
const B = sortSamples([24.5, 28.9, 33.1, 30.4, 26.6, 35.2, 29.0]);
/** 60 and 45 values that repeat themselves in no order. */
const BIG_A = sortSamples(Array.from({ length: 60 }, (_, index) => 100 + (((index + 1) * 37) % 101) * 0.7));
const BIG_B = sortSamples(Array.from({ length: 45 }, (_, index) => 105 + (((index + 1) * 53) % 97) * 0.8));

function near(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-10, `${actual} is not ${expected}`);
}

test('small samples without ties are exact', () => {
  const result = mannWhitney(A, B);
  assert.equal(result?.u, 34);
  assert.equal(result?.method, 'exact');
  near(result?.p, 0.07342657342657342);
});

test('ties, and many samples, take the normal approximation with its corrections', () => {
  const tied = mannWhitney(sortSamples([1, 2, 2, 3, 5, 5, 8]), sortSamples([2, 4, 5, 6, 8, 9, 9, 10]));
  assert.equal(tied?.u, 44.5);
  near(tied?.p, 0.06170669002831265);
  const big = mannWhitney(BIG_A, BIG_B);
  assert.equal(big?.u, 1567.5);
  near(big?.p, 0.15998030386123263);
});

test('dependence makes the same U less telling', () => {
  const alone = mannWhitney(BIG_A, BIG_B)?.p ?? 1;
  const together = mannWhitney(BIG_A, BIG_B, 4)?.p ?? 0;
  assert.ok(together > alone);
});

test('without samples, or with equal ones only', () => {
  assert.equal(mannWhitney(A, sortSamples([])), undefined);
  assert.equal(mannWhitney(sortSamples([3, 3, 3]), sortSamples([3, 3]))?.p, 1);
});

test('the chances of U add up and mirror each other', () => {
  const chances = uDistribution(6, 7);
  near(
    chances.reduce((sum, chance) => sum + chance, 0),
    1,
  );
  // Of 1,716 orders one gives 0 and one gives 42; two give 2.
  near(chances[0], 1 / 1716);
  near(chances[42], 1 / 1716);
  near(chances[2], 2 / 1716);
});

test('the Hodges-Lehmann shift is the median of all differences', () => {
  near(hodgesLehmann(A, B)?.value, 5.4);
  const big = hodgesLehmann(BIG_A, BIG_B);
  near(big?.value, 6.25);
  // The 1,047th of 2,700 differences from either end.
  near(big?.low, -2.6);
  near(big?.high, 15.2);
  assert.equal(hodgesLehmann(sortSamples([]), B), undefined);
});

test('a shift found without making the differences is that of all of them', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [x, y] = [sortSamples(a), sortSamples(b)];
      const all = sortSamples(x.flatMap((from) => y.map((to) => to - from)));
      const found = hodgesLehmann(x, y);
      const expected = quantile(all, 0.5) ?? Number.NaN;
      assert.ok(Math.abs((found?.value ?? 0) - expected) <= 1e-9 * Math.max(1, Math.abs(expected)));
      const back = hodgesLehmann(y, x);
      // Swapped sides mirror the interval; values that 120 halvings cannot part may stand for each other.
      assert.ok(Math.abs((found?.low ?? 1) + (back?.high ?? 1)) < 1e-20);
      assert.ok(Math.abs((found?.high ?? 1) + (back?.low ?? 1)) < 1e-20);
      assert.ok(all.includes(found?.low ?? Number.NaN) && all.includes(found?.high ?? Number.NaN));
    }),
    { seed: 20260101, numRuns: 500 },
  );
});

test("Fisher's exact test agrees with scipy's fisher_exact", () => {
  near(fisherExact({ events: 1, trials: 10 }, { events: 8, trials: 12 }), 0.011499336576735958);
  near(fisherExact({ events: 0, trials: 400 }, { events: 12, trials: 400 }), 0.0004490729781501715);
  near(fisherExact({ events: 30, trials: 5_000 }, { events: 55, trials: 5_000 }), 0.008553087706692412);
  assert.equal(fisherExact({ events: 0, trials: 0 }, { events: 3, trials: 9 }), 1);
});
