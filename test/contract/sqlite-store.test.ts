import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { buildRecord, buildRun } from '../support/record-builder.ts';
import { buildRecords, checkWholeBatches, endAll, idsOf, start } from './store-children.ts';
import { BATCH_REQUESTS, buildBatch } from './store-process.ts';

const NOTHING = { records: [], windows: [], progress: [] };

describe('an SQLite file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'llm-bench-sqlite-'));
    path = join(folder, 'runs.db');
  });
  afterEach(async () => {
    endAll();
    await rm(folder, { recursive: true });
  });

  it('is read and written by others while a run is written, and the run lives', async () => {
    const writer = start('append', path);
    for (const line of ['open', 'created', 'begin 0', 'done 0']) assert.equal(await writer.nextLine(), line);
    for (const mode of ['read', 'write'] as const) {
      const store = await openStore(path, mode);
      assert.equal((await store.findRun('run-1'))?.state, 'running');
      assert.equal((await store.listRuns(undefined)).find(({ id }) => id === 'run-1')?.state, 'running');
      const ids = await idsOf(store);
      assert.ok(ids.length > 0 && ids.length % BATCH_REQUESTS === 0, 'a batch by half');
      if (mode === 'write') {
        await assert.rejects(store.createRun(buildRun()), { code: 'RUN_ID_TAKEN' });
        await store.createRun(buildRun({ id: 'beside' }));
        await store.append('beside', buildBatch(0, 5));
        assert.equal((await store.findRun('beside'))?.state, 'running');
      }
      await store.close();
    }
    writer.child.kill('SIGKILL');
    await writer.end();
    const store = await openStore(path, 'read');
    const states = (await store.listRuns(undefined)).map(({ state }) => state);
    assert.deepStrictEqual(states, ['interrupted', 'interrupted']);
    await store.close();
  });

  it('is made by several processes at once', async () => {
    const others = Array.from({ length: 4 }, () => start('write', path));
    for (const other of others) assert.equal(await other.nextLine(), 'open');
    await Promise.all(others.map((other) => other.end()));
  });

  it('tells the writer of a run that somebody removed', async () => {
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    const other = await openStore(path, 'write');
    assert.equal((await other.findRun('run-1'))?.state, 'running');
    await other.removeRun('run-1');
    await other.close();
    await assert.rejects(store.append('run-1', buildBatch(0, 1)), {
      code: 'STORE_WRITE_FAILED',
      message: /the run is gone/,
    });
    assert.deepStrictEqual(await idsOf(store), []);
    await store.close();
  });

  it('gives the records of one moment, whatever is written meanwhile', async () => {
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    await store.append('run-1', { ...NOTHING, records: buildRecords(0, 2_500) });
    const ids: number[] = [];
    for await (const block of store.records('run-1')) {
      if (ids.length === 0) {
        await store.append('run-1', { ...NOTHING, records: buildRecords(2_500, 10) });
        await store.removeRun('run-1');
      }
      ids.push(...block.map((record) => record.id));
    }
    assert.equal(ids.length, 2_500);
    await store.close();
  });

  it('takes all of a batch or none, and goes on after one that it refused', async () => {
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    const records = [buildRecord({ id: 1 }), buildRecord({ id: 2 ** 31 })];
    await assert.rejects(
      store.append('run-1', { ...NOTHING, records }),
      /2147483648 does not fit a column of type integer/,
    );
    const twice = [buildRecord({ id: 2 }), buildRecord({ id: 2 })];
    await assert.rejects(store.append('run-1', { ...NOTHING, records: twice }), { code: 'STORE_WRITE_FAILED' });
    await store.append('run-1', { ...NOTHING, records: [buildRecord({ id: 4 })] });
    assert.deepStrictEqual(await idsOf(store), [4]);
    await store.close();
  });

  it('reports a write that the disk has no room for, and keeps what was acknowledged', async () => {
    // A limit on the size of files stands for a full disk: 4,096 blocks of 1,024 bytes.
    const writer = start('append', path, { events: 8_000, limit: 'ulimit -f 4096' });
    let acknowledged = 0;
    let last = '';
    for (let line = await writer.nextLine(); line !== undefined; line = await writer.nextLine()) {
      if (line.startsWith('done')) acknowledged++;
      last = line;
    }
    assert.equal(last, 'failed STORE_WRITE_FAILED');
    assert.ok(acknowledged > 0);
    const store = await openStore(path, 'read');
    assert.ok((await checkWholeBatches(store, 8_000)) >= acknowledged);
    await store.close();
  });

  it('of the first schema is read, and written on', async () => {
    const packed = await readFile(join(import.meta.dirname, '../fixtures/stores/schema-1.sqlite.gz'));
    await writeFile(path, gunzipSync(packed));
    for (const mode of ['read', 'write'] as const) {
      const store = await openStore(path, mode);
      assert.equal((await store.findRun('old'))?.state, 'completed');
      assert.deepStrictEqual(await idsOf(store, 'old'), [0, 1, 2, 3]);
      assert.deepStrictEqual(await store.baselines(), []);
      if (mode === 'write') await store.createRun(buildRun({ id: 'next' }));
      await store.close();
    }
  });

  it('of somebody else takes our tables from a writer, and holds none for a reader', async () => {
    runSql(path, 'CREATE TABLE theirs (a INTEGER); INSERT INTO theirs VALUES (42)');
    await assert.rejects(openStore(path, 'read'), { code: 'STORE_UNREADABLE', message: /holds no llm-bench tables$/ });
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    await store.close();
    const database = new DatabaseSync(path);
    assert.equal(database.prepare('SELECT a FROM theirs').get()?.['a'], 42);
    database.close();
  });

  describe('that cannot be opened', () => {
    const refusals: readonly (readonly [what: string, make: () => unknown, reason: RegExp])[] = [
      ['text', () => writeFile(path, 'once upon a time'.repeat(999)), /it is not an SQLite file$/],
      ['somebody’s table runs', () => runSql(path, 'CREATE TABLE runs (a)'), /table runs is not of llm-bench$/],
      [
        'somebody’s versioned file',
        () => runSql(path, 'CREATE TABLE a (a); PRAGMA user_version = 7'),
        /another program keeps its own tables there/,
      ],
      [
        'a folder',
        () => {
          path = folder;
        },
        /it is a folder$/,
      ],
      [
        'a missing folder',
        () => {
          path = join(folder, 'none', 'runs.db');
        },
        /its folder does not exist$/,
      ],
    ];
    for (const [what, make, message] of refusals) {
      it(`${what} is STORE_UNREADABLE`, async () => {
        await make();
        for (const mode of ['read', 'write'] as const) {
          await assert.rejects(openStore(`sqlite:${path}`, mode), { code: 'STORE_UNREADABLE', message });
        }
      });
    }

    it('one that is missing is STORE_NOT_FOUND to a reader, and is not made', async () => {
      await assert.rejects(openStore(path, 'read'), { code: 'STORE_NOT_FOUND' });
      assert.deepStrictEqual(await readdir(folder), []);
    });

    it('one that is empty, as mktemp leaves one, is filled by a writer', async () => {
      await writeFile(path, '');
      await assert.rejects(openStore(path, 'read'), { code: 'STORE_UNREADABLE', message: /it is empty$/ });
      await (await openStore(path, 'write')).close();
      await (await openStore(path, 'read')).close();
    });

    it('one cut short is STORE_UNREADABLE, in one line', async () => {
      await (await openStore(path, 'write')).close();
      await truncate(path, 5_000);
      const refusal = { code: 'STORE_UNREADABLE', message: /^[^\n]+$/ };
      await assert.rejects(openAndList(path), refusal);
      await assert.rejects(openStore(path, 'write'), refusal);
    });

    it('one of a newer schema is STORE_TOO_NEW', async () => {
      await (await openStore(path, 'write')).close();
      runSql(path, 'PRAGMA user_version = 999');
      for (const mode of ['read', 'write'] as const) {
        await assert.rejects(openStore(path, mode), { code: 'STORE_TOO_NEW', message: /schema 999, this one knows 5/ });
      }
    });

    it('one that holds a word we never wrote is STORE_UNREADABLE when read', async () => {
      const store = await openStore(path, 'write');
      await store.createRun(buildRun());
      await store.append('run-1', buildBatch(0, 1));
      await store.close();
      runSql(path, "UPDATE requests SET outcome = 'vanished'; UPDATE runs SET plan_json = '[]'");
      const reading = await openStore(path, 'read');
      await assert.rejects(idsOf(reading), { code: 'STORE_UNREADABLE', message: /column outcome holds "vanished"/ });
      await assert.rejects(reading.findRun('run-1'), { code: 'STORE_UNREADABLE', message: /plan_json holds no plan/ });
      await reading.close();
    });
  });
});

async function openAndList(path: string): Promise<void> {
  let store: Store | undefined;
  try {
    store = await openStore(path, 'read');
    await store.listRuns(undefined);
  } finally {
    await store?.close();
  }
}

function runSql(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
