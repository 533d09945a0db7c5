import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInstants, buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Window } from '../model/window.ts';
import { createWindowTally, windowErrorRate } from './windows.ts';

/** A window in which nothing happened but what is named. */
function windowOf(second: number, seen: Partial<Window> = {}): Window {
  return { second, completed: 0, failed: 0, good: 0, tokens: 0, inFlight: 0, ...seen };
}

function windowsOf(...records: readonly RequestRecord[]): readonly Window[] {
  const tally = createWindowTally();
  for (const record of records) tally.add(record, false);
  return tally.all(0);
}

const FAILED: RequestRecord['outcome'] = {
  kind: 'failed',
  failure: {
    kind: 'truncated',
    message: 'cut off',
    status: 200,
    code: undefined,
    retryAfterMs: undefined,
    excerpt: undefined,
  },
};

test('tokens count in the second they arrived, the request in the second it ended', () => {
  const record = buildStreamedRecord({ startedAtMs: 500, tokenAtMs: [900, 999.9, 1000, 2100], endedAtMs: 2200 });
  assert.deepEqual(windowsOf(record), [
    windowOf(0, { tokens: 2, inFlight: 1 }),
    windowOf(1, { tokens: 1, inFlight: 1 }),
    windowOf(2, { tokens: 1, completed: 1 }),
  ]);
});

test('seconds in which nothing happened are there too', () => {
  assert.deepEqual(windowsOf(buildStreamedRecord({ startedAtMs: 3100, tokenAtMs: [3200], endedAtMs: 3300 })), [
    windowOf(0),
    windowOf(1),
    windowOf(2),
    windowOf(3, { tokens: 1, completed: 1 }),
  ]);
});

test('several requests add up', () => {
  const one = buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [100, 200], endedAtMs: 300 });
  const other = buildStreamedRecord({ startedAtMs: 400, tokenAtMs: [500], endedAtMs: 1500 });
  assert.deepEqual(windowsOf(one, other), [
    windowOf(0, { tokens: 3, completed: 1, inFlight: 1 }),
    windowOf(1, { completed: 1 }),
  ]);
});

for (const [what, startedAtMs, endedAtMs, expected] of [
  ['within one second is never in flight at its end', 1000, 1999.9, [0, 0]],
  ['up to the very end of a second is in flight there', 1500, 2000, [0, 1, 0]],
  ['from the very start of a second was not in flight before', 2000, 2500, [0, 0, 0]],
  ['over three ends of seconds is in flight at each', 500, 3500, [1, 1, 1, 0]],
] as const) {
  test(`a request ${what}`, () => {
    const windows = windowsOf(buildStreamedRecord({ startedAtMs, tokenAtMs: [], endedAtMs }));
    assert.deepEqual(
      windows.map((window) => window.inFlight),
      expected,
    );
  });
}

test('tokens of failed and cancelled requests count; only the failed one is a failure', () => {
  const failed = buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [100, 200], endedAtMs: 300, outcome: FAILED });
  const outcome = { kind: 'cancelled', by: 'end' } as const;
  const cancelled = buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [400], endedAtMs: 500, outcome });
  assert.deepEqual(windowsOf(failed, cancelled), [windowOf(0, { tokens: 3, failed: 1 })]);
});

test('tokens of an answer in one body arrive at its end', () => {
  const instants = buildInstants({ startedAtMs: 200, endedAtMs: 1200 });
  const usage = { ...buildRecord().usage, outputTokens: 7 };
  assert.deepEqual(windowsOf(buildRecord({ instants, events: [], isStreamed: false, usage })), [
    windowOf(0, { inFlight: 1 }),
    windowOf(1, { tokens: 7, completed: 1 }),
  ]);
});

test('good requests count in the second they ended', () => {
  const tally = createWindowTally();
  tally.add(buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [], endedAtMs: 1300 }), true);
  tally.add(buildStreamedRecord({ startedAtMs: 1000, tokenAtMs: [], endedAtMs: 1400 }), false);
  assert.deepEqual(tally.all(0), [windowOf(0, { inFlight: 1 }), windowOf(1, { completed: 2, good: 1 })]);
});

test('warm-up requests leave no trace', () => {
  const record = buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [100], endedAtMs: 1300, phase: 'warmup' });
  assert.deepEqual(windowsOf(record), []);
});

for (const [untilMs, seconds] of [
  [0, 0],
  [0.5, 1],
  [1000, 1], // the second that ends there is the last
  [1000.5, 2], // half a millisecond of the second one
  [2999, 3],
  [3000, 3],
] as const) {
  test(`up to ${untilMs} ms there are ${seconds} windows`, () => {
    const windows = createWindowTally().all(untilMs);
    assert.deepEqual(
      windows,
      Array.from({ length: seconds }, (_, second) => windowOf(second)),
    );
  });
}

test('windows after the asked end stay', () => {
  const tally = createWindowTally();
  tally.add(buildStreamedRecord({ startedAtMs: 2500, tokenAtMs: [], endedAtMs: 2600 }), false);
  assert.equal(tally.all(1000).length, 3);
});

test('changed windows are taken once, ascending, as they stand', () => {
  const tally = createWindowTally();
  tally.add(buildStreamedRecord({ startedAtMs: 1800, tokenAtMs: [1900], endedAtMs: 1950 }), false);
  assert.deepEqual(tally.takeChanged(), [windowOf(0), windowOf(1, { tokens: 1, completed: 1 })]);
  assert.deepEqual(tally.takeChanged(), []);

  tally.add(buildStreamedRecord({ startedAtMs: 500, tokenAtMs: [600, 2100], endedAtMs: 2200 }), false);
  assert.deepEqual(tally.takeChanged(), [
    windowOf(0, { tokens: 1, inFlight: 1 }),
    windowOf(1, { tokens: 1, completed: 1, inFlight: 1 }),
    windowOf(2, { tokens: 1, completed: 1 }),
  ]);
});

test('asking for all windows changes none but the new ones', () => {
  const tally = createWindowTally();
  tally.add(buildStreamedRecord({ startedAtMs: 100, tokenAtMs: [200], endedAtMs: 300 }), false);
  tally.takeChanged();
  tally.all(1000);
  assert.deepEqual(tally.takeChanged(), []);
  tally.all(3000);
  assert.deepEqual(tally.takeChanged(), [windowOf(1), windowOf(2)]);
});

test('what was taken does not change any more', () => {
  const tally = createWindowTally();
  const record = buildStreamedRecord({ startedAtMs: 100, tokenAtMs: [200], endedAtMs: 300 });
  tally.add(record, false);
  const taken = [tally.takeChanged(), tally.all(0)];
  tally.add(record, false);
  const before = [windowOf(0, { tokens: 1, completed: 1 })];
  assert.deepEqual(taken, [before, before]);
});

test('the error rate of a second is over those that ended in it', () => {
  assert.equal(windowErrorRate(windowOf(0, { completed: 3, failed: 1 })), 0.25);
  assert.equal(windowErrorRate(windowOf(0, { completed: 3 })), 0);
  assert.equal(windowErrorRate(windowOf(0, { failed: 2 })), 1);
  assert.equal(windowErrorRate(windowOf(0, { tokens: 9, inFlight: 5 })), undefined);
});
