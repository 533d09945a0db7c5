import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { Bank } from './bank.ts';
import { Budget, type Purse, type Reservation } from './budget.ts';

interface Rig {
  readonly clock: VirtualClock;
  readonly purses: readonly Purse[];
  readonly budgets: readonly Budget[];
  /** Delivers up to so many of the messages that are on their way, in their order for each shard and direction. */
  readonly deliver: (count?: number) => void;
}

/** Shards with a purse each; messages between them and the bank wait until they are delivered. */
function rigOf(capUsd: number, shardCount: number): Rig {
  const clock = createVirtualClock();
  const underWay: (() => void)[] = [];
  const budgets: Budget[] = [];
  const bank: Bank = new Bank({
    capUsd,
    shardCount,
    clock,
    send(shard, command) {
      underWay.push(() => {
        const budget = budgets[shard];
        if (command.type === 'grant') budget?.grant(command.usd, command.isLast);
        if (command.type === 'refusal') budget?.refuse(command.usd);
        if (command.type !== 'recall' || budget === undefined) return;
        const money = budget.giveBack();
        underWay.push(() => bank.take(shard, money));
      });
    },
  });
  for (let shard = 0; shard < shardCount; shard++) {
    budgets.push(new Budget(0, (money) => underWay.push(() => bank.take(shard, money))));
  }
  bank.open();
  const purses = budgets.map((budget) => budget.openPurse());
  const deliver = (count = Number.POSITIVE_INFINITY): void => {
    for (let given = 0; given < count && underWay.length > 0; given++) underWay.shift()?.();
  };
  return { clock, purses, budgets, deliver };
}

function isTaken(admission: unknown): admission is Reservation {
  return typeof admission === 'object';
}

test('one shard has the whole budget, and is told that there is no more', () => {
  const { purses, deliver } = rigOf(10, 1);
  const [purse] = purses as [Purse];
  assert.equal(purse.reserve(1), 'later', 'nothing has come yet');
  deliver();
  assert.ok(isTaken(purse.reserve(10)));
  assert.equal(purse.reserve(1), 'later');
  assert.equal(purse.reserve(11), 'never');
});

test('a shard that lacks money gets what others have idle', () => {
  const { purses, clock, deliver } = rigOf(8, 4);
  const [poor] = purses as [Purse];
  deliver();
  // Two of eight are its own. It lacks three; the others have two idle each and keep one.
  assert.equal(poor.reserve(5), 'later');
  let isCalled = false;
  poor.whenFreed(() => {
    isCalled = true;
  });
  deliver();
  assert.equal(isCalled, false);
  clock.advance(100);
  deliver();
  // The first recall leaves it at 1 and brings 4 in all: it lacks 4.
  assert.ok(isCalled);
  assert.ok(isTaken(poor.reserve(5)));
});

test('never is said when what all have spent leaves no room, not before', () => {
  const { purses, clock, deliver } = rigOf(4, 2);
  const [one, other] = purses as [Purse, Purse];
  deliver();
  const held = other.reserve(2);
  assert.ok(isTaken(held));
  assert.equal(one.reserve(3), 'later');
  deliver();
  clock.advance(100);
  deliver();
  // 2 of 4 are set aside by the other: they may come free.
  assert.equal(one.reserve(3), 'later');
  other.settle(held, 2);
  clock.advance(100);
  deliver();
  assert.equal(one.reserve(3), 'never');
  // Something cheaper is asked for anew.
  assert.equal(one.reserve(1.5), 'later');
  deliver();
  clock.advance(100);
  deliver();
  assert.ok(isTaken(one.reserve(1.5)));
});

test('whatever comes late, all shards together never spend more than the cap', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('reserve' as const),
      shard: fc.nat(2),
      usd: fc.double({ min: 0.01, max: 3, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant('settle' as const),
      shard: fc.nat(2),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ kind: fc.constant('deliver' as const), count: fc.nat(3) }),
    fc.record({ kind: fc.constant('wait' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { purses, budgets, clock, deliver } = rigOf(10, 3);
      const open: Reservation[][] = [[], [], []];
      for (const each of steps) {
        if (each.kind === 'deliver') deliver(each.count);
        else if (each.kind === 'wait') clock.advance(100);
        else if (each.kind === 'reserve') {
          const admission = purses[each.shard]?.reserve(each.usd);
          if (isTaken(admission)) open[each.shard]?.push(admission);
        } else {
          const reservation = open[each.shard]?.shift();
          if (reservation !== undefined) purses[each.shard]?.settle(reservation, reservation.worstUsd * each.share);
        }
        const spent = budgets.reduce((sum, budget) => sum + budget.spentUsd, 0);
        const reserved = purses.reduce((sum, purse) => sum + purse.reservedUsd, 0);
        if (spent + reserved > 10 + 1e-9) return false;
      }
      return true;
    }),
    { numRuns: 300, seed: 7 },
  );
});
