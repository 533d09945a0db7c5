import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import type { Timeouts } from '../model/plan.ts';
import { type Deadline, type ExchangeProgress, nextDeadline, watchDeadlines } from './deadlines.ts';

/** Connected or not, nothing has come of a request that started at 1000. */
const OPENING: ExchangeProgress = {
  startedAtMs: 1_000,
  connectingSinceMs: 1_000,
  isConnected: false,
  hasHeaders: false,
  hasToken: false,
  lastReadAtMs: 0,
  doneAtMs: undefined,
};
const CONNECTED: ExchangeProgress = { ...OPENING, isConnected: true };
const ANSWERING: ExchangeProgress = { ...CONNECTED, hasHeaders: true, lastReadAtMs: 1_300 };
const GENERATING: ExchangeProgress = { ...ANSWERING, hasToken: true, lastReadAtMs: 1_400 };

const ALL: Timeouts = { connectMs: 100, firstTokenMs: 500, idleMs: 250, totalMs: 2_000 };
const TOTAL_ONLY: Timeouts = { connectMs: 100, firstTokenMs: undefined, idleMs: undefined, totalMs: 2_000 };

for (const [situation, timeouts, progress, kind, atMs] of [
  ['no connection yet', ALL, OPENING, 'timeout-connect', 1_100], // 1000 + 100
  ['connected, no headers', ALL, CONNECTED, 'timeout-first-token', 1_500], // 1000 + 500; idle has not begun
  ['headers, idle later', ALL, ANSWERING, 'timeout-first-token', 1_500], // idle would be 1300 + 250
  ['headers, idle sooner', ALL, { ...ANSWERING, lastReadAtMs: 1_200 }, 'timeout-idle', 1_450], // 1200 + 250
  ['tokens come', ALL, GENERATING, 'timeout-idle', 1_650], // 1400 + 250
  ['tokens come, near the end', ALL, { ...GENERATING, lastReadAtMs: 2_900 }, 'timeout-total', 3_000], // idle: 3150
  ['no limit but the total', TOTAL_ONLY, CONNECTED, 'timeout-total', 3_000], // 1000 + 2000
  ['no limit but the total, tokens come', TOTAL_ONLY, GENERATING, 'timeout-total', 3_000],
  ['connecting may take longer than the rest', { ...ALL, connectMs: 9_000 }, OPENING, 'timeout-first-token', 1_500],
  ['a second connection is being made', ALL, { ...OPENING, connectingSinceMs: 1_300 }, 'timeout-connect', 1_400], // 1300 + 100
  ['the terminal marker was read', ALL, { ...GENERATING, doneAtMs: 1_410 }, 'linger', 1_660], // 1410 + 250
  ['marker read, however near the total', ALL, { ...GENERATING, doneAtMs: 2_990 }, 'linger', 3_240], // 2990 + 250
] as const) {
  test(`${situation}: ${kind} comes next, at ${atMs}`, () => {
    assert.deepEqual(nextDeadline(timeouts, progress), { kind, atMs });
  });
}

for (const [timeouts, progress, kind] of [
  [{ ...ALL, connectMs: 500 }, OPENING, 'timeout-connect'],
  [{ ...ALL, firstTokenMs: 2_000 }, CONNECTED, 'timeout-first-token'],
  [{ ...ALL, firstTokenMs: 550 }, ANSWERING, 'timeout-first-token'], // idle: 1300 + 250 = 1000 + 550
  [ALL, { ...GENERATING, lastReadAtMs: 2_750 }, 'timeout-idle'], // 2750 + 250 = 1000 + 2000
] as const) {
  test(`of two limits at the same instant ${kind} is named: it says more`, () => {
    assert.equal(nextDeadline(timeouts, progress).kind, kind);
  });
}

interface Watched {
  readonly expired: [Deadline['kind'], number, number][];
  readonly watch: ReturnType<typeof watchDeadlines>;
  readonly clock: ReturnType<typeof createVirtualClock>;
  deadline: Deadline;
}

/** A watch over one deadline that the test moves. What expired is listed as kind, its time, and the time now. */
function watched(first: Deadline): Watched {
  const clock = createVirtualClock();
  const expired: Watched['expired'] = [];
  const moved = { deadline: first };
  const watch = watchDeadlines(
    clock,
    () => moved.deadline,
    (kind, atMs) => expired.push([kind, atMs, clock.nowMs()]),
  );
  return Object.assign(moved, { clock, expired, watch });
}

test('a deadline that nothing moves expires at its time, once', () => {
  const { clock, expired } = watched({ kind: 'timeout-total', atMs: 40 });
  clock.advance(39);
  assert.deepEqual(expired, []);
  clock.advance(1_000);
  assert.deepEqual(expired, [['timeout-total', 40, 40]]);
  assert.equal(clock.pendingTimers, 0);
});

test('a thousand reads that each move the deadline away set one timer a limit, not one a read', () => {
  const own = watched({ kind: 'timeout-idle', atMs: 100 });
  for (let read = 0; read < 1_000; read++) {
    own.clock.advance(1);
    own.deadline = { kind: 'timeout-idle', atMs: own.clock.nowMs() + 100 };
  }
  // Over 1000 ms a limit of 100 ms is looked at about every 100 ms.
  assert.ok(own.clock.timersSet <= 11, `${own.clock.timersSet} timers`);
  assert.deepEqual(own.expired, []);
  own.clock.advance(100);
  assert.deepEqual(own.expired, [['timeout-idle', 1_100, 1_100]]);
});

test('a nearer deadline holds after a refresh', () => {
  const own = watched({ kind: 'timeout-total', atMs: 10_000 });
  own.clock.advance(10);
  own.deadline = { kind: 'linger', atMs: 260 };
  own.watch.refresh();
  assert.equal(own.clock.pendingTimers, 1);
  own.clock.advance(250);
  assert.deepEqual(own.expired, [['linger', 260, 260]]);
});

test('a refresh that finds the deadline passed lets it expire within the call', () => {
  const own = watched({ kind: 'timeout-total', atMs: 10_000 });
  own.clock.advance(50);
  own.deadline = { kind: 'timeout-first-token', atMs: 20 };
  own.watch.refresh();
  assert.deepEqual(own.expired, [['timeout-first-token', 20, 50]]);
  assert.equal(own.clock.pendingTimers, 0);
});

test('a stopped watch leaves no timer and never expires', () => {
  const own = watched({ kind: 'timeout-total', atMs: 40 });
  own.watch.stop();
  assert.equal(own.clock.pendingTimers, 0);
  own.clock.advance(100);
  assert.deepEqual(own.expired, []);
});

test('a fraction of a millisecond is waited for, never cut', () => {
  const own = watched({ kind: 'timeout-total', atMs: 10.3 });
  own.clock.advance(10.3);
  assert.deepEqual(own.expired, []);
  own.clock.advance(0.7); // Timers know whole milliseconds only: 11.
  assert.deepEqual(own.expired, [['timeout-total', 10.3, 11]]);
});

test('a limit of sixty days does not overflow a timer', () => {
  const sixtyDaysMs = 5_184_000_000; // 60 × 86 400 000, above 2³¹ − 1
  const own = watched({ kind: 'timeout-total', atMs: sixtyDaysMs });
  own.clock.advance(sixtyDaysMs - 1);
  assert.deepEqual(own.expired, []);
  own.clock.advance(1);
  assert.deepEqual(own.expired, [['timeout-total', sixtyDaysMs, sixtyDaysMs]]);
  assert.equal(own.clock.timersSet, 3); // 2147483647 + 2147483647 + 889032706
});
