/** Another process at the same store: `node store-process.ts MODE PATH [EVENTS]`. Says on standard output what it has done. */
import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/open.ts';
import type { RunBatch, Store } from '../../src/store/store.ts';
import { buildHealth, buildRun, buildStreamedRecord } from '../support/record-builder.ts';

/** Requests of each batch of `append`. */
export const BATCH_REQUESTS = 4;

/** The batch number `index`, from 0: its requests, one window, and the index as progress. */
export function buildBatch(index: number, eventsPerRequest: number): RunBatch {
  const startedAtMs = index * 100;
  const tokenAtMs = Array.from({ length: eventsPerRequest }, (_, event) => startedAtMs + event / 1_000);
  return {
    records: Array.from({ length: BATCH_REQUESTS }, (_, request) =>
      buildStreamedRecord({
        id: index * BATCH_REQUESTS + request,
        startedAtMs,
        tokenAtMs,
        endedAtMs: startedAtMs + 99,
      }),
    ),
    windows: [
      { targetIndex: 0, window: { second: index, completed: 1, failed: 0, good: 1, tokens: 0.5, inFlight: 0 } },
      // One that is replaced each time.
      { targetIndex: 1, window: { second: 0, completed: index, failed: 0, good: 0, tokens: 0, inFlight: 0 } },
    ],
    progress: [
      {
        targetIndex: 0,
        measureStartAtMs: 0,
        measureEndAtMs: undefined,
        drainEndAtMs: undefined,
        dropped: index,
        threads: [buildHealth({ cpuRatio: undefined, eventLoopDelayP99Ms: undefined })],
      },
    ],
  };
}

/** At once, even if the process is killed next. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** Appends until it is killed or cannot go on. */
async function appendForever(store: Store, eventsPerRequest: number): Promise<void> {
  await store.createRun(buildRun());
  say('created');
  for (let index = 0; ; index++) {
    say(`begin ${index}`);
    await store.append('run-1', buildBatch(index, eventsPerRequest));
    say(`done ${index}`);
  }
}

if (import.meta.main) {
  const [mode, path = '', events = '5'] = process.argv.slice(2);
  try {
    const store = await openStore(path, mode === 'read' ? 'read' : 'write');
    say('open');
    if (mode === 'append') await appendForever(store, Number(events));
    if (mode === 'read') say(`runs ${(await store.listRuns(undefined)).length}`);
    // Holds the store until its parent closes standard input.
    for await (const _ of process.stdin);
    await store.close();
  } catch (error) {
    say(`failed ${error instanceof Error && 'code' in error ? error.code : error}`);
  }
}
