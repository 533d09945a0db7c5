/** Other processes at a store, and what tests look for in it afterwards. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RequestRecord } from '../../src/model/record.ts';
import type { Store } from '../../src/store/store.ts';
import { buildRecord } from '../support/record-builder.ts';
import { BATCH_REQUESTS, buildBatch } from './store-process.ts';

const STORE_PROCESS = join(import.meta.dirname, 'store-process.ts');

export interface StoreProcess {
  readonly child: ChildProcess;
  /** Undefined at the end of its output. */
  nextLine(): Promise<string | undefined>;
  /** Lets it close its store and waits for its end. */
  end(): Promise<void>;
}

const started: ChildProcess[] = [];

/** Those of a test that failed midway; a process that has ended takes no harm. */
export function endAll(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}

export function start(
  mode: string,
  path: string,
  { events = 5, limit = ':' }: { events?: number; limit?: string } = {},
): StoreProcess {
  const command = [process.execPath, STORE_PROCESS, mode, path, String(events)];
  const child = spawn('/bin/bash', ['-c', `${limit}; exec "$@"`, 'bash', ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    nextLine: async () => {
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

/** When to kill: that long after the n-th line about batches was read. */
export interface KillMoment {
  readonly line: number;
  readonly afterMs: number;
}

/** Kills a process that appends, and returns how many batches it had acknowledged by its end. */
export async function appendUntilKilled(path: string, eventsPerRequest: number, moment: KillMoment): Promise<number> {
  const writer = start('append', path, { events: eventsPerRequest });
  assert.equal(await writer.nextLine(), 'open');
  assert.equal(await writer.nextLine(), 'created');
  let acknowledged = 0;
  for (let read = 1; ; read++) {
    const line = await writer.nextLine();
    if (line === undefined) break;
    if (line.startsWith('done')) acknowledged++;
    if (read === moment.line) setTimeout(() => writer.child.kill('SIGKILL'), moment.afterMs);
  }
  await writer.end();
  assert.equal(writer.child.signalCode, 'SIGKILL');
  return acknowledged;
}

/** Checks that the run holds the batches 0 to n − 1 just as they were appended, and returns n. */
export async function checkWholeBatches(store: Store, eventsPerRequest: number): Promise<number> {
  const records: RequestRecord[] = [];
  for await (const block of store.records('run-1')) records.push(...block);
  const batches = records.length / BATCH_REQUESTS;
  for (let index = 0; index < batches; index++) {
    const found = records.slice(index * BATCH_REQUESTS, (index + 1) * BATCH_REQUESTS);
    assert.deepStrictEqual(found, buildBatch(index, eventsPerRequest).records);
  }
  const run = await store.findRun('run-1');
  assert.equal(run?.state, 'interrupted');
  assert.equal(run.durationMs, batches === 0 ? 0 : (batches - 1) * 100 + 99);
  assert.equal(run.progress[0]?.dropped, batches === 0 ? undefined : batches - 1);
  assert.equal((await store.windows('run-1', 0)).length, batches);
  assert.equal((await store.windows('run-1', 1))[0]?.completed, batches === 0 ? undefined : batches - 1);
  return batches;
}

export async function idsOf(store: Store, runId: string = 'run-1'): Promise<number[]> {
  const ids: number[] = [];
  for await (const block of store.records(runId)) ids.push(...block.map((record) => record.id));
  return ids;
}

export function buildRecords(firstId: number, count: number): RequestRecord[] {
  return Array.from({ length: count }, (_, index) => buildRecord({ id: firstId + index }));
}
