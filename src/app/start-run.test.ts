import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildHealth, buildPlan, buildStreamedRecord } from '../../test/support/record-builder.ts';
import { AppError } from '../errors.ts';
import { NO_PROXIES } from '../model/proxy.ts';
import type { RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import type { AppContext } from './context.ts';
import { type RunInput, type RunOutcome, type StartedRun, startRun } from './start-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-start-'));
after(() => rmSync(folder, { recursive: true }));

const BATCH_URL = new URL('../engine/batch.ts', import.meta.url).href;

const PROGRESS: TargetProgress = {
  targetIndex: 0,
  measureStartAtMs: 0,
  measureEndAtMs: 3_500,
  drainEndAtMs: 3_600,
  dropped: 2,
  threads: [buildHealth({ cpuRatio: 0.1, eventLoopDelayP99Ms: 1 })],
};

/** Completed requests 3, 1 and 2, in that order of ending: one in each of the first three seconds. */
const RECORDS: readonly RequestRecord[] = [
  buildStreamedRecord({ id: 3, startedAtMs: 0, tokenAtMs: [100, 200], endedAtMs: 250 }),
  buildStreamedRecord({ id: 1, startedAtMs: 0, tokenAtMs: [1_100, 1_200], endedAtMs: 1_250 }),
  buildStreamedRecord({ id: 2, startedAtMs: 0, tokenAtMs: [2_100, 2_200], endedAtMs: 2_250 }),
];

/** A measuring thread that reports `RECORDS`, one a batch, and then does as it is told. */
function threadFile(name: string, ending: string): URL {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { parentPort as port } from 'node:worker_threads';
import { packRecords, transferList } from ${JSON.stringify(BATCH_URL)};
const progress = [${JSON.stringify(PROGRESS)}];
const live = [{ targetIndex: 0, phase: 'measure', started: 3, ended: 3, inFlight: 0, dropped: 2 }];
const post = (records) => {
  const packed = packRecords(records);
  port.postMessage({ type: 'batch', records: packed, progress, live }, transferList(packed));
};
const end = () => { port.postMessage({ type: 'end' }); port.close(); };
for (const record of ${JSON.stringify(RECORDS)}) post([record]);
${ending}
`,
  );
  return pathToFileURL(file);
}

const ENDS = threadFile('ends', 'end();');
const WAITS = threadFile('waits', "port.once('message', end);");
const THROWS = threadFile('throws', "throw new Error('a bug');");

interface Rig {
  readonly started: StartedRun;
  readonly outcome: RunOutcome;
  readonly isClosed: () => boolean;
}

interface RigInput {
  readonly threadUrl: URL;
  /** Replaces methods of a memory store. */
  readonly broken?: Partial<Store>;
  readonly input?: Partial<RunInput>;
  readonly act?: (started: StartedRun) => void;
  readonly store?: Store;
}

function contextOf(store: Store, threadUrl: URL): AppContext {
  return {
    version: '0.0.0-test',
    log: { warn: () => undefined, info: () => undefined, debug: () => undefined },
    openStore: async () => store,
    threadUrl,
    countingThreadUrl: new URL('../counting-thread.ts', import.meta.url),
    calibrationFile: undefined,
    proxies: () => NO_PROXIES,
  };
}

const INPUT: RunInput = {
  runId: 'r-1',
  plan: buildPlan(),
  items: [],
  credentials: [],
  renewals: [],
  db: 'memory:',
  withRecords: true,
};

async function runWith({
  threadUrl,
  broken = {},
  input = {},
  act,
  store = createMemoryStore(),
}: RigInput): Promise<Rig> {
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
  };
  const started = await startRun(contextOf({ ...store, close, ...broken }, threadUrl), { ...INPUT, ...input });
  act?.(started);
  return { started, outcome: await started.outcome, isClosed: () => isClosed };
}

const diskFull = async (): Promise<never> => {
  throw new Error('the disk is full');
};

test('a run that ends well is completed, and its result is what the store has', async () => {
  const store = createMemoryStore();
  const { started, outcome, isClosed } = await runWith({ threadUrl: ENDS, store });
  assert.equal(started.id, 'r-1');
  assert.equal(outcome.trouble, undefined);
  const { result } = outcome;
  assert.deepEqual([result.state, result.run.id, result.run.version], ['completed', 'r-1', '0.0.0-test']);
  assert.deepEqual(
    result.records?.map(({ id }) => id),
    [1, 2, 3],
  );
  const [target] = result.targets;
  assert.deepEqual([target?.requests.completed, target?.requests.dropped, target?.steadyWindowMs], [3, 2, 3_500]);
  const stored = await store.findRun('r-1');
  assert.deepEqual([stored?.state, stored?.progress], ['completed', [JSON.parse(JSON.stringify(PROGRESS))]]);
  assert.equal(stored?.durationMs, result.durationMs);
  assert.ok(isClosed());
});

test('every second up to the end of the steady window is stored, empty ones included', async () => {
  const store = createMemoryStore();
  await runWith({ threadUrl: ENDS, store });
  const windows = await store.windows('r-1', 0);
  assert.deepEqual(
    windows.map(({ second, completed }) => [second, completed]),
    [
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 0], // Up to 3.5 s nothing more ended.
    ],
  );
});

test('records are in the result only when asked for', async () => {
  const { outcome } = await runWith({ threadUrl: ENDS, input: { withRecords: false } });
  assert.equal(outcome.result.records, undefined);
  assert.equal(outcome.result.targets[0]?.requests.completed, 3);
});

test('a run without a name gets a fresh one', async () => {
  const { started } = await runWith({ threadUrl: ENDS, input: { runId: undefined } });
  assert.match(started.id, /^run-[0-9a-f]{8}$/);
});

test('a run that is stopped is interrupted', async () => {
  const { outcome } = await runWith({ threadUrl: WAITS, act: (started) => started.stop(0) });
  assert.deepEqual([outcome.result.state, outcome.trouble], ['interrupted', undefined]);
  assert.equal(outcome.result.targets[0]?.requests.completed, 3);
});

test('a store that cannot be written to stops and fails the run, but what was measured is there', async () => {
  const { outcome, isClosed } = await runWith({ threadUrl: WAITS, broken: { append: diskFull } });
  assert.equal(outcome.trouble?.code, 'STORE_WRITE_FAILED');
  assert.equal(outcome.trouble?.message, 'cannot write to memory:: Error: the disk is full');
  const { result } = outcome;
  assert.equal(result.state, 'failed');
  assert.deepEqual(
    result.records?.map(({ id }) => id),
    [1, 2, 3],
  );
  assert.deepEqual([result.targets[0]?.requests.completed, result.targets[0]?.requests.dropped], [3, 2]);
  assert.ok(isClosed());
});

test('after a failed write nothing more is written', async () => {
  let appends = 0;
  let finishes = 0;
  const append = async (): Promise<never> => {
    appends++;
    return diskFull();
  };
  const finishRun = async (): Promise<void> => {
    finishes++;
  };
  await runWith({ threadUrl: WAITS, broken: { append, finishRun } });
  assert.deepEqual([appends, finishes], [1, 0]);
});

test('a store’s own error code is kept', async () => {
  const own = new AppError('STORE_UNREADABLE', { db: 'x', reason: 'torn' });
  const { outcome } = await runWith({
    threadUrl: WAITS,
    broken: {
      append: async () => {
        throw own;
      },
    },
  });
  assert.equal(outcome.trouble, own);
});

test('a run whose end cannot be written has failed, and its result is there', async () => {
  const { outcome, isClosed } = await runWith({ threadUrl: ENDS, broken: { finishRun: diskFull } });
  assert.equal(outcome.trouble?.code, 'STORE_WRITE_FAILED');
  assert.equal(outcome.result.state, 'failed');
  assert.equal(outcome.result.targets[0]?.requests.completed, 3);
  assert.ok(isClosed());
});

test('a run whose last windows cannot be written has failed too', async () => {
  const store = createMemoryStore();
  const append: Store['append'] = async (runId, batch) => {
    if (batch.records.length === 0 && batch.progress.length === 0) return diskFull();
    return store.append(runId, batch);
  };
  const { outcome } = await runWith({ threadUrl: ENDS, store, broken: { append } });
  assert.deepEqual([outcome.result.state, outcome.trouble?.code], ['failed', 'STORE_WRITE_FAILED']);
  assert.equal(outcome.result.records?.length, 3);
});

test('a store that cannot be read at the end does not take the result away, and is closed', async () => {
  const { outcome, isClosed } = await runWith({ threadUrl: ENDS, broken: { findRun: diskFull } });
  assert.equal(outcome.trouble?.code, 'STORE_WRITE_FAILED');
  assert.equal(outcome.result.targets[0]?.requests.completed, 3);
  assert.ok(isClosed());
});

test('a thread that dies fails the run, and what it had sent is stored', async () => {
  const store = createMemoryStore();
  const { outcome } = await runWith({ threadUrl: THROWS, store });
  assert.equal(outcome.trouble?.code, 'MEASURING_FAILED');
  assert.equal(outcome.trouble?.message, 'the measuring thread stopped: a bug');
  assert.deepEqual([outcome.result.state, outcome.result.records?.length], ['failed', 3]);
  assert.equal((await store.findRun('r-1'))?.state, 'failed');
});

test('a store that does not close well is no trouble of the run', async () => {
  const { outcome } = await runWith({ threadUrl: ENDS, broken: { close: diskFull } });
  assert.deepEqual([outcome.result.state, outcome.trouble], ['completed', undefined]);
});

test('a name that is taken is refused before anything is sent, and the store is closed', async () => {
  let closes = 0;
  const store = createMemoryStore();
  await runWith({ threadUrl: ENDS, store });
  const close = async (): Promise<void> => {
    closes++;
  };
  await assert.rejects(
    startRun(contextOf({ ...store, close }, THROWS), INPUT),
    (error) => error instanceof AppError && error.code === 'RUN_ID_TAKEN',
  );
  assert.equal(closes, 1);
});

test('the live view follows the batches', async () => {
  const { started } = await runWith({ threadUrl: ENDS });
  const [target] = started.view().targets;
  assert.deepEqual(
    [target?.phase, target?.completed, target?.failed, target?.started, target?.dropped, target?.planned],
    ['measure', 3, 0, 3, 2, 10],
  );
  assert.equal(target?.doneRatio, 0.5); // (3 ended + 2 dropped) ÷ 10
  assert.equal(target?.ttftP50Ms, 1_100); // Of 100, 1100 and 2100.
});

test('credentials that would end later keep no run alive', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const renewal = { expiresAtMs: Date.now() + 3_600_000, fetch: () => assert.fail('it was not time') };
  const { outcome } = await runWith({
    threadUrl: WAITS,
    input: { renewals: [renewal] },
    act(started) {
      // One waits for the credentials' end, one watches the thread.
      assert.equal(timers(), before + 2);
      started.stop(0);
    },
  });
  assert.equal(outcome.trouble, undefined);
  assert.equal(timers(), before);
});
