/** Connections to PostgreSQL that are lost, cut at any byte, and servers that go away. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createRandom } from '../../src/random.ts';
import { openStore } from '../../src/store/open.ts';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { buildRun } from '../support/record-builder.ts';
import { checkWholeBatches } from './store-children.ts';
import { buildBatch } from './store-process.ts';

describe('a PostgreSQL database whose connection is lost', () => {
  let server: PostgresServer;
  let url: string;

  before(async () => {
    // Its own, for it goes away.
    server = await startPostgres({ isOwn: true });
  });
  after(() => server.stop());
  beforeEach(async () => {
    url = await server.createSchema();
  });

  /** The same URL by way of a proxy. */
  async function detour(): Promise<{ readonly proxy: CutProxy; readonly url: string } & AsyncDisposable> {
    const located = new URL(url);
    const proxy = await startCutProxy({ host: located.hostname, port: Number(located.port) });
    located.port = String(proxy.port);
    return { proxy, url: located.href, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
  }

  it('is written on, and the run is still known to live', async () => {
    const said: string[] = [];
    const store = await openStore(url, 'write', { say: (line) => said.push(line) });
    await store.createRun(buildRun());
    await store.append('run-1', buildBatch(0, 1));
    await server.runSql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = '${new URL(url).searchParams.get('application_name')}'`);
    await store.append('run-1', buildBatch(1, 1));
    const other = await openStore(url, 'read');
    assert.equal((await other.findRun('run-1'))?.state, 'running');
    await other.close();
    await store.finishRun('run-1', { state: 'completed', durationMs: 1 });
    assert.equal((await store.findRun('run-1'))?.state, 'completed');
    await store.close();
    assert.deepStrictEqual(
      said.map((line) => line.replace(/^\S+: /, '')),
      ['the connection to the server was lost; trying again for 60 s', 'the database is back; nothing was lost'],
    );
  });

  it('takes each batch once, wherever the way is cut', async () => {
    await using way = await detour();
    const store = await openStore(way.url, 'write');
    await store.createRun(buildRun());
    const random = createRandom(2026, 'cut');
    const CUTS = 24;
    let index = 0;
    while (way.proxy.cuts() < CUTS) {
      // A batch is about 4,000 bytes there and 300 back: each of its messages is cut, the commit and its answer too.
      const isThere = index % 2 === 0;
      way.proxy.cutAfter(isThere ? 'there' : 'back', Math.floor(random.next() * (isThere ? 5_000 : 400)));
      await store.append('run-1', buildBatch(index++, 5));
    }
    await store.close();
    const reading = await openStore(url, 'read');
    assert.equal(await checkWholeBatches(reading, 5), index);
    await reading.close();
  });

  it('is written on when the server was away, however often', async () => {
    const store = await openStore(url, 'write');
    await store.createRun(buildRun());
    await store.append('run-1', buildBatch(0, 1));
    await server.goAway();
    const appended = Promise.all([1, 2].map((index) => store.append('run-1', buildBatch(index, 1))));
    await server.comeBack();
    await appended;
    await store.close();
    const reading = await openStore(url, 'read');
    assert.equal(await checkWholeBatches(reading, 1), 3);
    await reading.close();
  });

  it('is given up after its time, which the URL may say, and says so', async () => {
    const store = await openStore(`${url}&reconnect_timeout=0`, 'write');
    await store.createRun(buildRun());
    await store.append('run-1', buildBatch(0, 1));
    await server.goAway();
    for (const index of [1, 2]) {
      await assert.rejects(store.append('run-1', buildBatch(index, 1)), {
        code: 'STORE_WRITE_FAILED',
        message: index === 1 ? /the connection to the server was lost$/ : /no server listens there$/,
      });
    }
    await store.close();
    await server.comeBack();
    const again = await openStore(url, 'read');
    assert.equal(await checkWholeBatches(again, 1), 1);
    await again.close();
    await assert.rejects(openStore(`${url}&reconnect_timeout=soon`, 'write'), { code: 'FLAG_INVALID' });
  });
});
