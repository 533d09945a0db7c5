import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildPlan, buildRecord } from '../../test/support/record-builder.ts';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import { createClock, takeOrigin } from '../clock.ts';
import { NO_PROXIES } from '../model/proxy.ts';
import type { MeasuringOrder } from './messages.ts';
import { type Measuring, type MeasuringBatch, type MeasuringInput, startMeasuringThreads } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-thread-'));
after(() => rmSync(folder, { recursive: true }));

const CLOCK = createClock(takeOrigin());

const ORDER: Omit<MeasuringOrder, 'shard'> = {
  plan: buildPlan(),
  items: [],
  credentials: [],
  origin: takeOrigin(),
  userAgent: 'llm-bench/test',
  proxies: NO_PROXIES,
};

const BATCH_URL = new URL('./batch.ts', import.meta.url).href;

interface Started {
  readonly measuring: Measuring;
  readonly batches: MeasuringBatch[];
}

/** Starts threads whose body may use `port`, `order` and `post(records)`. */
function startThread(name: string, body: string, options: Partial<MeasuringInput> = {}): Started {
  const file = join(folder, `${name}.mjs`);
  const head = [
    "import { parentPort as port, workerData as order } from 'node:worker_threads';",
    `import { packRecords, transferList } from ${JSON.stringify(BATCH_URL)};`,
    'const post = (records) => {',
    '  const packed = packRecords(records);',
    "  port.postMessage({ type: 'batch', records: packed, progress: [], live: [] }, transferList(packed));",
    '};',
    `const record = (id) => ({ ...${JSON.stringify(buildRecord())}, id });`,
  ];
  writeFileSync(file, [...head, body].join('\n'));
  const batches: MeasuringBatch[] = [];
  const measuring = startMeasuringThreads(
    { order: ORDER, workers: 1, threadUrl: pathToFileURL(file), clock: CLOCK, ...options },
    (batch) => batches.push(batch),
  );
  return { measuring, batches };
}

const idsOf = ({ batches }: Started): readonly number[] =>
  batches.flatMap(({ records }) => records.map(({ id }) => id));

test('batches of the thread come in order, and done resolves after the last', async () => {
  const started = startThread(
    'good',
    "post([record(1), record(2)]); post([record(3)]); port.postMessage({ type: 'end' });",
  );
  await started.measuring.done;
  assert.deepEqual(idsOf(started), [1, 2, 3]);
});

test('when the thread throws, done rejects with its error and every batch before it has come', async () => {
  const started = startThread(
    'thrower',
    "for (let id = 1; id <= 500; id++) post([record(id)]); throw new Error('a bug');",
  );
  await assert.rejects(started.measuring.done, /a bug/);
  assert.deepEqual(
    idsOf(started),
    Array.from({ length: 500 }, (_, index) => index + 1),
  );
});

test('a thread that ends without saying so has died', async () => {
  const started = startThread('quitter', 'post([record(1)]); port.close();');
  await assert.rejects(started.measuring.done, /exited with code 0 before its end/);
  assert.deepEqual(idsOf(started), [1]);
});

test('a thread that exits by itself has died, with its code', async () => {
  const started = startThread('exiter', 'process.exit(7);');
  await assert.rejects(started.measuring.done, /exited with code 7/);
});

test('a thread file that is not there rejects done', async () => {
  const threadUrl = pathToFileURL(join(folder, 'missing.mjs'));
  const measuring = startMeasuringThreads({ order: ORDER, workers: 1, threadUrl, clock: CLOCK }, () => undefined);
  await assert.rejects(measuring.done, /missing\.mjs/);
});

test('the order reaches the thread as it was given, and a stop with its grace', async () => {
  const started = startThread(
    'listener',
    [
      `if (order.userAgent !== ${JSON.stringify(ORDER.userAgent)} || order.origin !== ${ORDER.origin}n) throw new Error('order');`,
      "port.on('message', (command) => {",
      "  if (command.type === 'probe') return;",
      "  if (command.type !== 'stop') throw new Error(command.type);",
      '  post([record(command.graceMs)]);',
      "  port.postMessage({ type: 'end' });",
      '  port.close();',
      '});',
    ].join('\n'),
  );
  started.measuring.stop(4_321);
  await started.measuring.done;
  assert.deepEqual(idsOf(started), [4_321]);
});

/** A shard that follows its commands: answers steps at once, and ends when told to. */
const OBEYS = [
  'const { index } = order.shard;',
  "port.on('message', ({ type, targetIndex }) => {",
  '  const findings = { goesOn: false, quirks: {}, excess: 1 };',
  "  if (['probe', 'warmup', 'measure'].includes(type)) port.postMessage({ type: 'step', targetIndex, findings });",
  "  if (type === 'finish') { port.postMessage({ type: 'end', isCutShort: index === 1 }); port.close(); }",
  '});',
].join('\n');

test('every thread gets its part of the order, and all are led to their end', async () => {
  const started = startThread('obeys', `post([record(order.shard.count * 10 + order.shard.index)]);\n${OBEYS}`, {
    workers: 3,
  });
  assert.deepEqual(await started.measuring.done, { isCutShort: true });
  assert.deepEqual(idsOf(started).toSorted(), [30, 31, 32]);
});

test('a thread that dies among others ends them, and what they have still comes', async () => {
  const body = [
    'const { index } = order.shard;',
    "if (index === 1) { post([record(1)]); throw new Error('a bug'); }",
    "port.on('message', ({ type, graceMs }) => {",
    "  if (type === 'stop') post([record(100 + graceMs)]);",
    "  if (type === 'finish') { port.postMessage({ type: 'end' }); port.close(); }",
    '});',
  ].join('\n');
  const started = startThread('one-dies', body, { workers: 2 });
  await assert.rejects(started.measuring.done, /^Error: thread 2 of 2: a bug$/);
  assert.deepEqual(idsOf(started).toSorted(), [1, 100]);
});

test('a thread whose event loop is blocked is given up, and what it had sent is kept', async () => {
  const body = [
    'if (order.shard.index === 0) { post([record(1)]); setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20); }',
    'else setInterval(() => post([record(2)]), 100).unref();',
    OBEYS.replace("'probe', ", ''),
  ].join('\n');
  const started = startThread('hangs', body, { workers: 2, silenceLimitMs: 1_000 });
  await assert.rejects(started.measuring.done, /^Error: thread 1 of 2: it has said nothing for 1 s/);
  assert.ok(idsOf(started).includes(1));
});

test('threads that do not end when told to are ended', async () => {
  const clock = createVirtualClock();
  const started = startThread('deaf', 'setInterval(() => undefined, 1_000); post([record(1)]);', { workers: 2, clock });
  while (idsOf(started).length < 2) await new Promise((resolve) => setImmediate(resolve));
  started.measuring.stop(3_000);
  clock.advance(12_999);
  assert.equal(await Promise.race([started.measuring.done, Promise.resolve('under way')]), 'under way');
  clock.advance(1);
  await assert.rejects(started.measuring.done, /did not end within 10 s of being told to/);
});
