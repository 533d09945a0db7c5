import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { differenceInterval, differenceP, ratioInterval } from './change-interval.ts';
import { holm } from './holm.ts';
import { type Estimate, shareInterval } from './interval.ts';

function share(events: number, trials: number): Estimate {
  const estimate = shareInterval(events, trials);
  assert.ok(estimate !== undefined);
  return estimate;
}

test("of shares it is Newcombe's method 10: his example of 56 in 70 against 48 in 80 (1998, table II: 0.0524 to 0.3339)", () => {
  const { low, high } = differenceInterval(share(48, 80), share(56, 70));
  assert.equal(low.toFixed(4), '0.0524');
  assert.equal(high.toFixed(4), '0.3339');
});

test('ratios are the roots that scipy’s brentq finds', () => {
  const one = ratioInterval({ value: 100, low: 90, high: 115 }, { value: 120, low: 112, high: 131 });
  assert.ok(Math.abs((one?.low ?? 0) - 1.0264846121339006) < 1e-9);
  assert.ok(Math.abs((one?.high ?? 0) - 1.3761779113168384) < 1e-9);
  // A's upper bound is more than twice its value.
  const wide = ratioInterval({ value: 100, low: 80, high: 230 }, { value: 150, low: 100, high: 200 });
  assert.ok(Math.abs((wide?.low ?? 0) - 0.5873273743853155) < 1e-9);
  assert.ok(Math.abs((wide?.high ?? 0) - 2.1608919423480204) < 1e-9);
});

test('a base that may be 0 has no ratio', () => {
  assert.equal(ratioInterval({ value: 1, low: 0, high: 3 }, { value: 2, low: 1, high: 3 }), undefined);
});

test('values without any width', () => {
  const [a, b] = [
    { value: 10, low: 10, high: 10 },
    { value: 12, low: 12, high: 12 },
  ];
  assert.deepEqual(differenceInterval(a, b), { low: 2, high: 2 });
  assert.deepEqual(ratioInterval(a, b), { low: 1.2, high: 1.2 });
  assert.equal(differenceP(a, b), 0);
  assert.equal(differenceP(a, a), 1);
});

test('difference, ratio and p agree on whether there is a change, and swap with the sides', () => {
  const estimate = fc
    .tuple(fc.integer({ min: 50, max: 150 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90 }))
    .map(([value, down, up]): Estimate => ({ value, low: value - down, high: value + up }));
  fc.assert(
    fc.property(estimate, estimate, (a, b) => {
      const difference = differenceInterval(a, b);
      const ratio = ratioInterval(a, b);
      const p = differenceP(a, b);
      const isNear = [difference.low, difference.high].some((bound) => Math.abs(bound) < 1e-6);
      if (isNear || ratio === undefined) return;
      const isChange = difference.low > 0 || difference.high < 0;
      assert.equal(ratio.low > 1 || ratio.high < 1, isChange);
      assert.equal(p < 0.05, isChange);
      const back = differenceInterval(b, a);
      assert.ok(Math.abs(back.low + difference.high) < 1e-9 && Math.abs(back.high + difference.low) < 1e-9);
    }),
    { seed: 20260101, numRuns: 500 },
  );
});

test("Holm's correction: worked out by hand", () => {
  // 0.005 × 4, 0.01 × 3, 0.03 × 2, and 0.04 × 1 may not fall below the one before.
  assert.deepEqual(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holm([]), []);
});
