import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildRecord, buildRun, buildStreamedRecord } from '../../../test/support/record-builder.ts';
import type { Run } from '../../model/run.ts';
import { createMemoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import type { AppContext } from '../context.ts';
import { exportRun } from '../export/export-run.ts';
import { loadResult } from '../result.ts';
import { importFile } from './import-run.ts';

const given = { folder: '' };
before(() => {
  given.folder = mkdtempSync(join(tmpdir(), 'llm-bench-import-'));
});
after(() => rmSync(given.folder, { recursive: true, force: true }));

function contextOf(store: Store): AppContext {
  const open = { ...store, close: async () => undefined };
  return { openStore: async () => open, version: '0.1.0', transport: 'test' } as unknown as AppContext;
}

async function importJson(content: unknown): Promise<readonly Run[]> {
  const file = join(given.folder, 'result.json');
  writeFileSync(file, JSON.stringify(content));
  const store = createMemoryStore();
  const imported = await importFile(contextOf(store), { db: 'x', file, runId: 'in' });
  const found = await Promise.all(imported.map(({ id }) => store.findRun(id)));
  return found.flatMap((stored) => (stored === undefined ? [] : [stored.run]));
}

const sameAs = (run: Run | undefined): Record<string, string | undefined> =>
  Object.fromEntries((run?.imported?.figures ?? []).map((figure) => [figure.name, figure.sameAs]));

test('vLLM: figures keep their names, and only ITL means one of ours', async () => {
  const [run] = await importJson({
    ...{ date: '20260131-104500', model_id: 'm', num_prompts: 9, max_concurrency: 4, duration: 2 },
    ...{ request_throughput: 4.5, mean_ttft_ms: 60.5, 'p99.9_ttft_ms': 99, mean_itl_ms: 8, mean_tpot_ms: 9 },
    generated_texts: ['a secret'],
  });
  assert.deepEqual(sameAs(run), { ttft: undefined, itl: 'tbt', tpot: undefined, request_throughput: undefined });
  const [ttft] = run?.imported?.figures ?? [];
  assert.deepEqual([ttft?.unit, ttft?.statistics], ['ms', { mean: 60.5, 'p99.9': 99 }]);
  assert.deepEqual([run?.startedAtIso, run?.plan.targets[0]?.model], ['2026-01-31T10:45:00.000Z', 'm']);
  assert.doesNotMatch(JSON.stringify(run), /secret/);
});

test('AIPerf: what it calls inter-token latency is our TPOT', async () => {
  const [run] = await importJson({
    aiperf_version: '0.10.0',
    request_latency: { unit: 'ms', avg: 2_413.5, p99: 2_439.4 },
    request_throughput: { unit: 'requests/sec', avg: 0.82 },
    inter_token_latency: { unit: 'ms', avg: 35.2 },
    time_to_first_token: { unit: 'ms', avg: 195.8 },
  });
  assert.equal(run?.imported?.toolVersion, '0.10.0');
  assert.deepEqual(sameAs(run), {
    ...{ request_latency: undefined, request_throughput: undefined },
    ...{ inter_token_latency: 'tpot', time_to_first_token: undefined },
  });
});

test('guidellm: each benchmark is a run; its ITL is our TPOT and its TPOT nothing of ours', async () => {
  const metrics = {
    inter_token_latency_ms: { successful: { mean: 12, count: 3, percentiles: { p95: 15 } } },
    time_per_output_token_ms: { successful: { mean: 20, count: 3 }, errored: { mean: 0, count: 0 } },
  };
  const runs = await importJson({ metadata: {}, benchmarks: [{ metrics }, { metrics }] });
  assert.deepEqual(
    runs.map(({ id }) => id),
    ['in.1', 'in.2'],
  );
  assert.deepEqual(sameAs(runs[0]), { inter_token_latency_ms: 'tpot', time_per_output_token_ms: undefined });
  assert.deepEqual(runs[0]?.imported?.figures[0]?.statistics, { mean: 12, count: 3, p95: 15 });
});

for (const format of ['json', 'jsonl'] as const) {
  test(`our own ${format} comes back with its requests, labels, and the same latencies`, async () => {
    const source = createMemoryStore();
    await source.createRun(buildRun({ labels: ['nightly'] }));
    const records = [
      buildStreamedRecord({ id: 1, startedAtMs: 0, tokenAtMs: [10, 20.5], endedAtMs: 21.5 }),
      buildRecord({ id: 2, text: { prompt: 'a\0b', reasoning: '', answer: '=1' } }),
    ];
    await source.append('run-1', { records, windows: [], progress: [] });
    await source.finishRun('run-1', { state: 'completed', durationMs: 130 });
    const file = join(given.folder, `ours.${format}`);
    const targets = [{ file, format, table: undefined }];
    await exportRun(source, 'run-1', { targets, thresholds: [], stdout: async () => undefined });

    const store = createMemoryStore();
    const input = { db: 'x', file, runId: undefined };
    assert.deepEqual(await importFile(contextOf(store), input), [{ id: 'run-1', tool: 'llm-bench' }]);
    const [before, after_] = await Promise.all(
      [source, store].map((each) => loadResult(each, 'run-1', { withRecords: true })),
    );
    assert.deepEqual(after_?.records, before?.records);
    assert.deepEqual(after_?.targets[0]?.metrics['ttft'], before?.targets[0]?.metrics['ttft']);
    assert.deepEqual([after_?.run.labels, after_?.run.imported?.tool], [['nightly'], 'llm-bench']);
    assert.equal((await store.listRuns(1))[0]?.importedFrom, 'llm-bench');
  });
}

test('what nobody wrote is refused with a reason', async () => {
  for (const [content, problem] of [
    [{ a: 1 }, /nothing in it tells whose result it is/],
    [[1], /it holds no object/],
    [{ schema: 'llm-bench/run/1' }, /cannot be imported: .* at /],
  ] as const) {
    await assert.rejects(importJson(content), { code: 'IMPORT_UNUSABLE', message: problem });
  }
});
