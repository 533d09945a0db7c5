/**
 * Databases that earlier versions of this program wrote: one file of each schema. They were filled by those versions with the
 * samples of `store-samples.ts`, as they were then.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { loadResult } from '../../src/app/result.ts';
import type { RequestRecord } from '../../src/model/record.ts';
import { SCHEMA_VERSION } from '../../src/store/duckdb/schema.ts';
import { openStore } from '../../src/store/open.ts';
import { SQL_MIGRATIONS, SQL_SCHEMA_VERSION, SQL_TABLES } from '../../src/store/sql-schema.ts';
import type { Store } from '../../src/store/store.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { buildRun } from '../support/record-builder.ts';
import { buildBatch } from './store-process.ts';
import { CANCELLED_RECORD, EMPTY_RECORD, FAILED_RECORD, FULL_RECORD } from './store-samples.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/stores');

describe('a database of an earlier schema', () => {
  let folder: string;
  let server: PostgresServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'llm-bench-old-'));
    server = await startPostgres();
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  async function unpack(name: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, gunzipSync(await readFile(join(FIXTURES, `samples-${name}.gz`))));
    return path;
  }

  it('is here for every one there was', async () => {
    const names = (await readdir(FIXTURES)).filter((name) => name.startsWith('samples-'));
    const versions = (ending: string, first: number, newest: number): string[] =>
      Array.from({ length: newest - first }, (_, index) => `samples-${first + index}.${ending}.gz`);
    // DuckDB's first has a test of its own: it could not keep what is asked for here.
    assert.deepEqual(
      names.toSorted(),
      [...versions('duckdb', 2, SCHEMA_VERSION), ...versions('sqlite', 1, SQL_SCHEMA_VERSION)].toSorted(),
      'write those of the schema before: node test/contract/write-samples.ts FOLDER, with a checkout of then',
    );
  });

  for (let version = 2; version < SCHEMA_VERSION; version++) {
    it(`in DuckDB: ${version} is read in full, and written on`, async () => {
      await checkOld(await unpack(`${version}.duckdb`));
    });
  }

  for (let version = 1; version < SQL_SCHEMA_VERSION; version++) {
    it(`in SQLite: ${version} is read in full, and written on`, async () => {
      await checkOld(`sqlite:${await unpack(`${version}.sqlite`)}`);
    });

    it(`in PostgreSQL: ${version} is read in full, and written on`, async () => {
      const url = await server.createSchema();
      await fillPostgres(url, new DatabaseSync(await unpack(`${version}.sqlite`)), version);
      await checkOld(url);
    });
  }

  /** Tables as that version made them, with the rows of its SQLite file. */
  async function fillPostgres(url: string, source: DatabaseSync, version: number): Promise<void> {
    const statements = SQL_MIGRATIONS.slice(0, version).flat();
    for (const statement of statements) await server.runSql(statement.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"'), url);
    for (const { name } of SQL_TABLES) {
      if (!statements.some((statement) => statement.startsWith(`CREATE TABLE ${name} `))) continue;
      // JSON is what both write numbers in without loss, and booleans are 0 and 1 in one of them.
      const rows = source.prepare(`SELECT * FROM ${name}`).all();
      const typed = rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([key, value]) => [
            key,
            key.startsWith('is_') && value !== null ? value === 1 : value,
          ]),
        ),
      );
      const json = JSON.stringify(typed).replaceAll("'", "''");
      await server.runSql(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, '${json}')`, url);
    }
    source.close();
    await server.runSql(`COMMENT ON TABLE runs IS 'llm-bench schema ${version}'`, url);
  }
});

/** What that version could not know is unknown. */
const EXPECTED: readonly RequestRecord[] = [EMPTY_RECORD, FAILED_RECORD, CANCELLED_RECORD, FULL_RECORD].map(
  (record) => ({ ...record, asked: undefined }),
);

async function checkOld(location: string): Promise<void> {
  const reading = await openStore(location, 'read');
  const read = await readOld(reading);
  await reading.close();
  const store = await openStore(location, 'write');
  assert.deepStrictEqual(await readOld(store), read);
  assert.deepStrictEqual(await store.baselines(), []);
  await store.createRun(buildRun({ id: 'next', startedAtIso: '2026-03-01T00:00:00.000Z' }));
  await store.append('next', { ...buildBatch(0, 1), records: [FULL_RECORD] });
  for await (const block of store.records('next')) assert.deepStrictEqual(block, [FULL_RECORD]);
  await store.finishRun('next', { state: 'completed', durationMs: 1 });
  const states = (await store.listRuns(undefined)).map(({ id, state }) => [id, state]);
  assert.deepStrictEqual(states, [
    ['next', 'completed'],
    ['broken', 'interrupted'],
    ['old', 'completed'],
  ]);
  await store.close();
}

async function readOld(store: Store): Promise<unknown> {
  const { records, durationMs, ...result } =
    (await loadResult(store, 'old', { withRecords: true })) ?? assert.fail('the run is gone');
  assert.equal(durationMs, 0.1 + 0.2);
  const known = records?.map((record) => ({ ...record, asked: undefined })).toSorted((a, b) => a.id - b.id);
  assert.deepStrictEqual(
    known,
    EXPECTED.toSorted((a, b) => a.id - b.id),
  );
  return [result, await store.windows('old', 0), await store.findRun('broken')];
}
