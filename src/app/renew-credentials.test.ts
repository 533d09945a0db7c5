import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { AppError } from '../errors.ts';
import { NO_CREDENTIALS } from '../model/target.ts';
import { type CredentialRenewal, keepCredentialsFresh, type RenewedCredentials } from './renew-credentials.ts';

const EPOCH_MS = 1_767_225_600_000;
const MINUTE_MS = 60_000;

describe('credentials that end', () => {
  const rows: readonly (readonly [lifeMs: number, renewedAtMs: number])[] = [
    [60 * MINUTE_MS, 55 * MINUTE_MS],
    [20 * MINUTE_MS, 15 * MINUTE_MS],
    [4 * MINUTE_MS, 3 * MINUTE_MS],
    [1_000, 10_000],
    [-5 * MINUTE_MS, 10_000],
  ];
  for (const [lifeMs, renewedAtMs] of rows) {
    test(`after ${lifeMs} ms are replaced after ${renewedAtMs} ms`, async () => {
      const rig = rigOf([lifeMs]);
      await rig.pass(renewedAtMs - 1);
      assert.deepEqual(rig.got, []);
      await rig.pass(1);
      assert.deepEqual(rig.got, [[0, 'key-1']]);
    });
  }

  test('are replaced again and again, each by its own end, until the last holds', async () => {
    const rig = rigOf([60 * MINUTE_MS], [20 * MINUTE_MS, 20 * MINUTE_MS, undefined]);
    await rig.pass(55 * MINUTE_MS);
    await rig.pass(15 * MINUTE_MS);
    await rig.pass(14 * MINUTE_MS);
    assert.deepEqual(
      rig.got.map(([, key]) => key),
      ['key-1', 'key-2'],
    );
    await rig.pass(1 * MINUTE_MS);
    assert.deepEqual(
      rig.got.map(([, key]) => key),
      ['key-1', 'key-2', 'key-3'],
    );
    assert.equal(rig.clock.pendingTimers, 0);
  });

  test('go to their own target', async () => {
    const rig = rigOf([undefined, 4 * MINUTE_MS, undefined]);
    await rig.pass(3 * MINUTE_MS);
    assert.deepEqual(rig.got, [[1, 'key-1']]);
  });

  test('that cannot be got are tried for again, and the user is told', async () => {
    const rig = rigOf([60 * MINUTE_MS], ['refused', 'refused', undefined]);
    await rig.pass(55 * MINUTE_MS);
    await rig.pass(10_000);
    assert.deepEqual(rig.got, []);
    await rig.pass(10_000);
    assert.deepEqual(rig.got, [[0, 'key-3']]);
    assert.deepEqual(rig.warnings, Array(2).fill('a token could not be renewed: IBM Cloud: HTTP 503'));
  });

  test('and hold for years do not overrun a timer', async () => {
    const rig = rigOf([400 * 24 * 60 * MINUTE_MS]);
    await rig.pass(2_147_483_646);
    assert.deepEqual(rig.got, []);
    await rig.pass(1);
    assert.deepEqual(rig.got, [[0, 'key-1']]);
  });
});

describe('when the run is over', () => {
  test('nothing is waited for', () => {
    const rig = rigOf([60 * MINUTE_MS, 20 * MINUTE_MS]);
    assert.equal(rig.clock.pendingTimers, 2);
    rig.stop();
    assert.equal(rig.clock.pendingTimers, 0);
  });

  test('what still comes is dropped, a failure too', async () => {
    for (const outcome of [20 * MINUTE_MS, 'refused'] as const) {
      const rig = rigOf([60 * MINUTE_MS], [outcome]);
      rig.clock.advance(55 * MINUTE_MS);
      rig.stop();
      await rig.pass(0);
      assert.deepEqual([rig.got, rig.warnings, rig.clock.pendingTimers], [[], [], 0]);
    }
  });
});

interface Rig {
  readonly clock: VirtualClock;
  readonly got: (readonly [targetIndex: number, key: string | undefined])[];
  readonly warnings: string[];
  readonly stop: () => void;
  /** Time passes, and then what was asked for comes. */
  pass(ms: number): Promise<void>;
}

/** `lives`: how long each target's credentials hold. `next`: how long the ones after hold, in order of being asked for. */
function rigOf(lives: readonly (number | undefined)[], next: readonly (number | undefined | 'refused')[] = []): Rig {
  const clock = createVirtualClock(0, EPOCH_MS);
  const got: [number, string | undefined][] = [];
  const warnings: string[] = [];
  let asked = 0;
  const renewalOf = (lifeMs: number): CredentialRenewal => ({
    expiresAtMs: clock.epochMs() + lifeMs,
    async fetch(): Promise<RenewedCredentials> {
      const outcome = next[asked++];
      if (outcome === 'refused')
        throw new AppError('KEY_UNAVAILABLE', { giver: 'IBM Cloud', problem: 'HTTP 503', hint: 'wait' });
      const credentials = { ...NO_CREDENTIALS, apiKey: `key-${asked}` };
      return { credentials, renewal: outcome === undefined ? undefined : renewalOf(outcome) };
    },
  });
  const stop = keepCredentialsFresh({
    renewals: lives.map((lifeMs) => (lifeMs === undefined ? undefined : renewalOf(lifeMs))),
    clock,
    log: { warn: (line) => warnings.push(line), info: () => undefined, debug: () => undefined },
    onRenewed: (targetIndex, { apiKey }) => got.push([targetIndex, apiKey]),
  });
  return {
    clock,
    got,
    warnings,
    stop,
    async pass(ms) {
      clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
