// The composition root of a counting thread: a worker that holds tokenizers, for after the run.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type CountingOrder, createCounter } from './tokenizers/counting.ts';
import { openTokenizer } from './tokenizers/open.ts';

const port = parentPort;
if (port === null) throw new Error('counting-thread.ts runs as a worker thread only');

/** Whatever else this machine does goes first. */
const NICENESS = 15;

// Elsewhere a niceness belongs to the whole process.
if (process.platform === 'linux') {
  try {
    setPriority(0, NICENESS);
  } catch {
    // Not permitted, in some containers.
  }
}

const count = createCounter(openTokenizer);
port.on('message', async (order: CountingOrder) => port.postMessage(await count(order)));
