import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AppError } from '../../src/errors.ts';
import { openStore } from '../../src/store/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { buildRecord, buildRun } from '../support/record-builder.ts';
import { buildRecords, endAll, idsOf, start } from './store-children.ts';
import { BATCH_REQUESTS, buildBatch } from './store-process.ts';

const NOTHING = { records: [], windows: [], progress: [] };

describe('a PostgreSQL database', () => {
  let server: PostgresServer;
  let url: string;

  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());
  beforeEach(async () => {
    url = await server.createSchema();
  });
  afterEach(endAll);

  it('is read and written by others while a run is written, and the run lives', async () => {
    const writer = start('append', url);
    for (const line of ['open', 'created', 'begin 0', 'done 0']) assert.equal(await writer.nextLine(), line);
    for (const mode of ['read', 'write'] as const) {
      const store = await openStore(url, mode);
      assert.equal((await store.findRun('run-1'))?.state, 'running');
      assert.equal((await store.listRuns(undefined))[0]?.state, 'running');
      const ids = await idsOf(store);
      assert.ok(ids.length > 0 && ids.length % BATCH_REQUESTS === 0, 'a batch by half');
      await assert.rejects(store.createRun(buildRun()), { code: 'RUN_ID_TAKEN' });
      await store.close();
    }
    writer.child.kill('SIGKILL');
    await writer.end();
    await untilNobodyWrites(server, url);
    const store = await openStore(url, 'read');
    assert.equal((await store.findRun('run-1'))?.state, 'interrupted');
    assert.equal((await store.listRuns(undefined))[0]?.state, 'interrupted');
    await store.close();
  });

  it('gets its tables once, from whichever of several comes first', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(url, 'write')));
    for (const store of stores) await store.close();
  });

  it('tells the writer of a run that somebody removed', async () => {
    const store = await openStore(url, 'write');
    await store.createRun(buildRun());
    const other = await openStore(url, 'write');
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
    const store = await openStore(url, 'write');
    await store.createRun(buildRun());
    await store.append('run-1', { ...NOTHING, records: buildRecords(0, 2_500) });
    const ids: number[] = [];
    for await (const block of store.records('run-1')) {
      if (ids.length === 0) await store.removeRun('run-1');
      ids.push(...block.map((record) => record.id));
    }
    assert.equal(ids.length, 2_500);
    await store.close();
  });

  it('takes all of a batch or none, and goes on after one that it refused', async () => {
    const store = await openStore(url, 'write');
    await store.createRun(buildRun());
    const records = [buildRecord({ id: 1 }), buildRecord({ id: 2 ** 31 })];
    await assert.rejects(store.append('run-1', { ...NOTHING, records }), /does not fit a column of type integer/);
    const twice = [buildRecord({ id: 2 }), buildRecord({ id: 2 })];
    await assert.rejects(store.append('run-1', { ...NOTHING, records: twice }), { code: 'STORE_WRITE_FAILED' });
    await store.append('run-1', { ...NOTHING, records: [buildRecord({ id: 4 })] });
    assert.deepStrictEqual(await idsOf(store), [4]);
    await store.close();
  });

  describe('that cannot be opened', () => {
    it('one without our tables, of a newer schema or with somebody’s table runs', async () => {
      await assert.rejects(openStore(url, 'read'), { code: 'STORE_UNREADABLE', message: /holds no llm-bench tables$/ });
      await (await openStore(url, 'write')).close();
      await server.runSql("COMMENT ON TABLE runs IS 'llm-bench schema 999'", url);
      for (const mode of ['read', 'write'] as const) {
        await assert.rejects(openStore(url, mode), { code: 'STORE_TOO_NEW', message: /schema 999, this one knows 5/ });
      }
      await server.runSql('COMMENT ON TABLE runs IS NULL', url);
      for (const mode of ['read', 'write'] as const) {
        await assert.rejects(openStore(url, mode), { code: 'STORE_UNREADABLE', message: /runs is not of llm-bench/ });
      }
    });

    const refusals: readonly (readonly [what: string, change: (url: URL) => void, reason: RegExp])[] = [
      [
        'a wrong password',
        (at) => {
          at.password = 'guessed';
        },
        /refuses the user or the password$/,
      ],
      [
        'a database that is not there',
        (at) => {
          at.pathname = '/nowhere';
        },
        /database "nowhere" does not exist$/,
      ],
      [
        'a port where nobody listens',
        (at) => {
          at.port = '1';
        },
        /no server listens there$/,
      ],
      [
        'a schema that is not there',
        (at) => at.searchParams.set('options', '-csearch_path=none'),
        /leads to no schema/,
      ],
    ];
    for (const [what, change, message] of refusals) {
      it(`${what}, and no password is said`, async () => {
        const located = new URL(url);
        change(located);
        for (const mode of ['read', 'write'] as const) {
          await assert.rejects(openStore(located.href, mode), (error: unknown) => {
            assert.ok(error instanceof AppError);
            assert.equal(error.code, 'STORE_UNREADABLE');
            assert.match(error.message, message);
            assert.doesNotMatch(`${error.message} ${error.hint}`, /secret-word|guessed|\n/);
            return true;
          });
        }
      });
    }

    it('its password stands in no location', async () => {
      const store = await openStore(url, 'write');
      assert.match(store.location, /^postgresql:\/\/\w+(?::\*\*\*)?@/);
      await store.close();
    });
  });
});

/** Connections of this URL that hold a run. */
function writersOf(url: string): string {
  return `FROM pg_stat_activity WHERE application_name = '${new URL(url).searchParams.get('application_name')}'
    AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')`;
}

/** The server learns of a process's death a moment after it. */
async function untilNobodyWrites(server: PostgresServer, url: string): Promise<void> {
  while ((await server.runSql(`SELECT pid ${writersOf(url)}`)).length > 0);
}
