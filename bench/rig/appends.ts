import { openStore } from '../../src/store/open.ts';
import { buildRecord, buildRun } from '../../test/support/record-builder.ts';

const BATCHES = 8;
const RECORDS_PER_BATCH = 250;
const EVENTS_PER_RECORD = 400;

/** Token events per second that a store takes, in batches of the size that a busy run hands it. */
export async function timeAppends(location: string): Promise<number> {
  const store = await openStore(location, 'write');
  const run = buildRun();
  await store.createRun(run);
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    Array.from({ length: RECORDS_PER_BATCH }, (__, place) =>
      buildRecord({
        id: batch * RECORDS_PER_BATCH + place + 1,
        events: Array.from({ length: EVENTS_PER_RECORD }, (___, event) => ({
          atMs: place + event * 20.25,
          kind: 'content',
          tokens: undefined,
          bytes: 4,
          isCoalesced: false,
        })),
      }),
    ),
  );
  const startMs = performance.now();
  for (const records of batches) await store.append(run.id, { records, windows: [], progress: [] });
  const seconds = (performance.now() - startMs) / 1_000;
  await store.close();
  return (BATCHES * RECORDS_PER_BATCH * EVENTS_PER_RECORD) / seconds;
}
