import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import type { RequestRecord } from '../../src/model/record.ts';
import { EMPTY_PROFILE } from '../../src/model/target.ts';
import { openStore } from '../../src/store/open.ts';
import { REQUEST_COLUMNS, TOKEN_EVENT_COLUMNS } from '../../src/store/rows.ts';
import { BASELINE_COLUMNS, PROVIDER_COLUMNS, RUN_COLUMNS, WINDOW_COLUMNS } from '../../src/store/run-rows.ts';
import { buildRecord, buildRun } from '../support/record-builder.ts';
import { appendUntilKilled, buildRecords, checkWholeBatches, endAll, idsOf, start } from './store-children.ts';
import { buildBatch } from './store-process.ts';

describe('a DuckDB file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'llm-bench-duckdb-'));
    path = join(folder, 'runs.duckdb');
  });
  afterEach(async () => {
    endAll();
    await rm(folder, { recursive: true });
  });

  it('of the first schema is read, and written on', async () => {
    const packed = await readFile(join(import.meta.dirname, '../fixtures/stores/schema-1.duckdb.gz'));
    await writeFile(path, gunzipSync(packed));
    const reading = await openStore(path, 'read');
    const { run, state } = (await reading.findRun('old')) ?? assert.fail('the run is gone');
    assert.equal(state, 'completed');
    assert.deepStrictEqual(run.plan.targets[0]?.profile, EMPTY_PROFILE);
    assert.deepStrictEqual([run.plan.parameterMode, run.plan.budgetUsd], ['pass', undefined]);
    assert.deepStrictEqual(run.plan.tokenCounting, { when: 'missing', tokenizer: undefined });
    let record: RequestRecord | undefined;
    for await (const block of reading.records('old')) record = block.at(-1);
    assert.deepStrictEqual([record?.usage.outputTokens, record?.usage.cacheWriteInputTokens], [3, undefined]);
    assert.deepStrictEqual([record?.counted, record?.serverTimings], [undefined, undefined]);
    assert.deepStrictEqual([record?.text?.prompt, record?.text?.reasoning], ['hi', '']);
    assert.deepStrictEqual([run.labels, run.imported, await reading.baselines()], [[], undefined, []]);
    await reading.close();

    const writing = await openStore(path, 'write');
    await writing.createRun(buildRun({ id: 'next' }));
    await writing.append('next', buildBatch(0, 1));
    assert.deepStrictEqual(
      (await writing.listRuns(undefined)).map(({ id }) => id),
      ['old', 'next'],
    );
    await writing.close();
  });

  it('shows a run that its process left as interrupted, with the time up to its last record', async () => {
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    await store.append('run-1', buildBatch(3, 2));
    await store.close();
    for (const mode of ['read', 'write'] as const) {
      const again = await openStore(path, mode);
      const found = await again.findRun('run-1');
      assert.deepStrictEqual([found?.state, found?.durationMs], ['interrupted', 399]);
      const [listed] = await again.listRuns(undefined);
      assert.deepStrictEqual([listed?.state, listed?.durationMs], ['interrupted', 399]);
      await again.close();
    }
  });

  it('is refused while another process writes, with that process named', async () => {
    const other = start('write', path);
    assert.equal(await other.nextLine(), 'open');
    for (const mode of ['read', 'write'] as const) {
      await assert.rejects(openStore(path, mode), {
        code: 'STORE_LOCKED',
        message: `${path} is in use by another process (process ${other.child.pid})`,
      });
    }
    await other.end();
    await (await openStore(path, 'write')).close();
  });

  it('is read by two processes at once', async () => {
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    await store.close();
    const reading = await openStore(path, 'read');
    const other = start('read', path);
    assert.deepStrictEqual([await other.nextLine(), await other.nextLine()], ['open', 'runs 1']);
    assert.equal((await reading.listRuns(undefined)).length, 1);
    await other.end();
    await reading.close();
  });

  it('is not read and written by one process in two stores', async () => {
    const store = await openStore(path, 'write');
    await assert.rejects(openStore(path, 'read'), { code: 'STORE_LOCKED' });
    await store.close();
    await (await openStore(path, 'read')).close();
  });

  it('gives the records of one moment, whatever is written meanwhile', async () => {
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    await store.append('run-1', { records: buildRecords(0, 2_500), windows: [], progress: [] });
    const ids: number[] = [];
    for await (const block of store.records('run-1')) {
      if (ids.length === 0) {
        await store.append('run-1', { records: buildRecords(2_500, 10), windows: [], progress: [] });
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
      store.append('run-1', { records, windows: [], progress: [] }),
      /2147483648 does not fit a column of type integer/,
    );
    const { windows } = buildBatch(1, 1);
    await assert.rejects(
      store.append('run-1', {
        records: [buildRecord({ id: 3 })],
        windows: windows.map((each) => ({ ...each, window: { ...each.window, good: 0.5 } })),
        progress: [],
      }),
    );
    await store.append('run-1', { records: [buildRecord({ id: 4 })], windows: [], progress: [] });
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

  describe('that cannot be opened', () => {
    const refusals: readonly {
      readonly name: string;
      readonly make: () => Promise<unknown>;
      readonly reason: string;
    }[] = [
      { name: 'text', make: () => writeFile(path, 'once upon a time'.repeat(999)), reason: 'it is not a DuckDB file' },
      {
        name: 'a file of another database',
        make: () => writeFile(path, `SQLite format 3\0${'\0'.repeat(5_000)}`),
        reason: 'it is not a DuckDB file',
      },
      {
        name: 'a folder',
        make: async () => {
          path = folder;
        },
        reason: 'it is a folder',
      },
    ];
    for (const { name, make, reason } of refusals) {
      it(`${name} is STORE_UNREADABLE`, async () => {
        await make();
        for (const mode of ['read', 'write'] as const) {
          await assert.rejects(openStore(path, mode), {
            code: 'STORE_UNREADABLE',
            message: `${path} cannot be opened: ${reason}`,
          });
        }
      });
    }

    it('one cut short is STORE_UNREADABLE, in one line', async () => {
      await (await openStore(path, 'write')).close();
      await truncate(path, 5_000);
      for (const mode of ['read', 'write'] as const) {
        await assert.rejects(openStore(path, mode), { code: 'STORE_UNREADABLE', message: /^[^\n]+$/ });
      }
    });

    it('one in a folder that is missing is STORE_UNREADABLE', async () => {
      await assert.rejects(openStore(join(folder, 'none', 'runs.duckdb'), 'write'), {
        code: 'STORE_UNREADABLE',
        message: /its folder does not exist$/,
      });
    });

    it('one that is missing is STORE_NOT_FOUND to a reader, and is not made', async () => {
      await assert.rejects(openStore(path, 'read'), { code: 'STORE_NOT_FOUND' });
      assert.deepStrictEqual(await readdir(folder), []);
    });

    it('one of a newer schema is STORE_TOO_NEW', async () => {
      await (await openStore(path, 'write')).close();
      await runSql(path, "COMMENT ON TABLE runs IS 'llm-bench schema 999'");
      for (const mode of ['read', 'write'] as const) {
        await assert.rejects(openStore(path, mode), { code: 'STORE_TOO_NEW', message: /schema 999, this one knows 6/ });
      }
    });

    it('one whose table runs is somebody else’s is STORE_UNREADABLE', async () => {
      await runSql(path, 'CREATE TABLE runs (distance INTEGER)');
      for (const mode of ['read', 'write'] as const) {
        await assert.rejects(openStore(path, mode), {
          code: 'STORE_UNREADABLE',
          message: /table runs is not of llm-bench/,
        });
      }
    });

    it('one that holds a word we never wrote is STORE_UNREADABLE when read', async () => {
      const store = await openStore(path, 'write');
      await store.createRun(buildRun());
      await store.append('run-1', buildBatch(0, 1));
      await store.close();
      await runSql(path, "UPDATE requests SET outcome = 'vanished'; UPDATE runs SET plan_json = '[]'");
      const reading = await openStore(path, 'read');
      await assert.rejects(idsOf(reading), { code: 'STORE_UNREADABLE', message: /column outcome holds "vanished"/ });
      await assert.rejects(reading.findRun('run-1'), { code: 'STORE_UNREADABLE', message: /plan_json holds no plan/ });
      await reading.close();
    });
  });

  it('of somebody else takes our tables from a writer, and holds none for a reader', async () => {
    await runSql(path, 'CREATE TABLE theirs (a INTEGER); INSERT INTO theirs VALUES (42)');
    await assert.rejects(openStore(path, 'read'), { code: 'STORE_UNREADABLE', message: /holds no llm-bench tables$/ });
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    await store.close();
    assert.deepStrictEqual(await runSql(path, 'SELECT a FROM theirs'), [[42]]);
  });

  it('that is empty, as mktemp leaves one, is filled by a writer', async () => {
    await writeFile(path, '');
    await assert.rejects(openStore(path, 'read'), { code: 'STORE_UNREADABLE', message: /it is empty$/ });
    await (await openStore(path, 'write')).close();
    await (await openStore(path, 'read')).close();
  });

  it('that was deleted, but for its write-ahead log, does not come back', async () => {
    await appendUntilKilled(path, 5, { line: 20, afterMs: 0 });
    await rm(path);
    const store = await openStore(path, 'write');
    assert.deepStrictEqual(await store.listRuns(undefined), []);
    await store.close();
  });

  it('leaves nothing beside it', async () => {
    const store = await openStore(path, 'write');
    await store.createRun(buildRun());
    await store.close();
    assert.deepStrictEqual(await readdir(folder), ['runs.duckdb']);
  });

  it('has six tables, with the columns of our rows in their order', async () => {
    await (await openStore(path, 'write')).close();
    const expected = {
      baselines: BASELINE_COLUMNS,
      providers: PROVIDER_COLUMNS,
      requests: REQUEST_COLUMNS,
      runs: RUN_COLUMNS,
      token_events: TOKEN_EVENT_COLUMNS,
      window_metrics_1s: WINDOW_COLUMNS,
    };
    const types: Readonly<Record<string, string>> = {
      text: 'VARCHAR',
      double: 'DOUBLE',
      integer: 'INTEGER',
      boolean: 'BOOLEAN',
    };
    assert.deepStrictEqual(
      await runSql(
        path,
        'SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index',
      ),
      Object.entries(expected).flatMap(([table, columns]) =>
        Object.entries(columns).map(([column, type]) => [table, column, types[type]]),
      ),
    );
  });
});

async function runSql(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const rows = await (await connection.run(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
