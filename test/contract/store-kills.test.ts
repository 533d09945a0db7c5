/**
 * Processes that write are killed with SIGKILL at moments of a seeded schedule. `npm test` kills a few of each database's;
 * `npm run test:kill` kills 60 of each.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createRandom } from '../../src/random.ts';
import { openStore } from '../../src/store/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { buildRun } from '../support/record-builder.ts';
import { appendUntilKilled, checkWholeBatches, endAll } from './store-children.ts';

const KILLS = Number(process.env['STORE_KILLS'] ?? '8');

/** Token events of a request: small batches stay in a write-ahead log, large ones bring on checkpoints amid an append. */
const SIZES = [5, 5, 500, 5, 4_000];

describe('a process that writes, killed at any moment', () => {
  let server: PostgresServer;
  let folder: string;
  before(async () => {
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), 'llm-bench-kills-'));
  });
  after(async () => {
    endAll();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const engines: Readonly<Record<string, (trial: number) => Promise<string>>> = {
    duckdb: async (trial) => join(folder, `${trial}.duckdb`),
    sqlite: async (trial) => `sqlite:${join(folder, `${trial}.db`)}`,
    postgres: () => server.createSchema(),
  };

  for (const [engine, place] of Object.entries(engines)) {
    describe(engine, { concurrency: 3 }, () => {
      const random = createRandom(2026, `kills of ${engine}`);
      for (let trial = 0; trial < KILLS; trial++) {
        const events = SIZES[trial % SIZES.length] ?? 5;
        const moment = { line: 1 + Math.floor(random.next() * (events === 5 ? 80 : 12)), afterMs: random.next() * 12 };

        it(`${trial}: of ${events} events a request, ${moment.afterMs.toFixed(1)} ms after line ${moment.line}`, async () => {
          const location = await place(trial);
          const acknowledged = await appendUntilKilled(location, events, moment);
          if (engine === 'postgres') await untilNobodyWrites(server, location);
          // Of a reader, and then of a writer, who mends the file.
          for (const mode of ['read', 'write'] as const) {
            const store = await openStore(location, mode);
            const batches = await checkWholeBatches(store, events);
            assert.ok(batches >= acknowledged, `${batches} batches of ${acknowledged} acknowledged`);
            assert.ok(batches <= acknowledged + 1, 'a batch that was never begun');
            if (mode === 'write') {
              await store.createRun(buildRun({ id: 'next' }));
              await store.finishRun('next', { state: 'completed', durationMs: 1 });
            }
            await store.close();
          }
        });
      }
    });
  }
});

/** The server learns of a process's death a moment after it. */
async function untilNobodyWrites(server: PostgresServer, url: string): Promise<void> {
  const name = new URL(url).searchParams.get('application_name');
  const sql = `SELECT pid FROM pg_stat_activity WHERE application_name = '${name}'`;
  while ((await server.runSql(sql)).length > 0);
}
