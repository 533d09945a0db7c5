import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTarget } from '../../test/support/record-builder.ts';
import type { LiveTarget } from './live.ts';
import { watchOverload } from './overload-watch.ts';

function look(counts: Partial<LiveTarget>): LiveTarget {
  return {
    target: buildTarget(),
    phase: 'measure',
    started: 0,
    inFlight: 0,
    completed: 0,
    failed: 0,
    ...counts,
  } as LiveTarget;
}

test('failures end a step once they cannot be chance', () => {
  const watch = watchOverload({ isOpen: false, maxErrorRatio: 0.01 });
  // P(X ≥ 1 of 1) at 1 % is 0.01; of 2 of 2 it is 0.0001.
  assert.equal(watch.look(0, look({ failed: 1 })), undefined);
  assert.equal(watch.look(1_000, look({ failed: 2 })), 'errors');
  // 1 − 0.99^100 × (1 + 100/99 + …): three of 100 are no rarity.
  assert.equal(
    watchOverload({ isOpen: false, maxErrorRatio: 0.01 }).look(0, look({ failed: 3, completed: 97 })),
    undefined,
  );
});

test('failures of the warm-up do not count', () => {
  const watch = watchOverload({ isOpen: true, maxErrorRatio: 0.01 });
  assert.equal(watch.look(0, look({ phase: 'warmup', failed: 50 })), undefined);
});

/** 40 arrivals a second, 20 answers. */
const behind = (second: number): LiveTarget =>
  look({ started: 40 * second, inFlight: 20 * second, completed: 20 * second });

test('a server that falls behind ends a step after two looks in a row, in open loop only', () => {
  const open = watchOverload({ isOpen: true, maxErrorRatio: 0.01 });
  const closed = watchOverload({ isOpen: false, maxErrorRatio: 0.01 });
  const seen = Array.from({ length: 20 }, (_, second) => open.look(second * 1_000, behind(second)));
  // After 8 s: 160 arrivals and 80 more in flight since 4 s, and 8 + 3.5 × √320 is 70.6. After 7 s: 60, against 60.2.
  assert.equal(seen.indexOf('over-saturated'), 9);
  assert.ok(
    Array.from({ length: 20 }, (_, second) => closed.look(second * 1_000, behind(second))).every(
      (each) => each === undefined,
    ),
  );
});
