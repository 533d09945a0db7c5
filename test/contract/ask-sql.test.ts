import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { answerSql } from '../../src/app/ask-sql.ts';
import { openStore } from '../../src/store/open.ts';
import { buildRecord, buildRun } from '../support/record-builder.ts';

const given = { folder: '', db: '' };

before(async () => {
  given.folder = mkdtempSync(join(tmpdir(), 'llm-bench-sql-'));
  given.db = join(given.folder, 'odd "name".duckdb');
  const store = await openStore(given.db, 'write');
  for (const [id, count] of [
    ['a', 2],
    ['b', 3],
  ] as const) {
    await store.createRun(buildRun({ id }));
    const records = Array.from({ length: count }, (_, index) => buildRecord({ id: index + 1 }));
    await store.append(id, { records, windows: [], progress: [] });
    await store.finishRun(id, { state: 'completed', durationMs: 1 });
  }
  await store.setBaseline({ name: 'main', runId: 'b', setAtIso: '2026-01-01T00:00:00.000Z' });
  await store.close();
});

after(() => rmSync(given.folder, { recursive: true, force: true }));

async function ask(sql: string, more: { run?: string; format?: 'table' | 'csv' | 'json' } = {}): Promise<string> {
  let text = '';
  await answerSql({
    ...{ db: given.db, sql, run: more.run, format: more.format ?? 'json' },
    write: async (piece) => {
      text += piece;
    },
    layOut: (rows) => rows.map((row) => row.join('|')).join('\n'),
  });
  return text;
}

test('an answer as JSON, CSV and a table', async () => {
  const sql = `SELECT run_id, count(*) AS n, [1, NULL] AS list, '=x' AS text FROM requests GROUP BY ALL ORDER BY ALL`;
  assert.deepEqual(JSON.parse(await ask(sql)), [
    { run_id: 'a', n: 2, list: [1, null], text: '=x' },
    { run_id: 'b', n: 3, list: [1, null], text: '=x' },
  ]);
  const csv = await ask(sql, { format: 'csv' });
  assert.equal(csv, `"run_id","n","list","text"\n"a",2,"[1,null]","'=x"\n"b",3,"[1,null]","'=x"\n`);
  assert.equal(await ask(`SELECT 1 AS a, NULL AS b, chr(27) AS c`, { format: 'table' }), 'a|b|c\n1||\\u001b\n');
  assert.deepEqual(JSON.parse(await ask('SELECT 1 AS a WHERE false')), []);
});

test('of one run the tables hold no other, also by the name of a baseline', async () => {
  const sql = 'SELECT run_id, count(*) AS n FROM requests GROUP BY ALL';
  assert.deepEqual(JSON.parse(await ask(sql, { run: 'a' })), [{ run_id: 'a', n: 2 }]);
  assert.deepEqual(JSON.parse(await ask(sql, { run: 'main' })), [{ run_id: 'b', n: 3 }]);
});

test('nothing can be changed, and no other file read or written', async () => {
  const other = join(given.folder, 'other.csv');
  for (const sql of [
    'DELETE FROM runs',
    'CREATE TABLE x (a INTEGER)',
    `COPY runs TO '${other}'`,
    `SELECT * FROM read_text('/etc/hostname')`,
    `ATTACH '${join(given.folder, 'y.duckdb')}'`,
    'SET enable_external_access = true',
    'SELECT nothing FROM nowhere',
  ]) {
    await assert.rejects(ask(sql), { code: 'SQL_REFUSED' }, sql);
  }
  assert.equal(existsSync(other), false);
  assert.deepEqual(JSON.parse(await ask('SELECT count(*) AS n FROM runs')), [{ n: 2 }]);
});

test('runs that are kept elsewhere must be copied first', async () => {
  const input = { db: 'sqlite:x.db', sql: 'SELECT 1', run: undefined, format: 'json' } as const;
  const answer = answerSql({ ...input, write: async () => undefined, layOut: () => '' });
  await assert.rejects(answer, { code: 'SQL_REFUSED', message: /not sqlite$/ });
});
