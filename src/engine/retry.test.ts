import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord } from '../../test/support/record-builder.ts';
import { FAILURE_KINDS, type FailureKind, type RequestRecord } from '../model/record.ts';
import type { Random } from '../random.ts';
import { retryDelayMs } from './retry.ts';

/** Chance that always says the same. */
function fixed(share: number): Random {
  return { next: () => share, exponential: () => share };
}

function failed(kind: FailureKind, options: { attempt?: number; retryAfterMs?: number } = {}): RequestRecord {
  const failure = { kind, message: '', status: undefined, code: undefined, excerpt: undefined };
  return buildRecord({
    attempt: options.attempt ?? 1,
    outcome: { kind: 'failed', failure: { ...failure, retryAfterMs: options.retryAfterMs } },
  });
}

const RULE = { maxRetries: 3, delayMs: 1_000 };

for (const [attempt, share, delayMs] of [
  [1, 0, 500], // 1000 × 1 × (0.5 + 0)
  [1, 0.5, 750], // 1000 × 1 × (0.5 + 0.25)
  [1, 0.999, 999.5], // 1000 × 1 × (0.5 + 0.4995)
  [2, 0, 1_000], // 1000 × 2 × 0.5
  [3, 0.5, 3_000], // 1000 × 4 × 0.75
] as const) {
  test(`attempt ${attempt} that failed waits ${delayMs} ms where chance says ${share}`, () => {
    assert.equal(retryDelayMs(failed('server', { attempt }), RULE, fixed(share)), delayMs);
  });
}

test('the attempt after the last retry gets no further one, and none is made unless asked for', () => {
  assert.equal(retryDelayMs(failed('server', { attempt: 4 }), RULE, fixed(0)), undefined);
  assert.equal(retryDelayMs(failed('server'), { maxRetries: 0, delayMs: 1_000 }, fixed(0)), undefined);
});

for (const [retryAfterMs, delayMs] of [
  [2_500, 2_500], // Longer than the 750 of the rule: the server wins.
  [300, 750], // Shorter: the rule wins.
  [0, 750],
  [120_000, 120_000], // Two minutes are waited for,
  [120_001, undefined], // more is not.
] as const) {
  test(`a Retry-After of ${retryAfterMs} ms leads to ${delayMs === undefined ? 'no retry' : `${delayMs} ms`}`, () => {
    assert.equal(retryDelayMs(failed('rate-limited', { retryAfterMs }), RULE, fixed(0.5)), delayMs);
  });
}

test('a backoff that has grown over two minutes is not waited for either', () => {
  const rule = { maxRetries: 9, delayMs: 60_000 };
  assert.equal(retryDelayMs(failed('server', { attempt: 2 }), rule, fixed(0.999)), 119_940); // 60000 × 2 × 0.9995
  assert.equal(retryDelayMs(failed('server', { attempt: 3 }), rule, fixed(0.5)), undefined); // 60000 × 4 × 0.75
});

test('a rule without delay retries at once', () => {
  assert.equal(retryDelayMs(failed('reset'), { maxRetries: 1, delayMs: 0 }, fixed(0.9)), 0);
});

const PASSING: ReadonlySet<FailureKind> = new Set([
  'dns',
  'connect',
  'tls',
  'timeout-connect',
  'timeout-first-token',
  'timeout-idle',
  'reset',
  'rate-limited',
  'overloaded',
  'server',
  'stream-error',
  'truncated',
]);

for (const kind of FAILURE_KINDS) {
  test(`${kind} is ${PASSING.has(kind) ? '' : 'never '}retried`, () => {
    // Even a server that asks for it cannot make a lasting failure a passing one.
    const delayMs = retryDelayMs(failed(kind, { retryAfterMs: 800 }), RULE, fixed(0));
    assert.equal(delayMs, PASSING.has(kind) ? 800 : undefined);
  });
}

test('completed and cancelled requests are not retried', () => {
  assert.equal(retryDelayMs(buildRecord(), RULE, fixed(0)), undefined);
  assert.equal(retryDelayMs(buildRecord({ outcome: { kind: 'cancelled', by: 'user' } }), RULE, fixed(0)), undefined);
});
