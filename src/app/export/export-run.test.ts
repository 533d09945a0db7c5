import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildPlan, buildRecord, buildRun, buildTarget } from '../../../test/support/record-builder.ts';
import { recordsOf } from '../../contract/from-run-document.ts';
import type { RunDocument } from '../../contract/run-document.ts';
import { runDocumentSchema } from '../../contract/run-document-schema.ts';
import { parseThreshold, type Threshold } from '../../metrics/threshold.ts';
import { createMemoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import { exportRun } from './export-run.ts';
import type { ExportTarget } from './export-target.ts';

const folder = { path: '' };
before(() => {
  folder.path = mkdtempSync(join(tmpdir(), 'llm-bench-export-'));
});
after(() => rmSync(folder.path, { recursive: true, force: true }));

const ODD = '=1+1\t"NUL \0, ä 漢字 👩‍🚀\r\n';

/** Three requests: one with odd texts, one failed, one of the warm-up. */
async function filledStore(): Promise<Store> {
  const store = createMemoryStore();
  await store.createRun(buildRun({ plan: buildPlan({ targets: [buildTarget({ model: '=model' })] }) }));
  const failure = { kind: 'server', message: ODD, status: 500, code: '-1', retryAfterMs: 0.1 + 0.2 } as const;
  await store.append('run-1', {
    records: [
      buildRecord({ id: 1, promptName: ODD, text: { prompt: ODD, reasoning: '', answer: '\0' } }),
      buildRecord({ id: 2, outcome: { kind: 'failed', failure: { ...failure, excerpt: undefined } } }),
      buildRecord({ id: 3, phase: 'warmup' }),
    ],
    windows: [],
    progress: [],
  });
  await store.finishRun('run-1', { state: 'completed', durationMs: 2_000 });
  return store;
}

async function write(...targets: readonly Partial<ExportTarget>[]): Promise<readonly string[]> {
  const filled = targets.map((target): ExportTarget => {
    const format = target.format ?? 'json';
    return { file: join(folder.path, `x.${format}`), table: undefined, ...target, format };
  });
  const options = { targets: filled, thresholds: [], stdout: async () => undefined };
  return (await exportRun(await filledStore(), 'run-1', options)).files;
}

test('JSON holds every request and the conclusions, and reads back as the same records', async () => {
  const [file = ''] = await write({ format: 'json' });
  const document = JSON.parse(readFileSync(file, 'utf8')) as RunDocument;
  assert.equal(runDocumentSchema.safeParse(document).success, true);
  const expected = [];
  for await (const block of (await filledStore()).records('run-1')) expected.push(...block);
  assert.deepEqual(recordsOf(document), expected);
  assert.equal(document.targets[0]?.requests.completed, 1);
});

test('JSON lines: a line a request, and the run last', async () => {
  const [file = ''] = await write({ format: 'jsonl' });
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const parsed = lines.map((line) => JSON.parse(line) as { kind: string; id?: number; promptName?: string });
  assert.deepEqual(
    parsed.map(({ kind }) => kind),
    ['request', 'request', 'request', 'run'],
  );
  assert.equal(parsed[0]?.promptName, ODD);
});

test('CSV: full precision, units in names, each metric where its population has the request', async () => {
  const [file = ''] = await write({ format: 'csv' });
  const [head = '', ...rows] = readFileSync(file, 'utf8').split('\n"run-1",');
  const names: readonly string[] = head.split(',').map((name) => name.slice(1, -1));
  for (const name of ['ttft_ms', 'e2e_ms', 'tpot_ms', 'tokens_per_second', 'cost_usd', 'failure_retry_after_ms']) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(rows.length, 3);
  assert.ok(rows[0]?.includes(`"'${ODD.replaceAll('"', '""')}"`));
  assert.ok(rows[1]?.includes('0.30000000000000004'));
  // A failed request has no TTFT among the completed, and no E2E: its time to error is 121 ms.
  const cells = readFileSync(file, 'utf8').split('\n').at(-2)?.split(',') ?? [];
  assert.equal(cells[names.indexOf('ttft_ms')], '100');
  assert.equal(cells[names.indexOf('tokens_per_second')], String((2 / 21) * 1_000));
});

test('CSV of windows says which seconds are steady, as far as it is known', async () => {
  const [file = ''] = await write({ format: 'csv', table: 'windows' });
  assert.equal(readFileSync(file, 'utf8').split('\n')[1], '"run-1",0,"local","\'=model",0,,1,1,1,4,0');
});

test('several files come from one reading, and nothing else is left behind', async () => {
  for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name));
  await write({ format: 'json' }, { format: 'csv' }, { format: 'markdown' }, { format: 'junit' }, { format: 'jsonl' });
  assert.deepEqual(readdirSync(folder.path), ['x.csv', 'x.json', 'x.jsonl', 'x.junit', 'x.markdown']);
});

test('where one file cannot be written none appears', async () => {
  for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name));
  const missing = join(folder.path, 'missing', 'x.csv');
  await assert.rejects(write({ format: 'json' }, { format: 'csv', file: missing }), { code: 'FILE_NOT_WRITTEN' });
  assert.deepEqual(readdirSync(folder.path), []);
});

test('conditions are judged from what is exported', async () => {
  const parsed = parseThreshold('ttft.p50 > 99ms') as Threshold;
  const texts: string[] = [];
  const stdout = async (text: string): Promise<void> => void texts.push(text);
  const targets: readonly ExportTarget[] = [{ file: undefined, format: 'junit', table: undefined }];
  const { verdict } = await exportRun(await filledStore(), 'run-1', { targets, thresholds: [parsed], stdout });
  assert.equal(verdict?.isPassed, false);
  assert.match(texts.join(''), /failures="1"/);
});
