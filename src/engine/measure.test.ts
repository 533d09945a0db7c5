import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import { createClock, takeOrigin } from '../clock.ts';
import { openaiChat } from '../dialects/openai-chat/dialect.ts';
import type { ExchangeListener, HttpClient } from '../model/exchange.ts';
import type { Plan } from '../model/plan.ts';
import { NO_PROXIES } from '../model/proxy.ts';
import type { RequestRecord } from '../model/record.ts';
import { createSanitizer } from '../wire/sanitize.ts';
import { openPrompts } from '../workloads/supply.ts';
import { unpackRecords } from './batch.ts';
import { Coordinator } from './coordinator.ts';
import { startMeasuring } from './measure.ts';
import type { MeasuringReport } from './messages.ts';
import { WHOLE_RUN } from './shard.ts';

const GOOD = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

interface Rig {
  readonly measuring: ReturnType<typeof startMeasuring>;
  readonly reports: MeasuringReport[];
  /** Requests that wait for `answer`, as provider/model, in order of their sending. */
  readonly waiting: { readonly name: string; readonly answer: (status?: number) => void }[];
  readonly sentNames: string[];
  /** Secrets that the sanitizers were made with, by target. */
  readonly secrets: (readonly string[])[];
  readonly closed: () => number;
}

/** Measures against a server that answers when told to. Targets are named provider/model, their host is the provider. */
function measure(names: readonly string[], plan: Partial<Plan> = {}): Rig {
  const reports: MeasuringReport[] = [];
  const waiting: Rig['waiting'] = [];
  const sentNames: string[] = [];
  const secrets: (readonly string[])[] = [];
  let closed = 0;
  const createHttpClient = (clock: { nowMs(): number }): HttpClient => ({
    prepare: ({ url, body }) => ({
      origin: { isTls: false, host: new URL(url).hostname, port: 80, proxy: undefined },
      bytes: body ?? new Uint8Array(0),
    }),
    send({ origin, bytes }, listener) {
      const { model } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { model: string };
      const name = `${origin.host}/${model}`;
      sentNames.push(name);
      const own = { name, answer: (status: number = 200) => answer(listener, clock.nowMs(), status) };
      waiting.push(own);
      return () => {
        const place = waiting.indexOf(own);
        if (place !== -1) waiting.splice(place, 1);
      };
    },
    close() {
      closed++;
    },
  });
  const targets = names.map((name) => {
    const [provider = '', model = ''] = name.split('/');
    return buildTarget({ provider, model, url: `http://${provider}/v1` });
  });
  const wholePlan = buildPlan({ targets, stop: { requests: 2, durationMs: undefined }, ...plan });
  const coordinator = new Coordinator({
    plan: wholePlan,
    shardCount: 1,
    clock: createClock(takeOrigin()),
    send: (_, command) => measuring.command(command),
  });
  const measuring = startMeasuring(
    {
      plan: wholePlan,
      shard: WHOLE_RUN,
      items: [
        {
          index: 0,
          name: undefined,
          messages: [{ role: 'user', content: 'Hi' }],
          maxTokens: undefined,
          tools: undefined,
          toolChoice: undefined,
        },
      ],
      credentials: names.map((name) => ({
        apiKey: `key of ${name}`,
        headers: { 'x-gate': 'gate-secret' },
        query: '?code=a%20b&empty=',
        signing: undefined,
      })),
      origin: takeOrigin(),
      userAgent: 'llm-bench/test',
      proxies: NO_PROXIES,
    },
    {
      createHttpClient,
      dialectOf: () => openaiChat,
      openPrompts,
      createSanitizer(own) {
        secrets.push(own);
        return createSanitizer(own);
      },
      costsOf: () => ({ costUsd: () => undefined, worstUsd: () => undefined }),
      authorize: (request) => request,
      readCpuWaits: () => undefined,
    },
    {
      send(report, transfer) {
        reports.push(structuredClone(report, { transfer }));
        coordinator.take(0, report);
      },
    },
  );
  coordinator.run();
  return { measuring, reports, waiting, sentNames, secrets, closed: () => closed };
}

function answer(listener: ExchangeListener, nowMs: number, status: number): void {
  listener.onSocket(nowMs, { isReused: true, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined });
  listener.onHeaders(nowMs, status, new Map());
  if (status === 200) listener.onData(nowMs, Buffer.from(GOOD));
  listener.onEnd(nowMs);
}

/** Lets the event loop turn until all that can happen without an answer has happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function answerAll(rig: Rig): Promise<void> {
  for (let round = 0; round < 100; round++) {
    await settle();
    if (rig.waiting.length === 0) return;
    for (const { answer: give } of [...rig.waiting]) give();
  }
}

function recordsOf({ reports }: Rig): readonly RequestRecord[] {
  return reports.flatMap((report) => (report.type === 'batch' ? unpackRecords(report.records) : []));
}

const waitingNames = ({ waiting }: Rig): readonly string[] => waiting.map(({ name }) => name).sort();

test('providers are measured side by side, the models of one provider in turn', async () => {
  const rig = measure(['a/m1', 'a/m2', 'b/m1']);
  await settle();
  assert.deepEqual(waitingNames(rig), ['a/m1', 'b/m1']);
  // One provider's slowness does not hold up another's next model.
  for (let request = 0; request < 2; request++) {
    rig.waiting.find(({ name }) => name === 'a/m1')?.answer();
    await settle();
  }
  assert.deepEqual(waitingNames(rig), ['a/m2', 'b/m1']);
  await answerAll(rig);
  await rig.measuring.done;
  assert.equal(recordsOf(rig).length, 6);
});

test('with a provider concurrency of one, providers take turns too, in the order of the plan', async () => {
  const rig = measure(['b/m1', 'a/m1', 'b/m2'], { providerConcurrency: 1 });
  await answerAll(rig);
  await rig.measuring.done;
  assert.deepEqual(rig.sentNames, ['b/m1', 'b/m1', 'b/m2', 'b/m2', 'a/m1', 'a/m1']);
});

test('more lanes than providers are no harm', async () => {
  const rig = measure(['a/m1', 'b/m1'], { providerConcurrency: 9 });
  await settle();
  assert.deepEqual(waitingNames(rig), ['a/m1', 'b/m1']);
  await answerAll(rig);
  await rig.measuring.done;
});

test('the first report comes at once, the last is the end, and every record is in exactly one batch', async () => {
  const rig = measure(['a/m1', 'b/m1']);
  assert.equal(rig.reports[0]?.type, 'batch');
  await answerAll(rig);
  await rig.measuring.done;
  assert.equal(rig.reports.at(-1)?.type, 'end');
  assert.equal(rig.reports.filter(({ type }) => type === 'end').length, 1);
  assert.deepEqual(
    recordsOf(rig)
      .map(({ id }) => id)
      .sort(),
    [1, 2, 3, 4],
  );
  assert.equal(rig.closed(), 1);
});

test('records leave the thread while it still measures, and none of them leaves twice', async () => {
  const rig = measure(['a/m1']);
  await settle();
  rig.waiting[0]?.answer();
  // The second report comes by the clock, a quarter of a second after the first.
  while (rig.reports.filter(({ type }) => type === 'batch').length < 2) await settle();
  assert.deepEqual(
    recordsOf(rig).map(({ id }) => id),
    [1],
  );
  await answerAll(rig);
  await rig.measuring.done;
  assert.deepEqual(
    recordsOf(rig).map(({ id }) => id),
    [1, 2],
  );
});

test('the last batch knows the bounds of every target and that all are over', async () => {
  const rig = measure(['a/m1', 'a/m2']);
  await answerAll(rig);
  await rig.measuring.done;
  const last = rig.reports.at(-2);
  assert.ok(last?.type === 'batch');
  assert.deepEqual(
    last.live.map(({ targetIndex, phase, ended }) => [targetIndex, phase, ended]),
    [
      [0, 'over', 2],
      [1, 'over', 2],
    ],
  );
  const [first, second] = last.progress;
  assert.ok(first?.drainEndAtMs !== undefined && second?.measureStartAtMs !== undefined);
  assert.ok(first.drainEndAtMs <= second.measureStartAtMs);
});

test('a concession to one target is not made to another', async () => {
  const rig = measure(['a/m1', 'b/m1'], { warmupRequests: 1 });
  await settle();
  rig.waiting.find(({ name }) => name === 'a/m1')?.answer(400);
  await answerAll(rig);
  await rig.measuring.done;
  assert.deepEqual([...rig.sentNames].sort(), ['a/m1', 'a/m1', 'a/m1', 'a/m1', 'b/m1', 'b/m1', 'b/m1']);
});

test('a stop ends all targets, those whose turn has not come too', async () => {
  const rig = measure(['a/m1', 'a/m2', 'b/m1'], { warmupRequests: 1 });
  await settle();
  rig.measuring.command({ type: 'stop', graceMs: 60_000 });
  await answerAll(rig);
  await rig.measuring.done;
  assert.deepEqual([...rig.sentNames].sort(), ['a/m1', 'b/m1']);
});

test('a stop without grace cancels what is in flight', async () => {
  const rig = measure(['a/m1', 'b/m1']);
  await settle();
  rig.measuring.command({ type: 'stop', graceMs: 0 });
  await rig.measuring.done;
  assert.deepEqual(
    recordsOf(rig).map(({ outcome }) => outcome),
    [
      { kind: 'cancelled', by: 'user' },
      { kind: 'cancelled', by: 'user' },
    ],
  );
});

test('every secret of a target goes to its sanitizer: key, header values and query values, but no empty one', async () => {
  const rig = measure(['a/m1']);
  assert.deepEqual(rig.secrets, [['key of a/m1', 'gate-secret', 'a b']]);
  await answerAll(rig);
  await rig.measuring.done;
});

test('new credentials go to their own target, and the old ones stay with its sanitizer', async () => {
  const rig = measure(['a/m1', 'b/m1']);
  const credentials = { apiKey: 'newer key', headers: {}, query: '', signing: undefined };
  rig.measuring.command({ type: 'credentials', targetIndex: 1, credentials });
  assert.deepEqual(rig.secrets.slice(2), [['key of b/m1', 'gate-secret', 'a b', 'newer key']]);
  await answerAll(rig);
  await rig.measuring.done;
});
