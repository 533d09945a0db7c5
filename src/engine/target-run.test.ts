import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { DEFAULT_QUIRKS } from '../dialects/dialect.ts';
import { openaiChat } from '../dialects/openai-chat/dialect.ts';
import type { ExchangeListener, HttpClient, HttpRequest } from '../model/exchange.ts';
import type { Message } from '../model/message.ts';
import type { Plan } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import { NOTHING_ASKED, type WorkloadItem } from '../model/workload.ts';
import { createSanitizer } from '../wire/sanitize.ts';
import { supplyOf } from '../workloads/listed.ts';
import type { PromptSupply } from '../workloads/source.ts';
import { Budget } from './budget.ts';
import type { Money } from './money-gate.ts';
import { type Shard, WHOLE_RUN } from './shard.ts';
import { TargetRun } from './target-run.ts';

interface SentBody {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream_options?: object;
  readonly max_tokens?: number;
  readonly temperature?: number;
}

interface Rig {
  readonly clock: VirtualClock;
  readonly run: TargetRun;
  readonly records: RequestRecord[];
  readonly sent: { readonly atMs: number; readonly body: SentBody; readonly headers: HttpRequest['headers'] }[];
}

const GOOD = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

const ITEMS: readonly WorkloadItem[] = ['one', 'two', 'three'].map((content, index) => ({
  index,
  name: `name-${content}`,
  messages: [{ role: 'user', content }],
  maxTokens: index === 1 ? 9 : undefined,
  tools: index === 2 ? [{ name: 'look', description: undefined, parameters: undefined }] : undefined,
  toolChoice: index === 2 ? 'required' : undefined,
}));

/** Answers each request after 10 ms with the status that `statusOf` gives it; 200 is a good stream. */
function rigOf(
  plan: Partial<Plan>,
  statusOf: (body: SentBody, place: number) => number = () => 200,
  {
    targetIndex = 0,
    money,
    shard = WHOLE_RUN,
    prompts = supplyOf(ITEMS),
  }: {
    readonly prompts?: PromptSupply;
    readonly targetIndex?: number;
    readonly money?: Money | undefined;
    readonly shard?: Shard;
  } = {},
): Rig {
  const clock = createVirtualClock(1_000);
  const sent: Rig['sent'] = [];
  const prepared = new Map<Uint8Array, HttpRequest>();
  const answer = (listener: ExchangeListener, status: number): void => {
    const now = clock.nowMs();
    listener.onSocket(now, { isReused: true, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined });
    listener.onHeaders(now, status, new Map());
    if (status === 200) listener.onData(now, Buffer.from(GOOD));
    listener.onEnd(now);
  };
  const http: HttpClient = {
    prepare(request) {
      const bytes = request.body ?? new Uint8Array(0);
      prepared.set(bytes, request);
      return { origin: { isTls: false, host: 'h', port: 80, proxy: undefined }, bytes };
    },
    send({ bytes }, listener) {
      const body = JSON.parse(Buffer.from(bytes).toString('utf8')) as SentBody;
      sent.push({ atMs: clock.nowMs(), body, headers: prepared.get(bytes)?.headers ?? {} });
      const status = statusOf(body, sent.length);
      return clock.after(10, () => answer(listener, status));
    },
    close: () => undefined,
  };
  const records: RequestRecord[] = [];
  let lastId = 0;
  const run = new TargetRun({
    plan: buildPlan(plan),
    targetIndex,
    shard,
    prompts,
    credentials: { apiKey: 'key-0123', headers: { 'x-team': 'blue' }, query: '', signing: undefined },
    userAgent: 'llm-bench/test',
    dialect: openaiChat,
    http,
    clock,
    authorize: (request) => request,
    createSanitizer,
    nextId: () => ++lastId,
    onRecord: (record) => records.push(record),
    money,
    readCpuWaits: () => undefined,
    seat: undefined,
  });
  return { clock, run, records, sent };
}

const phasesOf = ({ records }: Rig): readonly string[] => records.map(({ phase }) => phase);
const asksForUsage = ({ body }: Rig['sent'][number]): boolean => body.stream_options !== undefined;
const ALWAYS = { when: 'always', tokenizer: undefined } as const;
const RISING = { from: 2, to: 8, durationMs: 1_000 } as const;
const COUNT_3 = { stop: { requests: 3, durationMs: undefined } };

test('a prompt brings its own tools', async () => {
  const rig = rigOf(COUNT_3);
  await rig.clock.until(rig.run.run());
  const sent = rig.sent.map(({ body }) => body as { readonly tools?: unknown; readonly tool_choice?: unknown });
  assert.deepEqual(
    sent.map((body) => [body.tools, body.tool_choice]),
    [
      [undefined, undefined],
      [undefined, undefined],
      [[{ type: 'function', function: { name: 'look' } }], 'required'],
    ],
  );
});

test('a run without warm-up measures its prompts in order and knows its bounds', async () => {
  const rig = rigOf(COUNT_3);
  assert.equal(rig.run.live().phase, 'waiting');
  assert.equal(rig.run.progress(), undefined);
  await rig.clock.until(rig.run.run());
  assert.deepEqual(phasesOf(rig), ['measure', 'measure', 'measure']);
  assert.deepEqual(
    rig.records.map(({ promptIndex, promptName }) => [promptIndex, promptName]),
    [
      [0, 'name-one'],
      [1, 'name-two'],
      [2, 'name-three'],
    ],
  );
  const progress = rig.run.progress();
  // Three answers of 10 ms, one after the other, from 1000 on.
  assert.deepEqual(
    [progress?.measureStartAtMs, progress?.measureEndAtMs, progress?.drainEndAtMs, progress?.dropped],
    [1_000, 1_030, 1_030, 0],
  );
  const counts = { started: 3, ended: 3, inFlight: 0, dropped: 0 };
  assert.deepEqual(rig.run.live(), { targetIndex: 0, phase: 'over', ...counts });
});

test('what is sent holds the prompt, its own limit before the plan’s, and the secrets of the target', async () => {
  const rig = rigOf({
    ...COUNT_3,
    parameters: { temperature: 0.5, maxTokens: 70, maxTokensName: undefined, extra: {} },
  });
  await rig.clock.until(rig.run.run());
  assert.deepEqual(
    rig.sent.map(({ body }) => [body.messages[0]?.content, body.max_tokens, body.temperature]),
    [
      ['one', 70, 0.5],
      ['two', 9, 0.5],
      ['three', 70, 0.5],
    ],
  );
  assert.equal(rig.sent[0]?.headers['authorization'], 'Bearer key-0123');
  assert.equal(rig.sent[0]?.headers['x-team'], 'blue');
});

test('warm-up comes first, as wide as the load, and is recorded as such', async () => {
  const rig = rigOf({
    ...COUNT_3,
    warmupRequests: 5,
    load: { kind: 'closed-loop', concurrency: 2, requestDelayMs: 0, stages: [] },
  });
  await rig.clock.until(rig.run.run());
  assert.deepEqual(
    phasesOf(rig),
    [5, 3].flatMap((count, place) => new Array<string>(count).fill(['warmup', 'measure'][place] ?? '')),
  );
  // One alone to see whether the server understands us, then four by two clients, then three by two.
  assert.deepEqual(
    rig.sent.map(({ atMs }) => atMs),
    [1_000, 1_010, 1_010, 1_020, 1_020, 1_030, 1_030, 1_040],
  );
  // Its prompts are drawn by chance, from a stream of their own: the measured ones start with the first all the same.
  assert.deepEqual(
    rig.records.slice(5).map(({ promptIndex }) => promptIndex),
    [0, 1, 2],
  );
  assert.equal(rig.run.live().started, 3);
});

test('the warm-up of an open loop sends all its requests at once after the first', async () => {
  const load = {
    kind: 'open-loop',
    arrival: 'constant',
    ratePerSecond: 100,
    maxInFlight: undefined,
    stages: [],
  } as const;
  const rig = rigOf({ ...COUNT_3, warmupRequests: 4, load });
  await rig.clock.until(rig.run.run());
  // Warm-up at 1000, then three at 1010; measured from 1020 on, every 10 ms.
  assert.deepEqual(
    rig.sent.map(({ atMs }) => atMs),
    [1_000, 1_010, 1_010, 1_010, 1_020, 1_030, 1_040],
  );
  assert.deepEqual(
    rig.records.map(({ instants }) => instants.scheduledAtMs),
    [undefined, undefined, undefined, undefined, 1_020, 1_030, 1_040],
  );
});

for (const [load, starts] of [
  // The first alone, then both clients of the ramp's start for 25 ms: at 1010, 1020 and 1030; the measured ones after their answers.
  [
    { kind: 'closed-loop', concurrency: 8, stages: [RISING], requestDelayMs: 0 },
    [1_000, 1_010, 1_010, 1_020, 1_020, 1_030, 1_030],
  ],
  // The rate of the ramp's start: every 10 ms at 1010, 1020 and 1030.
  [
    {
      kind: 'open-loop',
      arrival: 'constant',
      ratePerSecond: 800,
      stages: [{ ...RISING, from: 100 }],
      maxInFlight: undefined,
    },
    [1_000, 1_010, 1_020, 1_030],
  ],
  // A single client where there is no level yet.
  [
    {
      kind: 'open-loop',
      arrival: 'constant',
      ratePerSecond: 800,
      stages: [{ ...RISING, from: 0 }],
      maxInFlight: undefined,
    },
    [1_000, 1_010, 1_020, 1_030],
  ],
] as const) {
  test(`a warm-up by time runs at the level that ${load.kind} begins with (${load.stages[0].from})`, async () => {
    const rig = rigOf({ ...COUNT_3, warmupRequests: 1, warmupMs: 25, load });
    await rig.clock.until(rig.run.run());
    const warm = rig.records.filter(({ phase }) => phase === 'warmup').map(({ instants }) => instants.startedAtMs);
    assert.deepEqual(warm, starts);
    assert.equal(rig.records.filter(({ phase }) => phase === 'measure').length, 3);
  });
}

test('requests of the cool-down say so, and are not among the measured', async () => {
  const load = { kind: 'closed-loop', concurrency: 1, stages: [], requestDelayMs: 0 } as const;
  const rig = rigOf({ stop: { requests: 2, durationMs: undefined }, cooldownMs: 15, load });
  const phases = new Set<string>();
  for (let atMs = 1; atMs <= 40; atMs++) rig.clock.after(atMs, () => phases.add(rig.run.live().phase));
  await rig.clock.until(rig.run.run());
  assert.deepEqual([...phases], ['measure', 'cooldown', 'drain']);
  assert.deepEqual(phasesOf(rig), ['measure', 'measure', 'cooldown', 'cooldown']);
  assert.deepEqual([rig.run.live().started, rig.run.progress()?.measureEndAtMs], [2, 1_020]);
});

test('a stream that is given up by plan is cancelled and no failure; the warm-up is never given up', async () => {
  const after = { kind: 'constant', ms: 4 } as const;
  const rig = rigOf({ ...COUNT_3, warmupRequests: 2, cancellation: { ratio: 1, after } });
  await rig.clock.until(rig.run.run());
  assert.deepEqual(
    rig.records.map(({ phase, outcome }) => [phase, outcome.kind === 'cancelled' ? outcome.by : outcome.kind]),
    [
      ['warmup', 'completed'],
      ['warmup', 'completed'],
      ['measure', 'plan'],
      ['measure', 'plan'],
      ['measure', 'plan'],
    ],
  );
  assert.deepEqual(
    rig.records.slice(2).map(({ instants }) => instants.endedAtMs - instants.startedAtMs),
    [4, 4, 4],
  );
});

test('a server that refuses stream_options is asked without them from the warm-up on', async () => {
  const rig = rigOf({ ...COUNT_3, warmupRequests: 2 }, (body) => (body.stream_options === undefined ? 200 : 400));
  await rig.clock.until(rig.run.run());
  // Refused, tried again without, the second warm-up, three measured.
  assert.deepEqual(rig.sent.map(asksForUsage), [true, false, false, false, false, false]);
  assert.deepEqual(
    rig.records.map(({ phase, outcome }) => `${phase} ${outcome.kind}`),
    ['warmup failed', 'warmup completed', 'warmup completed', ...new Array<string>(3).fill('measure completed')],
  );
});

test('OpenAI itself is first asked without the newer option', async () => {
  const target = buildTarget({ url: 'https://api.openai.com/v1' });
  const plan = { ...COUNT_3, targets: [target], warmupRequests: 1 };
  const options = (body: SentBody): object | undefined => body.stream_options;
  const withoutPadding = rigOf(plan, (body) => ('include_obfuscation' in (options(body) ?? {}) ? 400 : 200));
  await withoutPadding.clock.until(withoutPadding.run.run());
  const both = { include_usage: true, include_obfuscation: false };
  const [usage, none] = [{ include_usage: true }, undefined];
  assert.deepEqual(
    withoutPadding.sent.map(({ body }) => options(body)),
    [both, usage, usage, usage, usage],
  );
  const withoutAny = rigOf(plan, (body) => (options(body) === undefined ? 200 : 400));
  await withoutAny.clock.until(withoutAny.run.run());
  assert.deepEqual(
    withoutAny.sent.map(({ body }) => options(body)),
    [both, usage, none, none, none, none],
  );
});

test('a concession that does not help is taken back', async () => {
  const rig = rigOf({ ...COUNT_3, warmupRequests: 2 }, () => 400);
  await rig.clock.until(rig.run.run());
  assert.deepEqual(rig.sent.map(asksForUsage), [true, false, true, true, true, true]);
});

for (const status of [401, 404, 429, 500]) {
  test(`a ${status} in warm-up is no reason to concede anything`, async () => {
    const rig = rigOf({ ...COUNT_3, warmupRequests: 1 }, (_, place) => (place === 1 ? status : 200));
    await rig.clock.until(rig.run.run());
    assert.deepEqual(rig.sent.map(asksForUsage), [true, true, true, true]);
  });
}

test('nothing is conceded in the measured phase', async () => {
  const rig = rigOf({ ...COUNT_3, warmupRequests: 0 }, (body) => (body.stream_options === undefined ? 200 : 400));
  await rig.clock.until(rig.run.run());
  assert.deepEqual(rig.sent.map(asksForUsage), [true, true, true]);
  assert.ok(rig.records.every(({ outcome }) => outcome.kind === 'failed'));
});

test('an asked-for retry is a record of its own that names the one before', async () => {
  const rig = rigOf(
    { stop: { requests: 1, durationMs: undefined }, retry: { maxRetries: 2, delayMs: 1_000 } },
    (_, place) => (place < 3 ? 500 : 200),
  );
  await rig.clock.until(rig.run.run());
  assert.deepEqual(
    rig.records.map(({ id, attempt, retryOf, outcome }) => [id, attempt, retryOf, outcome.kind]),
    [
      [1, 1, undefined, 'failed'],
      [2, 2, 1, 'failed'],
      [3, 3, 2, 'completed'],
    ],
  );
  const [first = 0, second = 0, third = 0] = rig.sent.map(({ atMs }) => atMs);
  // 10 ms to fail; then 1000 ms, then 2000 ms, each at least half of it.
  assert.ok(second - first >= 510 && second - first <= 1_010, `${second - first}`);
  assert.ok(third - second >= 1_010 && third - second <= 2_010, `${third - second}`);
});

test('a random prefix is new for every request, warm-up included, and never the same in a second run', async () => {
  const prefixes = async (): Promise<readonly string[]> => {
    const rig = rigOf({ ...COUNT_3, warmupRequests: 3, cache: 'cold' });
    await rig.clock.until(rig.run.run());
    return rig.sent.map(({ body }) => body.messages[0]?.content.slice(0, 18) ?? '');
  };
  const all = [...(await prefixes()), ...(await prefixes())];
  assert.ok(all.every((prefix) => /^\[[0-9a-f]{16}\]$/.test(prefix)));
  assert.equal(new Set(all).size, 12);
});

for (const [why, plan, expected] of [
  ['nobody asks for it', {}, undefined],
  ['texts are to be saved', { saveText: true }, { prompt: 'one', reasoning: '', answer: '' }],
  ['all is to be counted', { tokenCounting: ALWAYS }, { prompt: 'one', reasoning: '', answer: '' }],
] as const) {
  test(`when ${why} the text of a refused request is ${expected === undefined ? 'let go' : 'kept'}`, async () => {
    const rig = rigOf({ ...COUNT_3, ...plan }, () => 500);
    await rig.clock.until(rig.run.run());
    assert.deepEqual(rig.records[0]?.text, expected);
  });
}

test('the text of an answer without token counts is kept until they are counted', async () => {
  const rig = rigOf(COUNT_3);
  await rig.clock.until(rig.run.run());
  assert.deepEqual(rig.records[0]?.text, { prompt: 'one', reasoning: '', answer: 'Hi' });
});

test('a run that is stopped before its turn sends nothing at all', async () => {
  const rig = rigOf({ ...COUNT_3, warmupRequests: 2 });
  rig.run.stop(5_000);
  await rig.run.run();
  assert.deepEqual(rig.sent, []);
  assert.equal(rig.run.live().phase, 'over');
  assert.equal(rig.run.progress(), undefined);
});

test('a stop in warm-up lets its answer come and measures nothing', async () => {
  const rig = rigOf({ ...COUNT_3, warmupRequests: 5 });
  const done = rig.run.run();
  rig.clock.advance(5);
  assert.equal(rig.run.live().phase, 'warmup');
  rig.run.stop(5_000);
  await rig.clock.until(done);
  assert.deepEqual(
    rig.records.map(({ phase, outcome }) => `${phase} ${outcome.kind}`),
    ['warmup completed'],
  );
  assert.equal(rig.run.progress(), undefined);
});

test('a stop while a refusal is probed makes no second attempt at it', async () => {
  const rig = rigOf({ ...COUNT_3, warmupRequests: 2 }, () => 400);
  const done = rig.run.run();
  rig.clock.advance(5);
  rig.run.stop(5_000);
  await rig.clock.until(done);
  assert.equal(rig.sent.length, 1);
});

test('a stop without grace cancels what is measured, and the record says by whom', async () => {
  const rig = rigOf(COUNT_3);
  const done = rig.run.run();
  await rig.clock.until(Promise.resolve());
  rig.clock.advance(15);
  assert.deepEqual([rig.run.live().phase, rig.run.live().inFlight], ['measure', 1]);
  rig.run.stop(0);
  await rig.clock.until(done);
  assert.deepEqual(
    rig.records.map(({ outcome }) => outcome),
    [{ kind: 'completed' }, { kind: 'cancelled', by: 'user' }],
  );
  assert.equal(rig.run.progress()?.measureEndAtMs, 1_015);
});

test('while answers are awaited after the last request the live phase is drain', async () => {
  const rig = rigOf({ ...COUNT_3, load: { kind: 'closed-loop', concurrency: 2, requestDelayMs: 0, stages: [] } });
  const done = rig.run.run();
  await rig.clock.until(Promise.resolve());
  rig.clock.advance(5);
  assert.equal(rig.run.live().phase, 'measure');
  rig.clock.advance(10); // Two of three are answered at 1010, the third is due at 1020.
  assert.equal(rig.run.live().phase, 'drain');
  await rig.clock.until(done);
});

test('two targets of one plan have arrivals of their own from the same seed', async () => {
  const load = {
    kind: 'open-loop',
    arrival: 'poisson',
    ratePerSecond: 100,
    maxInFlight: undefined,
    stages: [],
  } as const;
  const targets = [buildTarget(), buildTarget({ model: 'other' })];
  const starts = async (targetIndex: number): Promise<readonly number[]> => {
    const rig = rigOf({ ...COUNT_3, load, targets, seed: 11 }, undefined, { targetIndex });
    await rig.clock.until(rig.run.run());
    return rig.records.map(({ instants }) => instants.scheduledAtMs ?? 0);
  };
  assert.deepEqual(await starts(0), await starts(0));
  assert.notDeepEqual(await starts(0), await starts(1));
});

test('a target that the plan does not have is a bug and says so', () => {
  assert.throws(() => rigOf({ targets: [] }), /no target 0/);
});

/** Requests that cost at most $1 and, as far as anybody can tell, `costs` in turn. */
function moneyOf(capUsd: number, costs: readonly (number | undefined)[]): Money & { readonly budget: Budget } {
  const budget = new Budget(capUsd);
  const left = [...costs];
  return { budget, purse: budget.openPurse(), costs: { costUsd: () => left.shift(), worstUsd: () => 1 } };
}

test('a run stops before its cap can be passed, and keeps what was measured', async () => {
  const money = moneyOf(4, [0.9, 0.8, 0.7, 0.9, 0.5]);
  const rig = rigOf({ stop: { requests: 100, durationMs: undefined }, warmupRequests: 1 }, undefined, { money });
  await rig.clock.until(rig.run.run());
  // After 0.9, 0.8, 0.7 and 0.9 = 3.3 spent, another dollar would pass 4.
  assert.deepEqual(phasesOf(rig), ['warmup', 'measure', 'measure', 'measure']);
  assert.equal(rig.run.isCutShort, true);
  assert.equal(money.budget.spentUsd.toFixed(9), '3.300000000');
});

test('a cap that the warm-up uses up leaves nothing to measure', async () => {
  const money = moneyOf(1.5, [0.9]);
  const rig = rigOf({ ...COUNT_3, warmupRequests: 2 }, undefined, { money });
  await rig.clock.until(rig.run.run());
  assert.deepEqual([phasesOf(rig), rig.run.isCutShort], [['warmup'], true]);
});

test('a run whose cap suffices is whole, and one without a limit to reckon with sends nothing', async () => {
  const enough = rigOf(COUNT_3, undefined, { money: moneyOf(3, [1, 1, 1]) });
  await enough.clock.until(enough.run.run());
  assert.deepEqual([enough.records.length, enough.run.isCutShort], [3, false]);
  const unlimited = { ...moneyOf(3, []), costs: { costUsd: () => 1, worstUsd: () => undefined } };
  const none = rigOf(COUNT_3, undefined, { money: unlimited });
  await none.clock.until(none.run.run());
  assert.deepEqual([none.sent.length, none.run.isCutShort], [0, true]);
});

test('the dearest case is asked for with the size of the body and the limit that is sent', async () => {
  const asked: { readonly bodyBytes: number; readonly maxTokens: number | undefined }[] = [];
  const worstUsd = (request: (typeof asked)[number]): number => {
    asked.push(request);
    return 0;
  };
  const money = { ...moneyOf(3, []), costs: { costUsd: () => 0, worstUsd } };
  const target = buildTarget({ profile: { ...EMPTY_PROFILE, maxOutputTokens: 77 } });
  const rig = rigOf({ ...COUNT_3, targets: [target] }, undefined, { money });
  await rig.clock.until(rig.run.run());
  const sizes = rig.sent.map(({ body }) => Buffer.byteLength(JSON.stringify(body)));
  // One more is built ahead of its time.
  assert.deepEqual(
    asked.slice(0, 3).map(({ bodyBytes }) => bodyBytes),
    sizes,
  );
  // Of the prompt, else the most that the model can.
  assert.deepEqual(
    asked.slice(0, 3).map(({ maxTokens }) => maxTokens),
    [77, 9, 77],
  );
});

test('a shard warms up and measures its part of a target, from the instant that was agreed upon', async () => {
  // Five clients, two shards: the second has clients 1 and 3, and of twelve requests the places 1, 3, 6, 8 and 11.
  const plan: Partial<Plan> = {
    load: { kind: 'closed-loop', concurrency: 5, requestDelayMs: 0, stages: [] },
    stop: { requests: 12, durationMs: undefined },
    warmupRequests: 6,
  };
  const rig = rigOf(plan, () => 200, { shard: { index: 1, count: 2 } });
  const quirks = { ...DEFAULT_QUIRKS, asksForUsage: false };
  await rig.clock.until(rig.run.warmUp({ goesOn: true, quirks, excess: 1 }));
  assert.deepEqual(phasesOf(rig), ['warmup', 'warmup']);
  await rig.clock.until(rig.run.measure(1_500));
  const measured = rig.records.filter(({ phase }) => phase === 'measure');
  assert.deepEqual(
    measured.map(({ promptIndex }) => promptIndex).toSorted(),
    [1, 3, 6, 8, 11].map((place) => place % 3).toSorted(),
  );
  assert.equal(Math.min(...measured.map(({ instants }) => instants.startedAtMs)), 1_500);
  assert.equal(rig.run.progress()?.measureStartAtMs, 1_500);
});

test('a warm cache is warmed with each prompt once, by all shards together', async () => {
  const plan = {
    ...COUNT_3,
    warmupRequests: 3,
    cache: 'warm',
    load: { kind: 'closed-loop', concurrency: 2, stages: [], requestDelayMs: 0 },
  } as const;
  const warmed: string[] = [];
  for (const index of [0, 1]) {
    const rig = rigOf(plan, () => 200, { shard: { index, count: 2 } });
    const work = async (): Promise<void> => {
      if (index === 0) await rig.run.probe();
      await rig.run.warmUp({ goesOn: true, quirks: DEFAULT_QUIRKS, excess: 1 });
    };
    await rig.clock.until(work());
    warmed.push(...rig.sent.map(({ body }) => body.messages[0]?.content ?? ''));
  }
  assert.deepEqual(warmed.sort(), ['one', 'three', 'two']);
});

test('the turns of a conversation are sent with the live answers, each with a record of its own', async () => {
  const talk: WorkloadItem = {
    ...{ index: 0, name: undefined, maxTokens: undefined, tools: undefined, toolChoice: undefined },
    messages: [{ role: 'user', content: 'one' }],
  };
  const prompts: PromptSupply = {
    count: 1,
    draw: () => ({
      item: talk,
      asked: { ...NOTHING_ASKED, turns: 2 },
      laterTurns: [{ content: 'two', maxTokens: 5, inputTokens: 1 }],
    }),
  };
  const rig = rigOf({ stop: { requests: 4, durationMs: undefined }, warmupRequests: 1 }, () => 200, { prompts });
  await rig.clock.until(rig.run.run());
  assert.deepEqual(
    rig.sent.map(({ body }) => body.messages.map(({ content }) => content).join(' | ')),
    // The warm-up asks the first question only.
    ['one', 'one', 'one | Hi | two', 'one', 'one | Hi | two'],
  );
  assert.deepEqual(
    rig.records.map(({ asked }) => [asked?.conversation, asked?.turn, asked?.turns]),
    [
      [undefined, undefined, undefined],
      [1, 1, 2],
      [1, 2, 2],
      [2, 1, 2],
      [2, 2, 2],
    ],
  );
});
