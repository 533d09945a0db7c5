import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Admission, Budget, type Reservation } from './budget.ts';

function taken(admission: Admission): Reservation {
  assert.ok(typeof admission === 'object', `not admitted: ${admission}`);
  return admission;
}

describe('a budget of $10', () => {
  test('lets through what fits beside what is set aside, and no more until some comes free', () => {
    const budget = new Budget(10);
    const purse = budget.openPurse();
    const first = taken(purse.reserve(4));
    taken(purse.reserve(6));
    assert.equal(purse.reserve(0.01), 'later');
    let calls = 0;
    purse.whenFreed(() => calls++);
    purse.settle(first, 1);
    assert.deepEqual([budget.spentUsd, calls], [1, 1]);
    taken(purse.reserve(3));
    assert.equal(purse.reserve(0.01), 'later');
    assert.equal(calls, 1, 'whoever waits is called once');
  });

  test('is at its end when the spent alone leaves no room, whatever may come free', () => {
    const purse = new Budget(10).openPurse();
    purse.settle(taken(purse.reserve(8)), 7.5);
    taken(purse.reserve(2.5));
    assert.equal(purse.reserve(2.6), 'never');
    assert.equal(purse.reserve(2.5), 'later');
  });

  test('counts in full what nobody can tell, and nothing for what was refused', () => {
    const budget = new Budget(10);
    const purse = budget.openPurse();
    purse.settle(taken(purse.reserve(4)), undefined);
    purse.settle(taken(purse.reserve(4)), 0);
    assert.equal(budget.spentUsd, 4);
  });

  test('cannot afford what nobody can say the most of', () => {
    assert.equal(new Budget(10).openPurse().reserve(undefined), 'never');
  });

  test('sets more aside for a server that bills beyond its limits, under way or not, and only for that one', () => {
    const budget = new Budget(10);
    const [greedy, honest] = [budget.openPurse(), budget.openPurse()];
    const first = taken(greedy.reserve(1));
    taken(greedy.reserve(1));
    taken(honest.reserve(1));
    greedy.settle(first, 3);
    assert.deepEqual([greedy.reservedUsd, honest.reservedUsd], [3, 1]);
    greedy.settle(taken(greedy.reserve(1)), 2);
    assert.equal(greedy.reservedUsd, 3, 'the most that was seen, not the latest');
    // 3 + 2 spent, 3 + 1 set aside: another 3 would pass 10.
    assert.equal(greedy.reserve(1), 'later');
    taken(honest.reserve(1));
  });

  test('keeps no crumbs: what was set aside in tenths is all free again', () => {
    const purse = new Budget(0.3).openPurse();
    const three = [0.1, 0.1, 0.1].map((usd) => purse.reserve(usd)).filter((one) => typeof one === 'object');
    for (const one of three) purse.settle(one, 0);
    taken(purse.reserve(0.3));
    assert.equal(purse.reservedUsd, 0.3);
  });
});

test('the spent never passes the cap while no attempt costs more than was set aside for it', () => {
  const step = fc.record({
    worst: fc.double({ min: 0, max: 4, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 20, noNaN: true }), fc.array(step, { maxLength: 60 }), (cap, steps) => {
      const budget = new Budget(cap);
      const purse = budget.openPurse();
      const open: { readonly reservation: Reservation; readonly share: number }[] = [];
      for (const { worst, share } of steps) {
        const admission = purse.reserve(worst);
        if (typeof admission === 'object') open.push({ reservation: admission, share });
        else for (const one of open.splice(0, 2)) purse.settle(one.reservation, one.reservation.worstUsd * one.share);
      }
      for (const one of open) purse.settle(one.reservation, undefined);
      assert.ok(budget.spentUsd <= cap * (1 + 1e-12));
    }),
    { seed: 3, numRuns: 400 },
  );
});
