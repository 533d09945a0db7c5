// A measuring thread as src/measuring-thread.ts, but over undici.
import { parentPort, workerData } from 'node:worker_threads';
import { dialectOf } from '../src/dialects/registry.ts';
import { startMeasuring } from '../src/engine/measure.ts';
import type { MeasuringCommand, MeasuringOrder } from '../src/engine/messages.ts';
import { authorize } from '../src/wire/authorize.ts';
import { createSanitizer } from '../src/wire/sanitize.ts';
import { openPrompts } from '../src/workloads/supply.ts';
import { createUndiciClient } from './undici-client.ts';

const port = parentPort;
if (port === null) throw new Error('undici-thread.ts runs as a worker thread only');

const measuring = startMeasuring(
  workerData as MeasuringOrder,
  {
    createHttpClient: createUndiciClient,
    dialectOf,
    openPrompts,
    createSanitizer,
    costsOf: () => ({ costUsd: () => undefined, worstUsd: () => undefined }),
    authorize,
    readCpuWaits: () => undefined,
  },
  { send: (report, transfer) => port.postMessage(report, transfer) },
);
port.on('message', (command: MeasuringCommand) => measuring.command(command));
measuring.done.then(() => port.close());
