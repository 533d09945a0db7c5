import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { loadResult } from '../../src/app/result.ts';
import type { RequestRecord } from '../../src/model/record.ts';
import type { Run, TargetProgress } from '../../src/model/run.ts';
import type { Window } from '../../src/model/window.ts';
import { createRandom } from '../../src/random.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { openStore } from '../../src/store/open.ts';
import type { RunBatch, Store } from '../../src/store/store.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import {
  buildHealth,
  buildPlan,
  buildRecord,
  buildRun,
  buildStreamedRecord,
  buildTarget,
} from '../support/record-builder.ts';
import {
  anyRecords,
  BARE_FAILED_RECORD,
  CANCELLED_RECORD,
  EMPTY_RECORD,
  FAILED_RECORD,
  FULL_RECORD,
} from './store-samples.ts';

/** The suite of the port: every adapter keeps what it is given in the same way. */
const ADAPTERS = [
  { name: 'memory', location: () => 'memory:', isLasting: false },
  { name: 'duckdb', location: (folder: string) => join(folder, 'runs.duckdb'), isLasting: true },
  { name: 'sqlite', location: (folder: string) => `sqlite:${join(folder, 'runs.db')}`, isLasting: true },
  { name: 'postgres', location: () => postgres.createSchema(), isLasting: true },
];

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres.stop());

for (const { name, location, isLasting } of ADAPTERS) {
  describe(`the ${name} store`, () => {
    let folder: string;
    let place: string;
    let store: Store;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'llm-bench-store-'));
      place = await location(folder);
      store = await openStore(place, 'write');
    });
    afterEach(async () => {
      await store.close();
      await rm(folder, { recursive: true });
    });

    /** Looks at the file anew where there is one, so that nothing is answered from memory. */
    const reopen = async (): Promise<void> => {
      if (!isLasting) return;
      await store.close();
      store = await openStore(place, 'read');
    };
    const readAll = async (runId: string): Promise<RequestRecord[]> => (await readBlocks(store, runId)).flat();

    it('gives back every field of every kind of record as it was', async () => {
      const records = [EMPTY_RECORD, FAILED_RECORD, BARE_FAILED_RECORD, CANCELLED_RECORD, FULL_RECORD];
      await store.createRun(buildRun());
      await store.append('run-1', batch({ records }));
      await reopen();
      assert.deepStrictEqual(await readAll('run-1'), records);
    });

    it('gives back any record as it was', async () => {
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(anyRecords, async (records) => {
          const id = `run-${runs++}`;
          await store.createRun(buildRun({ id }));
          await store.append(id, batch({ records }));
          assert.deepStrictEqual(
            await readAll(id),
            records.toSorted((a, b) => a.id - b.id),
          );
        }),
        { seed: 1, numRuns: 60 },
      );
    });

    it('gives the same summary as a store in memory, to the last digit', async () => {
      const random = createRandom(2026, 'summary');
      const records = Array.from({ length: 300 }, (_, id) => {
        const startedAtMs = id * 10 + random.next();
        const tokenAtMs = Array.from({ length: 5 }, (_, token) => startedAtMs + 50 + token * 7 + random.next() * 5);
        return buildStreamedRecord({ id, startedAtMs, tokenAtMs, endedAtMs: startedAtMs + 100 });
      });
      const progress = [{ ...NO_PROGRESS, measureStartAtMs: 0, measureEndAtMs: 2_900, drainEndAtMs: 3_100 }];
      const summarize = async (each: Store): Promise<unknown> => {
        await each.createRun(buildRun());
        await each.append('run-1', batch({ records, progress }));
        await each.finishRun('run-1', { state: 'completed', durationMs: 3_100.25 });
        return await loadResult(each, 'run-1', { withRecords: false });
      };
      assert.deepStrictEqual(await summarize(store), await summarize(createMemoryStore()));
    });

    it('sets counts of requests that are there, and changes nothing else', async () => {
      const counted = { inputTokens: 0.1 + 0.2, outputTokens: undefined, tokenizer: 'a ‘b’', isApproximate: false };
      await store.createRun(buildRun());
      await store.createRun(buildRun({ id: 'run-2' }));
      await store.append('run-1', batch({ records: [EMPTY_RECORD, FULL_RECORD, FAILED_RECORD] }));
      await store.append('run-2', batch({ records: [EMPTY_RECORD] }));
      await store.setCounts('run-1', [
        { requestId: FULL_RECORD.id, counted },
        { requestId: 404, counted },
      ]);
      await store.setCounts('run-1', []);
      await reopen();
      assert.deepStrictEqual(await readAll('run-1'), [EMPTY_RECORD, FAILED_RECORD, { ...FULL_RECORD, counted }]);
      assert.deepStrictEqual(await readAll('run-2'), [EMPTY_RECORD]);
    });

    it('gives back whatever a model sent: half a character, NUL, control codes, millions of letters', async () => {
      const long = 'ä\0漢\ud83d'.repeat(500_000);
      const text = { prompt: '\udc00', answer: long, reasoning: '\x1a\x1aud83d\x1a0\ud83d\0' };
      const odd = buildRecord({ promptName: 'a\ud800b', modelAnswered: '\udc00', text });
      await store.createRun(buildRun());
      await store.append('run-1', batch({ records: [odd] }));
      await reopen();
      const [record] = await readAll('run-1');
      assert.ok(record?.text?.answer === long, 'the long answer');
      assert.deepStrictEqual(
        { ...record, text: { ...record?.text, answer: '' } },
        { ...odd, text: { ...text, answer: '' } },
      );
    });

    it('gives back a run with every part of its plan', async () => {
      const full = buildRun({
        id: 'full',
        plan: buildPlan({
          targets: [buildTarget(), buildTarget({ model: 'other' })],
          load: { kind: 'open-loop', arrival: 'poisson', ratePerSecond: 0.1, maxInFlight: 7, stages: [] },
          stop: { requests: undefined, durationMs: 60_000 },
          timeouts: { connectMs: 1, firstTokenMs: 2, idleMs: 3, totalMs: 4 },
          parameters: {
            temperature: 0.7,
            maxTokens: 5,
            maxTokensName: undefined,
            extra: { deep: [null, { 'a.b': '\0\ud800' }] },
          },
          headerNames: ['x-team'],
          objectives: [{ metric: 'ttft', max: 500 }],
          providerConcurrency: 2,
          seed: 4_294_967_295,
          saveText: true,
        }),
      });
      const bare = buildRun({
        id: 'bare',
        plan: buildPlan({
          load: { kind: 'open-loop', arrival: 'constant', ratePerSecond: 3, maxInFlight: undefined, stages: [] },
        }),
      });
      for (const run of [full, bare]) await store.createRun(run);
      await store.finishRun('full', { state: 'completed', durationMs: 1_234.5678 });
      await store.finishRun('bare', { state: 'cancelled', durationMs: 0 });
      await reopen();
      assert.deepStrictEqual(await store.findRun('full'), {
        run: full,
        state: 'completed',
        durationMs: 1_234.5678,
        progress: [],
        eventsDroppedAtIso: undefined,
      });
      assert.deepStrictEqual((await store.findRun('bare'))?.run, bare);
      assert.equal((await store.findRun('bare'))?.state, 'cancelled');
    });

    it('knows no run that was not begun', async () => {
      assert.equal(await store.findRun('nobody'), undefined);
      assert.deepStrictEqual(await readAll('nobody'), []);
      assert.deepStrictEqual(await store.windows('nobody', 0), []);
      assert.deepStrictEqual(await store.listRuns(undefined), []);
      await assert.rejects(store.append('nobody', batch({})), /run nobody was not begun/);
      await assert.rejects(store.finishRun('nobody', { state: 'failed', durationMs: 1 }), /run nobody was not begun/);
    });

    it('gives records in the order of their ids, in blocks, across batches', async () => {
      // More than two blocks of any adapter, come in backwards.
      const ids = Array.from({ length: 2_500 }, (_, index) => index + 1);
      await store.createRun(buildRun());
      for (const part of [ids.slice(1_200), ids.slice(0, 1_200)]) {
        await store.append('run-1', batch({ records: part.toReversed().map((id) => buildRecord({ id })) }));
      }
      const blocks = await readBlocks(store, 'run-1');
      assert.ok(blocks.length > 1);
      const records = blocks.flat();
      assert.deepStrictEqual(
        records.map((record) => record.id),
        ids,
      );
      assert.deepStrictEqual(records.at(-1), buildRecord({ id: 2_500 }));
    });

    it('keeps the runs apart', async () => {
      for (const id of ['a', 'b']) await store.createRun(buildRun({ id }));
      await store.append(
        'a',
        batch({ records: [buildRecord({ promptName: 'of a' })], windows: [at(0, { second: 0 })] }),
      );
      await store.append('b', batch({ records: [buildRecord({ promptName: 'of b' })] }));
      assert.deepStrictEqual(
        (await readAll('b')).map((record) => record.promptName),
        ['of b'],
      );
      assert.deepStrictEqual(await store.windows('b', 0), []);
    });

    it('lets writes be asked for at once, in their order', async () => {
      await Promise.all([store.createRun(buildRun()), store.createRun(buildRun({ id: 'run-2' }))]);
      const seconds = Array.from({ length: 20 }, (_, second) => second);
      await Promise.all(
        seconds.map((good) =>
          store.append('run-1', batch({ records: [buildRecord({ id: good })], windows: [at(0, { second: 0, good })] })),
        ),
      );
      assert.equal((await readAll('run-1')).length, 20);
      assert.equal((await store.windows('run-1', 0))[0]?.good, 19);
    });

    it('gives windows of one target ascending, empty seconds too, the newest of each', async () => {
      await store.createRun(buildRun());
      await store.append(
        'run-1',
        batch({ windows: [at(0, { second: 2, tokens: 0.1 + 0.2 }), at(0, { second: 0, good: 1 })] }),
      );
      await store.append(
        'run-1',
        batch({ windows: [at(1, { second: 9 }), at(0, { second: 1 }), at(0, { second: 0, good: 2 })] }),
      );
      await store.append(
        'run-1',
        batch({ windows: [at(0, { second: 3, failed: 1 }), at(0, { second: 3, failed: 2 })] }),
      );
      await reopen();
      assert.deepStrictEqual(await store.windows('run-1', 0), [
        { ...EMPTY_WINDOW, second: 0, good: 2 },
        { ...EMPTY_WINDOW, second: 1 },
        { ...EMPTY_WINDOW, second: 2, tokens: 0.1 + 0.2 },
        { ...EMPTY_WINDOW, second: 3, failed: 2 },
      ]);
      assert.deepStrictEqual(await store.windows('run-1', 1), [{ ...EMPTY_WINDOW, second: 9 }]);
    });

    it('keeps the newest progress of each target that was begun', async () => {
      const targets = ['a', 'b', 'c'].map((model) => buildTarget({ model }));
      await store.createRun(buildRun({ plan: buildPlan({ targets }) }));
      const last: TargetProgress = {
        targetIndex: 2,
        measureStartAtMs: 1.1,
        measureEndAtMs: 2.2,
        drainEndAtMs: 3.3,
        dropped: 3_000_000_000,
        threads: [buildHealth({ cpuRatio: 0.25, eventLoopDelayP99Ms: 1.5 })],
      };
      await store.append('run-1', batch({ progress: [last, { ...NO_PROGRESS, dropped: 9 }] }));
      await store.append('run-1', batch({ progress: [NO_PROGRESS] }));
      await reopen();
      assert.deepStrictEqual((await store.findRun('run-1'))?.progress, [NO_PROGRESS, last]);
    });

    it('lists runs newest first, counting attempts of the measured phase only', async () => {
      const plan = buildPlan({
        targets: [
          buildTarget({ provider: 'z', model: 'm2' }),
          buildTarget({ provider: 'a', model: 'm1' }),
          buildTarget({ provider: 'z', model: 'm1' }),
        ],
      });
      await store.createRun(buildRun({ id: 'old', plan, labels: ['nightly'] }));
      await store.createRun(buildRun({ id: 'new', startedAtIso: '2026-02-01T00:00:00.000Z' }));
      const records = [
        buildRecord({ id: 1 }),
        buildRecord({ id: 2, phase: 'warmup' }),
        { ...FAILED_RECORD, id: 3 },
        buildRecord({ id: 4, attempt: 2, retryOf: 3 }),
        { ...CANCELLED_RECORD, id: 5 },
      ];
      await store.append('old', batch({ records }));
      await store.finishRun('old', { state: 'completed', durationMs: 777 });
      await store.finishRun('new', { state: 'failed', durationMs: 1 });
      await reopen();
      const old = {
        id: 'old',
        state: 'completed',
        startedAtIso: '2026-01-01T00:00:00.000Z',
        durationMs: 777,
        providers: ['z', 'a'],
        models: ['m2', 'm1'],
        requests: 4,
        completed: 2,
        labels: ['nightly'],
        importedFrom: undefined,
        failed: 1,
      };
      const listed = await store.listRuns(undefined);
      assert.deepStrictEqual(
        listed.map((run) => run.id),
        ['new', 'old'],
      );
      assert.deepStrictEqual(listed[1], old);
      assert.equal(listed[0]?.requests, 0);
      assert.deepStrictEqual(
        (await store.listRuns(1)).map((run) => run.id),
        ['new'],
      );
    });

    it('finds the runs of a group, oldest first, and the newest group without its name', async () => {
      const step = (id: string, group: string, second: number): Run =>
        buildRun({
          id,
          startedAtIso: `2026-01-01T00:00:0${second}.000Z`,
          group: { id: group, kind: 'sweep', step: second + 1, steps: undefined, values: { rate: 0.1 }, asked: {} },
        });
      assert.deepStrictEqual(await store.findGroup(undefined), []);
      const newest = step('s.2', 'sweep-1', 3);
      for (const run of [newest, step('t.1', 'sweep-2', 1), buildRun({ id: 'alone' }), step('s.1', 'sweep-1', 0)]) {
        await store.createRun(run);
      }
      assert.deepStrictEqual(await store.findGroup('sweep-1'), ['s.1', 's.2']);
      assert.deepStrictEqual(await store.findGroup('sweep-2'), ['t.1']);
      assert.deepStrictEqual(await store.findGroup(undefined), ['s.1', 's.2']);
      assert.deepStrictEqual(await store.findGroup('alone'), []);
      assert.deepStrictEqual((await store.findRun('s.2'))?.run.group, newest.group);
      assert.equal((await store.findRun('alone'))?.run.group, undefined);
    });

    it('keeps labels and where a run comes from', async () => {
      const imported = {
        tool: 'vllm',
        toolVersion: undefined,
        file: 'x.json',
        importedAtIso: '2026-02-02T00:00:00.000Z',
        figures: [{ name: 'ttft', unit: 'ms', statistics: { mean: 0.1 + 0.2 }, sameAs: undefined }],
        facts: [{ name: 'backend', value: 'a\0b' }],
      } as const;
      await store.createRun(buildRun({ labels: ['a', 'b'], imported }));
      const found = await store.findRun('run-1');
      assert.deepStrictEqual([found?.run.labels, found?.run.imported], [['a', 'b'], imported]);
      const [listed] = await store.listRuns(undefined);
      assert.deepStrictEqual([listed?.labels, listed?.importedFrom], [['a', 'b'], 'vllm']);
    });

    it('gives a run a name until another has it or the run is gone', async () => {
      for (const id of ['a', 'b']) await store.createRun(buildRun({ id }));
      const setAtIso = '2026-02-02T00:00:00.000Z';
      await store.setBaseline({ name: 'main', runId: 'a', setAtIso });
      await store.setBaseline({ name: 'dev', runId: 'a', setAtIso });
      await store.setBaseline({ name: 'main', runId: 'b', setAtIso });
      const names = async (): Promise<readonly string[]> =>
        (await store.baselines()).map(({ name, runId }) => `${name} ${runId}`);
      assert.deepStrictEqual(await names(), ['dev a', 'main b']);
      assert.equal(await store.removeBaseline('none'), false);
      assert.equal(await store.removeBaseline('dev'), true);
      assert.deepStrictEqual(await names(), ['main b']);
      await store.removeRun('b');
      assert.deepStrictEqual(await names(), []);
    });

    it('removes the token events of a run and nothing else, and remembers when', async () => {
      for (const id of ['a', 'b']) {
        await store.createRun(buildRun({ id }));
        const records = [buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [10, 20], endedAtMs: 21.5 })];
        await store.append(id, batch({ records }));
        await store.finishRun(id, { state: 'completed', durationMs: 22 });
      }
      await store.dropEvents(['a'], '2026-03-03T00:00:00.000Z');
      await store.compact();
      const eventsOf = async (id: string): Promise<number> => {
        let count = 0;
        for await (const block of store.records(id)) for (const record of block) count += record.events.length;
        return count;
      };
      assert.deepStrictEqual([await eventsOf('a'), await eventsOf('b')], [0, 2]);
      assert.equal((await store.findRun('a'))?.eventsDroppedAtIso, '2026-03-03T00:00:00.000Z');
      assert.equal((await store.findRun('b'))?.eventsDroppedAtIso, undefined);
    });

    it('shows a run that goes on as running, up to its last record', async () => {
      await store.createRun(buildRun());
      assert.equal((await store.findRun('run-1'))?.durationMs, 0);
      const records = [buildStreamedRecord({ startedAtMs: 0, tokenAtMs: [10, 20], endedAtMs: 21.5 })];
      await store.append('run-1', batch({ records }));
      const found = await store.findRun('run-1');
      assert.deepStrictEqual([found?.state, found?.durationMs], ['running', 21.5]);
      const [listed] = await store.listRuns(undefined);
      assert.deepStrictEqual([listed?.state, listed?.durationMs], ['running', 21.5]);
    });

    it('refuses an id that is taken, and leaves the run that has it alone', async () => {
      await store.createRun(buildRun());
      await store.append('run-1', batch({ records: [buildRecord()] }));
      await assert.rejects(store.createRun(buildRun({ version: 'other' })), { code: 'RUN_ID_TAKEN' });
      assert.equal((await store.findRun('run-1'))?.run.version, '0.1.0');
      assert.equal((await readAll('run-1')).length, 1);
    });

    it('removes a run with all that belongs to it, and nothing else', async () => {
      for (const id of ['a', 'b']) {
        await store.createRun(buildRun({ id }));
        await store.append(
          id,
          batch({ records: [buildRecord()], windows: [at(0, { second: 0 })], progress: [NO_PROGRESS] }),
        );
      }
      assert.equal(await store.removeRun('a'), true);
      assert.equal(await store.removeRun('a'), false);
      assert.equal(await store.findRun('a'), undefined);
      // An id may be used again; then nothing of the first may show.
      await store.createRun(buildRun({ id: 'a' }));
      assert.deepStrictEqual(await readAll('a'), []);
      assert.deepStrictEqual(await store.windows('a', 0), []);
      assert.deepStrictEqual((await store.findRun('a'))?.progress, []);
      await store.append('a', batch({ records: [buildRecord()] }));
      assert.deepStrictEqual(await readAll('a'), [buildRecord()]);
      assert.equal((await readAll('b')).length, 1);
      assert.equal((await store.windows('b', 0)).length, 1);
    });
  });
}

async function readBlocks(store: Store, runId: string): Promise<(readonly RequestRecord[])[]> {
  const blocks: (readonly RequestRecord[])[] = [];
  for await (const block of store.records(runId)) blocks.push(block);
  return blocks;
}

const EMPTY_WINDOW: Window = { second: 0, completed: 0, failed: 0, good: 0, tokens: 0, inFlight: 0 };
const NO_PROGRESS: TargetProgress = {
  targetIndex: 0,
  measureStartAtMs: undefined,
  measureEndAtMs: undefined,
  drainEndAtMs: undefined,
  dropped: 0,
  threads: [buildHealth({ cpuRatio: undefined, eventLoopDelayP99Ms: undefined })],
};

function at(targetIndex: number, window: Partial<Window>): RunBatch['windows'][number] {
  return { targetIndex, window: { ...EMPTY_WINDOW, ...window } };
}

function batch(parts: Partial<RunBatch>): RunBatch {
  return { records: [], windows: [], progress: [], ...parts };
}
