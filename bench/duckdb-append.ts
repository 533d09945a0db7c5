// How many token events a second does a store take, and does writing them delay a measuring thread?
// usage: node bench/duckdb-append.ts [sqlite:FILE postgresql://… …]; without a database, a DuckDB file of its own
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { openStore } from '../src/store/open.ts';
import type { RunBatch, Store } from '../src/store/store.ts';
import { buildRun, buildStreamedRecord } from '../test/support/record-builder.ts';
import { say, sayFigure, thousands } from './rig/figures.ts';

/** What a run hands over four times a second at 300,000 events a second. */
const REQUESTS = 250;
const EVENTS_EACH = 300;
const EVENTS = REQUESTS * EVENTS_EACH;
const EVERY_MS = 250;
const GOAL_PER_SECOND = 300_000;
const BATCHES = 32;

/** Stands for a measuring thread: how late is it when it wants to be woken each millisecond? */
const LISTENER = `
  const { parentPort } = require('node:worker_threads');
  const lags = [];
  let due = performance.now() + 1;
  const tick = () => {
    const now = performance.now();
    lags.push(now - due);
    due = now + 1;
    setTimeout(tick, 1);
  };
  setTimeout(tick, 1);
  parentPort.on('message', () => {
    lags.sort((a, b) => a - b);
    const at = (share) => lags[Math.min(lags.length - 1, Math.floor(share * lags.length))];
    parentPort.postMessage([at(0.5), at(0.99), at(0.999), at(1)]);
  });`;

function batchOf(index: number): RunBatch {
  const startedAtMs = index * EVERY_MS;
  const tokenAtMs = Array.from({ length: EVENTS_EACH }, (_, event) => startedAtMs + event * 0.8);
  const record = (request: number) =>
    buildStreamedRecord({ id: index * REQUESTS + request, startedAtMs, tokenAtMs, endedAtMs: startedAtMs + EVERY_MS });
  return { records: Array.from({ length: REQUESTS }, (_, request) => record(request)), windows: [], progress: [] };
}

/** Waits at least until then, so that batches keep their pace. */
function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - performance.now())));
}

async function lagsDuring(work: () => Promise<void>): Promise<string> {
  const worker = new Worker(LISTENER, { eval: true });
  await new Promise((resolve) => worker.once('online', resolve));
  await work();
  const lags = await new Promise<readonly number[]>((resolve) => {
    worker.once('message', resolve);
    worker.postMessage('report');
  });
  await worker.terminate();
  const [p50, p99, p999, most] = lags.map((lag) => lag.toFixed(2));
  return `p50 ${p50} ms, p99 ${p99} ms, p99.9 ${p999} ms, most ${most} ms`;
}

async function appendAll(store: Store, firstBatch: number, pace: 'at once' | 'paced'): Promise<number[]> {
  const took: number[] = [];
  const startedAtMs = performance.now();
  for (let index = 0; index < BATCHES; index++) {
    const batch = batchOf(firstBatch + index);
    if (pace === 'paced') await until(startedAtMs + index * EVERY_MS);
    const beganAtMs = performance.now();
    await store.append('run-1', batch);
    took.push(performance.now() - beganAtMs);
  }
  return took;
}

async function measure(location: string): Promise<void> {
  const store = await openStore(location, 'write');
  say(store.location);
  await store.createRun(buildRun());
  const took = await appendAll(store, 0, 'at once');
  const seconds = took.reduce((sum, ms) => sum + ms, 0) / 1_000;
  const perSecond = (EVENTS * BATCHES) / seconds;
  sayFigure({
    what: 'token events a second',
    figure: thousands(perSecond),
    goal: `≥ ${thousands(GOAL_PER_SECOND)}`,
    isMet: perSecond >= GOAL_PER_SECOND,
  });

  const quiet = await lagsDuring(() => until(performance.now() + BATCHES * EVERY_MS));
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const busy = await lagsDuring(() => appendAll(store, BATCHES, 'paced').then(() => undefined));
  delays.disable();
  say(`  a thread beside it is late, nothing written: ${quiet}`);
  say(`  a thread beside it is late, 300,000 events a second written: ${busy}`);
  say(
    `  the main thread meanwhile: p99 ${(delays.percentile(99) / 1e6).toFixed(1)} ms, most ${(delays.max / 1e6).toFixed(1)} ms`,
  );
  await store.removeRun('run-1');
  await store.close();
}

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-append-'));
try {
  const given = process.argv.slice(2);
  for (const location of given.length > 0 ? given : [join(folder, 'append.duckdb')]) await measure(location);
} finally {
  rmSync(folder, { recursive: true });
}
