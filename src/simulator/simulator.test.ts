import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, CHAT, type Chunk, chunksOf, type RawAnswer, RawExchange, textOf } from '../../test/support/raw-client.ts';
import { DEFAULT_OPTIONS, type SimulatorOptions } from './options.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import type { TruthRecord } from './truth.ts';

const FAST = 'ttft=2; token-delay=1; tokens=6';
let simulator: Simulator;

before(async () => {
  simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, keepTruth: true });
});
after(() => simulator.close());

async function answerTo(settings: string, body: unknown = CHAT): Promise<RawAnswer> {
  return await ask({ port: simulator.port, headers: { 'x-simulate': `${FAST}; ${settings}` }, body });
}

function lastTruth(of: Simulator = simulator): TruthRecord {
  const record = of.truth.at(-1);
  assert.ok(record);
  return record;
}

function deltasOf(answer: RawAnswer): readonly Chunk['choices'][number]['delta'][] {
  return chunksOf(answer).flatMap(({ choices }) => choices.map(({ delta }) => delta));
}

/** Runs a simulator with these options for as long as `use` takes. */
async function withSimulator(
  options: Partial<SimulatorOptions>,
  use: (simulator: Simulator) => Promise<void>,
): Promise<void> {
  const own = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, keepTruth: true, ...options });
  try {
    await use(own);
  } finally {
    await own.close();
  }
}

test('the answer carries its request number in text, id and header, and the usage is what was sent', async () => {
  const answer = await answerTo('cached-tokens=2');
  const truth = lastTruth();
  const chunks = chunksOf(answer);
  assert.equal(answer.headers.get('x-request-id'), `sim-${truth.n}`);
  assert.match(textOf(answer), new RegExp(`^r${truth.n} `));
  for (const chunk of chunks) assert.equal(chunk.id, `chatcmpl-sim-${truth.n}`);
  assert.deepEqual(chunks.at(-1)?.choices, []);
  assert.deepEqual(chunks.at(-1)?.usage, {
    prompt_tokens: 3,
    completion_tokens: 6,
    total_tokens: 9,
    prompt_tokens_details: { cached_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 0 },
  });
  assert.deepEqual([truth.inputTokens, truth.outputTokens, truth.writes.length], [3, 6, 6]);
  assert.deepEqual([truth.status, truth.outcome, truth.fault, truth.model], [200, 'sent', null, 'a-model']);
});

test('writes are due at ttft plus the delays, and never made too early', async () => {
  await answerTo('ttft=20; token-delay=3; tokens=4');
  const { receivedAtMs, writes, writeDueAtMs, lateMs } = lastTruth();
  assert.deepEqual(
    writeDueAtMs.map((dueAtMs) => Math.round((dueAtMs - receivedAtMs) * 1000) / 1000),
    [20, 23, 26, 29],
  );
  writes.forEach((atMs, index) => {
    const lateness = atMs - (writeDueAtMs[index] ?? Number.NaN);
    assert.ok(lateness >= 0 && lateness <= lateMs);
  });
});

test('reasoning comes first, in the field asked for, and counts as completion tokens', async () => {
  const answer = await answerTo('reasoning-tokens=3; reasoning-field=reasoning; tokens-per-chunk=2');
  const kinds = deltasOf(answer).map((delta) => Object.keys(delta).join());
  assert.deepEqual(kinds, ['role,content', 'reasoning', 'reasoning', 'content', 'content', 'content', '']);
  const truth = lastTruth();
  assert.deepEqual(truth.writeTokens, [2, 1, 2, 2, 2]);
  assert.deepEqual(truth.writeKinds, ['reasoning', 'reasoning', 'content', 'content', 'content']);
  assert.deepEqual([truth.outputTokens, truth.reasoningTokens], [9, 3]);
  assert.equal(chunksOf(answer).at(-1)?.usage?.completion_tokens, 9);
});

test('a token limit caps the answer and is its finish reason', async () => {
  const answer = await answerTo('reasoning-tokens=2', { ...CHAT, max_tokens: 5 });
  const reasons = chunksOf(answer).map(({ choices }) => choices[0]?.finish_reason ?? null);
  assert.deepEqual(
    reasons.filter((reason) => reason !== null),
    ['length'],
  );
  assert.deepEqual([lastTruth().outputTokens, lastTruth().reasoningTokens], [5, 2]);
  await answerTo('', { ...CHAT, max_tokens: 5, max_completion_tokens: 4 });
  assert.equal(lastTruth().outputTokens, 4);
});

test('a tool call names the first tool, and its arguments join to JSON', async () => {
  const tools = [{ type: 'function', function: { name: 'look_up' } }];
  const answer = await answerTo('answer=tool-call', { ...CHAT, tools });
  const calls = deltasOf(answer).flatMap((delta) => delta.tool_calls ?? []);
  assert.equal(calls[0]?.function.name, 'look_up');
  const joined = calls.map((call) => call.function.arguments).join('');
  assert.match(JSON.parse(joined).text, new RegExp(`^r${lastTruth().n}( \\S+){4}$`));
  assert.deepEqual([calls.length, lastTruth().outputTokens, lastTruth().writeKinds[0]], [6, 6, 'tool-call']);
  const whole = await answerTo('answer=tool-call', { ...CHAT, tools, stream: false });
  const [choice] = JSON.parse(whole.body).choices;
  assert.equal(choice.finish_reason, 'tool_calls');
  assert.match(JSON.parse(choice.message.tool_calls[0].function.arguments).text, /^r\d+ /);
});

test('the first chunk is a role, a role with text, or neither', async () => {
  const firsts: string[] = [];
  for (const form of ['role', 'text', 'none']) {
    const [first = {}] = deltasOf(await answerTo(`first-chunk=${form}`));
    firsts.push(JSON.stringify(first).replace(/r\d+/, 'r1'));
  }
  assert.deepEqual(firsts, [
    '{"role":"assistant","content":""}',
    '{"role":"assistant","content":"r1"}',
    '{"content":"r1"}',
  ]);
});

test('the usage stands where it was asked to stand', async () => {
  const places: (readonly number[])[] = [];
  for (const form of ['own', 'finish', 'every', 'none']) {
    const chunks = chunksOf(await answerTo(`usage=${form}; tokens=3`));
    places.push(chunks.map(({ usage }) => usage?.completion_tokens ?? -1));
  }
  // Role, three tokens, finish, and usage if it has a chunk of its own.
  assert.deepEqual(places, [
    [-1, -1, -1, -1, -1, 3],
    [-1, -1, -1, -1, 3],
    [-1, 1, 2, 3, 3],
    [-1, -1, -1, -1, -1],
  ]);
  const unasked = chunksOf(await answerTo('', { ...CHAT, stream_options: undefined }));
  assert.ok(unasked.every((chunk) => !('usage' in chunk)));
});

test('an answer that is not streamed comes whole, when its last token is due', async () => {
  for (const [settings, body] of [
    ['ttft=5; token-delay=2; tokens=4', { ...CHAT, stream: false }],
    ['ttft=5; token-delay=2; tokens=4; ignore-stream', CHAT],
  ] as const) {
    const answer = await answerTo(settings, body);
    const whole = JSON.parse(answer.body);
    assert.match(whole.choices[0].message.content, /^r\d+( \S+){3}$/);
    assert.equal(whole.usage.completion_tokens, 4);
    const { writeDueAtMs, receivedAtMs, writeTokens } = lastTruth();
    assert.deepEqual(writeTokens, [4]);
    assert.equal(Math.round((writeDueAtMs[0] ?? 0) - receivedAtMs), 11);
  }
});

test('the nth request draws the same whatever else is under way', async () => {
  const drawn = async (isTogether: boolean): Promise<readonly (readonly number[])[]> => {
    let records: readonly TruthRecord[] = [];
    const ttft = { kind: 'lognormal', median: 8, sigma: 0.5 } as const;
    const tokens = { kind: 'uniform', min: 2, max: 9 } as const;
    await withSimulator({ ttft, tokens, tokenDelay: { kind: 'uniform', min: 0, max: 2 } }, async (own) => {
      const requests = Array.from({ length: 5 }, () => () => ask({ port: own.port }));
      if (isTogether) await Promise.all(requests.map((request) => request()));
      else for (const request of requests) await request();
      records = own.truth;
    });
    const ordered = records.toSorted((a, b) => a.n - b.n);
    return ordered.map(({ writeDueAtMs, receivedAtMs }) =>
      writeDueAtMs.map((dueAtMs) => Math.round((dueAtMs - receivedAtMs) * 1000)),
    );
  };
  assert.deepEqual(await drawn(true), await drawn(false));
});

test('only so many requests are served at once; the others wait in order, and one too many gets 429', async () => {
  await withSimulator({ maxConcurrency: 1, maxQueue: 2 }, async ({ port, truth }) => {
    const settings = { 'x-simulate': 'ttft=30; tokens=2; token-delay=1' };
    const first = new RawExchange({ port, headers: settings });
    await first.until('\r\n\r\n');
    const others = await Promise.all([2, 3, 4].map(() => ask({ port, headers: settings })));
    const statuses = [...others, await first.answer()].map(({ status }) => status);
    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [200, 200, 200, 429],
    );
    const served = truth.filter(({ status }) => status === 200);
    assert.deepEqual(
      served.map(({ n }) => n),
      [1, 2, 3],
    );
    served.slice(1).forEach((record, index) => {
      assert.ok((record.startedAtMs ?? 0) >= (served[index]?.endedAtMs ?? Number.NaN));
      assert.equal(Math.round((record.writeDueAtMs[0] ?? 0) - (record.startedAtMs ?? 0)), 30);
    });
    assert.equal(truth.find(({ status }) => status === 429)?.startedAtMs, null);
  });
});

test('in a silence nothing is written, though requests are read, and then all that was due', async () => {
  await withSimulator({ silence: { atMs: 30, forMs: 100 } }, async ({ port, truth }) => {
    const headers = { 'x-simulate': 'ttft=5; token-delay=10; tokens=6' };
    const first = new RawExchange({ port, headers });
    await first.until('"content":"r1"');
    await Promise.all([first.ended, ask({ port, headers })]);
    const begin = (truth.find(({ n }) => n === 1)?.receivedAtMs ?? 0) + 30;
    const all = truth.flatMap(({ writes }) => writes);
    assert.deepEqual(
      all.filter((atMs) => atMs > begin && atMs < begin + 100),
      [],
    );
    const second = truth.find(({ n }) => n === 2);
    assert.ok((second?.receivedAtMs ?? 0) < begin + 100);
    assert.equal(all.length, 12);
  });
});

test('keys, models and paths are checked', async () => {
  await withSimulator({ apiKey: 'secret', models: ['a-model'] }, async ({ port }) => {
    const authorization = 'Bearer secret';
    const statusOf = async (request: Parameters<typeof ask>[0]): Promise<string> => {
      const { status, body } = await ask(request);
      return `${status} ${JSON.parse(body).error?.code ?? ''}`;
    };
    const headers = { authorization, 'x-simulate': FAST };
    assert.equal(await statusOf({ port }), '401 invalid_api_key');
    const other = { ...CHAT, model: 'other' };
    assert.equal(await statusOf({ port, headers, body: other }), '404 model_not_found');
    assert.equal((await ask({ port, headers, path: '/chat/completions' })).status, 200);
    assert.equal(await statusOf({ port, headers, path: '/v2/nothing' }), '404 ');
    assert.equal(await statusOf({ port, headers, body: '{"messages"' }), '400 ');
    assert.equal(await statusOf({ port, headers, body: { model: 'a-model', messages: [] } }), '400 ');
    const listed = await ask({ port, headers, method: 'GET', path: '/v1/models', body: '' });
    assert.deepEqual(
      JSON.parse(listed.body).data.map(({ id }: { id: string }) => id),
      ['a-model'],
    );
  });
});

test('a server that knows no stream_options answers 400 to them only', async () => {
  await withSimulator({ acceptsStreamOptions: false }, async ({ port }) => {
    const headers = { 'x-simulate': FAST };
    const refused = await ask({ port, headers });
    assert.deepEqual([refused.status, JSON.parse(refused.body).error.code], [400, 'unknown_parameter']);
    assert.equal((await ask({ port, headers, body: { ...CHAT, stream_options: undefined } })).status, 200);
  });
});

test('a bad x-simulate header is answered 400 with what would be right', async () => {
  const answer = await answerTo('speed=9');
  assert.equal(answer.status, 400);
  assert.match(JSON.parse(answer.body).error.message, /^x-simulate: "speed" is unknown; use fault, status, ttft, /);
});

test('a client that leaves is recorded with what it was sent until then', async () => {
  await withSimulator({}, async ({ port, truth }) => {
    const exchange = new RawExchange({ port, headers: { 'x-simulate': 'ttft=1; token-delay=2; tokens=5000' } });
    await exchange.until('"content":"r1"');
    exchange.leave();
    while (truth.length === 0) await ask({ port, method: 'GET', path: '/v1/models', body: '' });
    const [record] = truth;
    assert.equal(record?.outcome, 'client-gone');
    assert.ok((record?.outputTokens ?? 0) >= 1 && (record?.outputTokens ?? 0) < 5000);
  });
});

test('requests on one connection are answered one after the other', async () => {
  await withSimulator({}, async ({ port, truth }) => {
    const headers = { 'x-simulate': FAST, connection: 'keep-alive' };
    const exchange = new RawExchange({ port, headers });
    await exchange.until('0\r\n\r\n');
    exchange.send({ port, headers: { ...headers, 'x-simulate': 'ttft=2; token-delay=10; tokens=6' } });
    await exchange.until('"content":"r2"');
    exchange.send({ port, headers: { 'x-simulate': FAST } });
    await exchange.ended;
    assert.deepEqual(
      truth.map(({ connection, requestOnConnection }) => [connection, requestOnConnection]),
      [
        [1, 1],
        [1, 2],
        [1, 3],
      ],
    );
    const [, second, third] = truth;
    assert.ok((third?.headersAtMs ?? 0) >= (second?.endedAtMs ?? Number.NaN));
  });
});

test('closing ends open requests and says so in their truth', async () => {
  const own = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, keepTruth: true });
  const exchange = new RawExchange({ port: own.port, headers: { 'x-simulate': 'fault=none; ttft=60000' } });
  await exchange.until('\r\n\r\n');
  await own.close();
  await exchange.ended;
  assert.deepEqual(
    own.truth.map(({ outcome, fault }) => [outcome, fault]),
    [['fault', 'shutdown']],
  );
});

test('a port that is taken is an error', async () => {
  const options = { ...DEFAULT_OPTIONS, port: simulator.port };
  await assert.rejects(startSimulator(options), { code: 'EADDRINUSE' });
});
