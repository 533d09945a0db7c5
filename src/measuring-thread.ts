// The composition root of a measuring thread: the worker's counterpart of main.ts.
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { dialectOf } from './dialects/registry.ts';
import type { CostPort } from './engine/budget.ts';
import { startMeasuring } from './engine/measure.ts';
import type { MeasuringCommand, MeasuringOrder } from './engine/messages.ts';
import type { CpuWaits } from './engine/self-check.ts';
import { costUsd, worstRequestUsd } from './metrics/cost.ts';
import type { Price } from './model/price.ts';
import { authorize } from './wire/authorize.ts';
import { createSanitizer } from './wire/sanitize.ts';
import { openPrompts } from './workloads/supply.ts';

const port = parentPort;
if (port === null) throw new Error('measuring-thread.ts runs as a worker thread only');

const order = workerData as MeasuringOrder;
// HTTP/2 is loaded only when it measures.
const createClient = order.plan.isHttp2
  ? (await import('./wire/http2.ts')).createHttp2Client
  : (await import('./wire/http.ts')).createHttpClient;

const measuring = startMeasuring(
  order,
  {
    createHttpClient: (clock) => createClient(clock, order.proxies),
    dialectOf,
    openPrompts,
    createSanitizer,
    costsOf,
    authorize,
    readCpuWaits,
  },
  { send: (report, transfer) => port.postMessage(report, transfer) },
);
port.on('message', (command: MeasuringCommand) => measuring.command(command));
measuring.done.then(() => port.close());

/** Of this thread, as Linux counts it: time on a core, time waiting for one, turns. Elsewhere nobody says. */
function readCpuWaits(): CpuWaits | undefined {
  try {
    const [, waitNs, turns] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ').map(Number);
    return waitNs === undefined || turns === undefined ? undefined : { waitMs: waitNs / 1_000_000, turns };
  } catch {
    return undefined;
  }
}

/** Cost maths of one target. */
function costsOf(price: Price | undefined): CostPort {
  return {
    costUsd: (record) => costUsd(record, price),
    worstUsd: (request) => worstRequestUsd(price, request),
  };
}
