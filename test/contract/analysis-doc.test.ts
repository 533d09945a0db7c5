import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { exportRun } from '../../src/app/export/export-run.ts';
import { loadResult } from '../../src/app/result.ts';
import type { TargetSummary } from '../../src/metrics/summary.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { buildPlan, buildRun, buildStreamedRecord, buildTarget } from '../support/record-builder.ts';

const PAGE = readFileSync(new URL('../../docs/analysis.md', import.meta.url), 'utf8');
const QUERIES = [...PAGE.matchAll(/\n([^\n]+)\n\n```sql\n([^`]+)```/g)].map(([, title = '', sql = '']) => ({
  title,
  sql,
}));

const given: { folder: string; targets: readonly TargetSummary[] } = { folder: '', targets: [] };

before(async () => {
  given.folder = mkdtempSync(join(tmpdir(), "llm-bench analysis' "));
  const store = createMemoryStore();
  await store.createRun(buildRun({ plan: buildPlan({ targets: [buildTarget(), buildTarget({ model: 'other' })] }) }));
  const records = Array.from({ length: 200 }, (_, index) => {
    const startedAtMs = index * 37.3;
    const first = startedAtMs + 100 + ((index * 7919) % 101) / 3;
    const tokenAtMs = [first, first + 10.1, first + 10.1 + (index % 13), first + 60.7];
    const isFailed = index % 40 === 3;
    const failure = { kind: 'server', message: 'boom', status: 500, code: undefined } as const;
    return buildStreamedRecord({
      ...{ id: index + 1, targetIndex: index % 2, promptName: `p${index % 3}`, startedAtMs, tokenAtMs },
      phase: index < 10 ? 'warmup' : 'measure',
      endedAtMs: first + 61,
      ...(isFailed
        ? { outcome: { kind: 'failed', failure: { ...failure, retryAfterMs: undefined, excerpt: undefined } } as const }
        : {}),
    });
  });
  const progress = [0, 1].map((targetIndex) => ({
    ...{ targetIndex, measureStartAtMs: 400, measureEndAtMs: 7_400, drainEndAtMs: 7_600, dropped: 0, threads: [] },
  }));
  await store.append('run-1', { records, windows: [], progress });
  await store.finishRun('run-1', { state: 'completed', durationMs: 8_000 });
  const targets = [{ file: join(given.folder, 'run.parquet'), format: 'parquet', table: undefined }] as const;
  await exportRun(store, 'run-1', { targets, thresholds: [], stdout: async () => undefined });
  given.targets = (await loadResult(store, 'run-1', { withRecords: false }))?.targets ?? [];
});

after(() => rmSync(given.folder, { recursive: true, force: true }));

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const inFolder = sql.replaceAll(/'(run\.\w+\.parquet)'/g, (_, file: string) => {
      return `'${join(given.folder, file).replaceAll("'", "''")}'`;
    });
    const reader = await connection.runAndReadAll(inFolder);
    return reader.getRowObjects();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

test('three files come out, and nothing is left beside them', () => {
  assert.deepEqual(readdirSync(given.folder), [
    'run.requests.parquet',
    'run.token_events.parquet',
    'run.windows.parquet',
  ]);
});

test('the page holds queries', () => assert.ok(QUERIES.length >= 7, String(QUERIES.length)));

for (const { title, sql } of QUERIES) {
  test(`the query of docs/analysis.md runs: ${title}`, async () => {
    assert.ok((await query(sql)).length > 0);
  });
}

test('they give our own figures, to the last digit', async () => {
  const latency = await query(QUERIES[0]?.sql ?? '');
  const gaps = await query(QUERIES[2]?.sql ?? '');
  const windows = await query(QUERIES[3]?.sql ?? '');
  for (const [index, { metrics, requests }] of given.targets.entries()) {
    const row = latency[index];
    assert.equal(Number(row?.['completed']), requests.completed);
    assert.equal(row?.['ttft_p50_ms'], metrics['ttft']?.p50);
    assert.equal(row?.['ttft_p95_ms'], metrics['ttft']?.p95);
    assert.equal(row?.['e2e_p95_ms'], metrics['e2e']?.p95);
    assert.equal(gaps[index]?.['tbt_p99_ms'], metrics['tbt']?.p99);
    assert.equal(Number(gaps[index]?.['n']), metrics['tbt']?.n);
    assert.equal(windows[index]?.['requests_per_second'], metrics['rps']?.mean);
  }
});
