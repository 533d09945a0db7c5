import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { AppContext } from '../../src/app/context.ts';
import { type CopiedRuns, type CopyRunsInput, copyRuns } from '../../src/app/copy-runs.ts';
import { loadResult } from '../../src/app/result.ts';
import { NO_PROXIES } from '../../src/model/proxy.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { buildPlan, buildRecord, buildRun, buildTarget } from '../support/record-builder.ts';
import { buildBatch } from './store-process.ts';
import { CANCELLED_RECORD, EMPTY_RECORD, FAILED_RECORD, FULL_RECORD } from './store-samples.ts';

describe('runs copied from one database to another', () => {
  let server: PostgresServer;
  let folder: string;

  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'llm-bench-copy-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are the same after a journey through all of them', async () => {
    const places = [
      join(folder, 'a.duckdb'),
      join(folder, 'b.db'),
      await server.createSchema(),
      join(folder, 'c.duckdb'),
    ];
    const [first = '', ...others] = places;
    await fill(first);
    let from = first;
    for (const to of others) {
      assert.deepEqual((await copy({ from, to })).copied, ['old', 'cut', 'new']);
      from = to;
    }
    const [begin, end] = [await readAll(first), await readAll(from)];
    assert.equal(begin.length, 3);
    assert.deepStrictEqual(end, begin);
  });

  it('are refused where they are, before anything is copied, unless they are to be skipped', async () => {
    const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
    await fill(from);
    assert.deepEqual((await copy({ from, to, runId: 'cut' })).copied, ['cut']);
    await assert.rejects(copy({ from, to }), { code: 'RUN_ID_TAKEN' });
    assert.deepEqual(await idsAt(to), ['cut']);
    const again = await copy({ from, to, skipExisting: true });
    assert.deepEqual([again.copied, again.skipped], [['old', 'new'], ['cut']]);
    assert.deepEqual(await idsAt(to), ['new', 'cut', 'old']);
  });

  it('are not skipped where the target has another of that name', async () => {
    const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
    await fill(from);
    await using(to, (store) => store.createRun(buildRun({ id: 'old', startedAtIso: '2020-01-01T00:00:00.000Z' })));
    await assert.rejects(copy({ from, to, skipExisting: true }), { code: 'RUN_DIFFERS' });
    assert.deepEqual(await idsAt(to), ['old']);
  });

  it('are copied anew where a killed copy has left a part', async () => {
    const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
    await fill(from);
    await using(from, async (source) => {
      const { run } = (await source.findRun('old')) ?? assert.fail('the run is gone');
      await using(to, (store) => store.createRun(run));
    });
    const { copied, skipped } = await copy({ from, to, skipExisting: true });
    assert.deepEqual([copied, skipped], [['old', 'cut', 'new'], []]);
    assert.deepStrictEqual(await readAll(to), await readAll(from));
  });

  it('are whole or not there when the copy is stopped, and can be gone on with', async () => {
    const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
    await fill(from);
    const seen: number[] = [];
    const stopped = await copy({
      from,
      to,
      onProgress: ({ place }) => seen.push(place),
      isStopped: () => seen.includes(2),
    });
    assert.deepEqual([stopped.copied, stopped.isCutShort], [['old'], true]);
    assert.deepEqual(await idsAt(to), ['old']);
    const { copied, isCutShort } = await copy({ from, to, skipExisting: true });
    assert.deepEqual([copied, isCutShort], [['cut', 'new'], false]);
    assert.deepStrictEqual(await readAll(to), await readAll(from));
  });

  it('are left out while they run, and refused when asked for', async () => {
    const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
    await fill(from);
    await using(from, async (store) => {
      await store.createRun(buildRun({ id: 'alive' }));
      const { copied, running } = await copy({ from, to });
      assert.deepEqual([copied.length, running], [3, ['alive']]);
      await assert.rejects(copy({ from, to, runId: 'alive' }), { code: 'RUN_IS_RUNNING' });
      await assert.rejects(copy({ from, to, runId: 'nobody' }), { code: 'RUN_NOT_FOUND' });
    });
  });

  it('leave nothing at the target when the source fails halfway', async () => {
    const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
    await fill(from);
    const failing = async (location: string, mode: 'write' | 'read'): Promise<Store> => {
      const store = await openStore(location, mode);
      if (location !== from) return store;
      store.windows = async () => assert.fail('torn');
      return store;
    };
    await assert.rejects(copy({ from, to, runId: 'old' }, failing), /torn/);
    assert.deepEqual(await idsAt(to), []);
  });
});

function copy(input: Partial<CopyRunsInput>, open: AppContext['openStore'] = openStore): Promise<CopiedRuns> {
  const log = { warn: () => undefined, info: () => undefined, debug: () => undefined };
  const url = new URL('file:///none');
  const context = {
    version: '0',
    log,
    openStore: open,
    threadUrl: url,
    countingThreadUrl: url,
    calibrationFile: undefined,
    proxies: () => NO_PROXIES,
  };
  return copyRuns(context, {
    from: '',
    to: '',
    runId: undefined,
    skipExisting: false,
    isStopped: () => false,
    onProgress: () => undefined,
    ...input,
  });
}

/** One run of every kind of record and two targets, one that broke off, one with more than a block of records. */
async function fill(location: string): Promise<void> {
  await using(location, async (store) => {
    const plan = buildPlan({ targets: ['a', 'b', 'c'].map((model) => buildTarget({ model })) });
    await store.createRun(buildRun({ id: 'old', plan }));
    const records = [EMPTY_RECORD, FAILED_RECORD, CANCELLED_RECORD, FULL_RECORD];
    await store.append('old', { ...buildBatch(1, 1), records });
    await store.finishRun('old', { state: 'over-budget', durationMs: 0.1 + 0.2 });
    await store.createRun(buildRun({ id: 'cut', plan, startedAtIso: '2026-02-01T00:00:00.000Z' }));
    await store.append('cut', buildBatch(0, 3));
    await store.createRun(buildRun({ id: 'new', startedAtIso: '2026-03-01T00:00:00.000Z' }));
    const many = Array.from({ length: 1_200 }, (_, id) => buildRecord({ id }));
    await store.append('new', { records: many, windows: [], progress: [] });
    await store.finishRun('new', { state: 'completed', durationMs: 5 });
    await store.dropEvents(['new'], '2026-04-01T00:00:00.000Z');
  });
}

async function readAll(location: string): Promise<unknown[]> {
  const read: unknown[] = [];
  await using(location, async (store) => {
    for (const { id } of await store.listRuns(undefined)) {
      const windows = await Promise.all([0, 1, 2].map((target) => store.windows(id, target)));
      read.push([await store.findRun(id), await loadResult(store, id, { withRecords: true }), windows]);
    }
  });
  return read;
}

async function idsAt(location: string): Promise<string[]> {
  const ids: string[] = [];
  await using(location, async (store) => {
    ids.push(...(await store.listRuns(undefined)).map(({ id }) => id));
  });
  return ids;
}

async function using(location: string, use: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore(location, 'write');
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
