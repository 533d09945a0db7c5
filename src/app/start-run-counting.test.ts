import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildHealth, buildPlan, buildStreamedRecord, buildTarget } from '../../test/support/record-builder.ts';
import type { Plan } from '../model/plan.ts';
import { NO_PROXIES } from '../model/proxy.ts';
import type { RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { type RunOutcome, type StartedRun, startRun } from './start-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-start-counting-'));
after(() => rmSync(folder, { recursive: true }));

const PROGRESS: TargetProgress = {
  targetIndex: 0,
  measureStartAtMs: 0,
  measureEndAtMs: 2_500,
  drainEndAtMs: 2_600,
  dropped: 0,
  threads: [buildHealth({ cpuRatio: 0.1, eventLoopDelayP99Ms: 1 })],
};

const UNREPORTED: RequestRecord['usage'] = {
  inputTokens: undefined,
  cachedInputTokens: undefined,
  cacheWriteInputTokens: undefined,
  longCacheWriteInputTokens: undefined,
  outputTokens: undefined,
  reasoningTokens: undefined,
  raw: undefined,
};

/** An answer whose two events, of three tokens in all, came within one second: "I'M" is one piece of two tokens, " don't" one of one. */
function answer(id: number, second: number, more: Partial<RequestRecord> = {}): RequestRecord {
  const atMs = second * 1_000;
  const record = buildStreamedRecord({
    id,
    startedAtMs: atMs,
    tokenAtMs: [atMs + 100, atMs + 200],
    endedAtMs: atMs + 250,
    usage: UNREPORTED,
    text: { prompt: 'Hello, world!', reasoning: '', answer: "I'M don't" },
    ...more,
  });
  return { ...record, events: record.events.map((event) => ({ ...event, tokens: undefined })) };
}

const RECORDS = [
  answer(1, 0),
  answer(2, 1),
  answer(3, 1, { usage: { ...UNREPORTED, inputTokens: 9, outputTokens: 7 } }),
];

const BATCH_URL = new URL('../engine/batch.ts', import.meta.url).href;

function threadFile(name: string, source: string): URL {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, source);
  return pathToFileURL(file);
}

/** A measuring thread that reports `RECORDS` and ends. */
const MEASURED = threadFile(
  'measured',
  `import { parentPort as port } from 'node:worker_threads';
import { packRecords, transferList } from ${JSON.stringify(BATCH_URL)};
const records = packRecords(${JSON.stringify(RECORDS)});
port.postMessage({ type: 'batch', records, progress: [${JSON.stringify(PROGRESS)}], live: [] }, transferList(records));
port.postMessage({ type: 'end' });
port.close();
`,
);

const COUNTS = new URL('../counting-thread.ts', import.meta.url);
const DIES = threadFile('dies', "throw new Error('no memory');");
const HANGS = threadFile('hangs', 'setInterval(() => undefined, 1_000);');

interface RigInput {
  readonly countingThreadUrl?: URL;
  readonly plan?: Partial<Plan>;
  readonly broken?: Partial<Store>;
}

const MODEL = { targets: [buildTarget({ model: 'gpt-4o' })] };

async function begin(store: Store, { countingThreadUrl = COUNTS, plan = {} }: RigInput): Promise<StartedRun> {
  const context = {
    version: '0.0.0-test',
    log: { warn: () => undefined, info: () => undefined, debug: () => undefined },
    openStore: async () => store,
    threadUrl: MEASURED,
    countingThreadUrl,
    calibrationFile: undefined,
    proxies: () => NO_PROXIES,
  };
  return await startRun(context, {
    runId: 'r-1',
    plan: buildPlan({ ...MODEL, ...plan }),
    items: [],
    credentials: [],
    renewals: [],
    db: 'memory:',
    withRecords: true,
  });
}

async function runWith(input: RigInput): Promise<{ readonly store: Store; readonly outcome: RunOutcome }> {
  const store = createMemoryStore();
  const started = await begin({ ...store, ...input.broken }, input);
  return { store, outcome: await started.outcome };
}

const COUNTED = { inputTokens: 4, outputTokens: 3, tokenizer: 'o200k_base', isApproximate: false };

test('answers without usage are counted after the run, and no text is stored for it', async () => {
  const { store, outcome } = await runWith({});
  assert.deepEqual([outcome.result.state, outcome.trouble], ['completed', undefined]);
  const { records = [], targets } = outcome.result;
  assert.deepEqual(
    records.map(({ counted, text }) => [counted, text]),
    [
      [COUNTED, undefined],
      [COUNTED, undefined],
      [undefined, undefined],
    ],
  );
  for await (const block of store.records('r-1')) assert.deepEqual(block, records);
  // 4 + 4 + 9 and 3 + 3 + 7.
  assert.deepEqual([targets[0]?.tokens.input, targets[0]?.tokens.output, targets[0]?.tokens.source], [17, 13, 'mixed']);
  assert.ok(targets[0]?.validity.some(({ id, text }) => id === 'token-source' && /counted 2 of them/.test(text)));
});

test('the stored windows have the counted tokens too, and are those of the result', async () => {
  const { store, outcome } = await runWith({});
  const windows = await store.windows('r-1', 0);
  // By events alone it would be 2 and 2 + 7.
  assert.deepEqual(
    windows.map(({ second, tokens }) => [second, tokens]),
    [
      [0, 3],
      [1, 10],
      [2, 0],
    ],
  );
  assert.deepEqual(outcome.result.targets[0]?.windows, windows);
});

test('all can be counted, and are then held against what was reported', async () => {
  const { outcome } = await runWith({ plan: { tokenCounting: { when: 'always', tokenizer: undefined } } });
  assert.deepEqual(outcome.result.records?.[2]?.counted, COUNTED);
  const entry = outcome.result.targets[0]?.validity.find(({ id }) => id === 'token-difference');
  assert.equal(entry?.text, 'the provider reported 7 output tokens where o200k_base counted 3 (133.3 % more)');
});

test('texts that are to be saved are stored beside their counts', async () => {
  const { outcome } = await runWith({ plan: { saveText: true } });
  assert.deepEqual(
    outcome.result.records?.map(({ counted, text }) => [counted?.outputTokens, text?.answer]),
    [
      [3, "I'M don't"],
      [3, "I'M don't"],
      [undefined, "I'M don't"],
    ],
  );
});

test('a counting thread that dies is trouble, but the run is whole and stored', async () => {
  const { store, outcome } = await runWith({ countingThreadUrl: DIES });
  assert.equal(outcome.trouble?.message, 'tokens could not be counted: no memory');
  assert.deepEqual([outcome.result.state, outcome.result.records?.length], ['completed', 3]);
  assert.equal(outcome.result.targets[0]?.requests.completed, 3);
  assert.equal((await store.findRun('r-1'))?.state, 'completed');
});

test('a stop while tokens are counted ends only that', async () => {
  const store = createMemoryStore();
  const { promise: isFinished, resolve } = Promise.withResolvers<void>();
  const finishRun: Store['finishRun'] = async (...given) => {
    await store.finishRun(...given);
    setImmediate(resolve);
  };
  const started = await begin({ ...store, finishRun }, { countingThreadUrl: HANGS });
  await isFinished;
  assert.deepEqual(started.view().counting, { done: 0, total: 2 });
  started.stop(0);
  const { result, trouble } = await started.outcome;
  assert.deepEqual([result.state, trouble, result.records?.[0]?.counted], ['completed', undefined, undefined]);
  assert.equal(started.view().counting, undefined);
});

test('counts that cannot be stored are trouble of the store', async () => {
  const { outcome } = await runWith({
    broken: {
      setCounts: async () => {
        throw new Error('the disk is full');
      },
    },
  });
  assert.equal(outcome.trouble?.code, 'STORE_WRITE_FAILED');
  assert.equal(outcome.result.records?.length, 3);
});

test('a tokenizer that cannot be used is refused before the run is begun', async () => {
  const store = createMemoryStore();
  const tokenCounting = { when: 'missing', tokenizer: import.meta.filename } as const;
  await assert.rejects(begin(store, { plan: { tokenCounting } }), { code: 'TOKENIZER_UNREADABLE' });
  assert.equal(await store.findRun('r-1'), undefined);
});
