import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord, buildRun } from '../../test/support/record-builder.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';
import { planPruning, prune } from './prune-runs.ts';
import { loadResult } from './result.ts';

const DAY_MS = 86_400_000;

/** Runs of so many days ago; `named` is a baseline, `live` still runs. */
async function filled(): Promise<{ readonly store: Store; readonly context: AppContext }> {
  const store = createMemoryStore();
  for (const [id, days] of Object.entries({ old: 103, named: 100, live: 101, middle: 10, fresh: 1 })) {
    await store.createRun(buildRun({ id, startedAtIso: new Date(Date.now() - days * DAY_MS).toISOString() }));
    await store.append(id, { records: [buildRecord()], windows: [], progress: [] });
    if (id !== 'live') await store.finishRun(id, { state: 'completed', durationMs: 1 });
  }
  await store.setBaseline({ name: 'main', runId: 'named', setAtIso: '2026-01-01T00:00:00.000Z' });
  const openStore = async (): Promise<Store> => ({ ...store, close: async () => undefined });
  return { store, context: { openStore } as unknown as AppContext };
}

const RULES = { olderThanMs: 90 * DAY_MS, keepEventsMs: 7 * DAY_MS };

test('what would go is said, and nothing goes', async () => {
  const { store, context } = await filled();
  const plan = await planPruning(context, 'x', RULES);
  assert.deepEqual([plan.remove.map(({ id }) => id), plan.dropEvents.map(({ id }) => id)], [['old'], ['middle']]);
  assert.deepEqual(
    plan.spared.map(({ run, why }) => `${run.id}: ${why}`),
    ['named: baseline main', 'live: it is running'],
  );
  assert.equal((await store.listRuns(undefined)).length, 5);
});

test('old runs go, younger ones lose their token events, and their ledger says so', async () => {
  const { store, context } = await filled();
  await prune(context, 'x', RULES);
  const left = (await store.listRuns(undefined)).map(({ id }) => id);
  assert.deepEqual(left, ['fresh', 'middle', 'named', 'live']);
  const middle = await loadResult(store, 'middle', { withRecords: true });
  assert.deepEqual([middle?.records?.[0]?.events, middle?.targets[0]?.metrics['itl']?.n], [[], 0]);
  assert.match(middle?.targets[0]?.validity[0]?.text ?? '', /^the token events of this run were removed on 20/);
  assert.equal((await loadResult(store, 'fresh', { withRecords: false }))?.targets[0]?.metrics['itl']?.n, 1);
  // A second time there is nothing left to do.
  const again = await prune(context, 'x', RULES);
  assert.deepEqual([again.remove, again.dropEvents], [[], []]);
});
