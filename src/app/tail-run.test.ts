import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord, buildRun } from '../../test/support/record-builder.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { AppContext } from './context.ts';
import { tailRun } from './tail-run.ts';

/** A clock whose every wait lets `onWait` happen and is over at once. */
function waiting(onWait: (count: number) => Promise<void>): Clock {
  let count = 0;
  return {
    nowMs: () => 0,
    epochMs: () => 0,
    after(_, callback) {
      void onWait(++count).then(callback);
      return () => undefined;
    },
    soon: () => () => undefined,
  };
}

test('a run is followed from look to look, and left when it has ended', async () => {
  const store = createMemoryStore();
  await store.createRun(buildRun());
  const clock = waiting(async (count) => {
    if (count === 3) await store.finishRun('run-1', { state: 'completed', durationMs: 5 });
    else if (count === 1) await store.append('run-1', { records: [buildRecord()], windows: [], progress: [] });
  });
  let opens = 0;
  const openStore: AppContext['openStore'] = async () => {
    if (++opens === 1) throw new AppError('STORE_LOCKED', { db: 'x', holder: '' });
    return store;
  };
  const locked: string[] = [];
  const seen: string[] = [];
  const context = { openStore } as unknown as AppContext;
  const input = { db: 'x', runId: undefined, clock, everyMs: 1, onLocked: () => void locked.push('locked') };
  for await (const { state, requests } of tailRun(context, input)) seen.push(`${state} ${requests}`);
  assert.deepEqual(seen, ['running 1', 'completed 1']);
  assert.deepEqual(locked, ['locked']);
});

test('a run that is not there is an error', async () => {
  const context = { openStore: async () => createMemoryStore() } as unknown as AppContext;
  const input = {
    db: 'x',
    runId: 'none',
    clock: waiting(async () => undefined),
    everyMs: 1,
    onLocked: () => undefined,
  };
  await assert.rejects(tailRun(context, input).next(), { code: 'NO_RUNS' });
});
