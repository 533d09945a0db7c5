import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildPlan, buildRecord } from '../../test/support/record-builder.ts';
import { takeOrigin } from '../clock.ts';
import type { MeasuringOrder } from './messages.ts';
import { type Measuring, type MeasuringBatch, startMeasuringThread } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-thread-'));
after(() => rmSync(folder, { recursive: true }));

const ORDER: MeasuringOrder = {
  plan: buildPlan(),
  items: [],
  credentials: [],
  origin: takeOrigin(),
  userAgent: 'llm-bench/test',
};

const BATCH_URL = new URL('./batch.ts', import.meta.url).href;

interface Started {
  readonly measuring: Measuring;
  readonly batches: MeasuringBatch[];
}

/** Starts a thread whose body may use `port`, `order` and `post(records)`. */
function startThread(name: string, body: string): Started {
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
  const measuring = startMeasuringThread(ORDER, pathToFileURL(file), (batch) => batches.push(batch));
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
  const measuring = startMeasuringThread(ORDER, pathToFileURL(join(folder, 'missing.mjs')), () => undefined);
  await assert.rejects(measuring.done, /missing\.mjs/);
});

test('the order reaches the thread as it was given, and a stop with its grace', async () => {
  const started = startThread(
    'listener',
    [
      `if (order.userAgent !== ${JSON.stringify(ORDER.userAgent)} || order.origin !== ${ORDER.origin}n) throw new Error('order');`,
      "port.once('message', (command) => {",
      "  if (command.type !== 'stop') throw new Error(command.type);",
      '  post([record(command.graceMs)]);',
      "  port.postMessage({ type: 'end' });",
      '});',
    ].join('\n'),
  );
  started.measuring.stop(4_321);
  await started.measuring.done;
  assert.deepEqual(idsOf(started), [4_321]);
});
