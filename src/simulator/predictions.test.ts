import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstAnswer, sse } from '../../test/support/first-answer.ts';
import { ask, type RawAnswer, RawExchange } from '../../test/support/raw-client.ts';
import { DEFAULT_OPTIONS, type SimulatorOptions } from './options.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import type { TruthRecord } from './truth.ts';

const PATH = '/v1/models/meta/llama/predictions';
const BODY = { stream: true, input: { prompt: 'three small words', system_prompt: 'be brief' } };

async function using(options: Partial<SimulatorOptions>, use: (simulator: Simulator) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({ ...DEFAULT_OPTIONS, ...options, port: 0, keepTruth: true });
  try {
    await use(simulator);
  } finally {
    await simulator.close();
  }
}

function create({ port }: Simulator, settings: string, headers = {}): Promise<RawAnswer> {
  const simulate = `ttft=4; token-delay=2; tokens=2; ${settings}`;
  return ask({ port, path: PATH, body: BODY, headers: { 'x-simulate': simulate, ...headers } });
}

function get({ port }: Simulator, path: string, headers = {}): Promise<RawAnswer> {
  return ask({ port, method: 'GET', path, body: '', headers });
}

/** The ids have the time of day in front. */
function withoutTime(body: string): string {
  return body.replaceAll(/^id: \d+:/gm, 'id: T:');
}

function dueMs({ writeDueAtMs, receivedAtMs }: TruthRecord): readonly number[] {
  return writeDueAtMs.map((atMs) => Math.round(atMs - receivedAtMs));
}

test('a prediction is answered with where its stream is, which is bare text', async () => {
  await using({}, async (simulator) => {
    const created = await create(simulator, 'ttft=100');
    assert.equal(created.status, 201);
    const { id, model, status, urls } = JSON.parse(created.body);
    assert.deepEqual([id, model, status], ['sim-1', 'meta/llama', 'starting']);
    assert.deepEqual(urls, {
      cancel: 'http://simulator/v1/predictions/sim-1/cancel',
      get: 'http://simulator/v1/predictions/sim-1',
      stream: 'http://simulator/v1/streams/sim-1',
    });
    const stream = await get(simulator, '/v1/streams/sim-1');
    assert.equal(stream.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(
      withoutTime(stream.body),
      sse('event: output\nid: T:0\ndata: r1', 'event: output\nid: T:1\ndata:  under', 'event: done\nid: T:2\ndata: {}'),
    );
    // One record of both requests, its clock started by the first.
    assert.equal(simulator.truth.length, 1);
    const [truth] = simulator.truth;
    assert.ok(truth);
    assert.deepEqual([truth.n, truth.model, truth.inputTokens, truth.outputTokens], [1, 'meta/llama', 5, 2]);
    assert.deepEqual([truth.status, truth.outcome, dueMs(truth)], [200, 'sent', [100, 102]]);
  });
});

test('text with line breaks has a field for each of its lines', async () => {
  await using({}, async (simulator) => {
    await create(simulator, 'answer=lines');
    const { body } = await get(simulator, '/v1/streams/sim-1');
    assert.equal(withoutTime(body).split('\n\n')[1], 'event: output\nid: T:1\ndata: \ndata: under');
  });
});

test('who comes late finds what was due until then, and no write counts as late for it', async () => {
  await using({}, async (simulator) => {
    await create(simulator, '');
    // Longer than the prediction takes.
    await create(simulator, 'ttft=40', { prefer: 'wait' });
    await get(simulator, '/v1/streams/sim-1');
    const truth = simulator.truth.find(({ n }) => n === 1);
    assert.ok(truth);
    const [first = 0, second = 0] = dueMs(truth);
    assert.ok(first >= 40 && second === first, 'due when he came');
    assert.ok((truth.writes[0] ?? 0) >= truth.receivedAtMs + 40);
  });
});

test('who waits gets the end at once, and who asks again and again gets it when it is there', async () => {
  await using({}, async (simulator) => {
    const waited = await create(simulator, '', { prefer: 'wait=5' });
    assert.equal(waited.status, 201);
    const { status, output, metrics } = JSON.parse(waited.body);
    assert.deepEqual([status, output], ['succeeded', ['r1 under']]);
    assert.deepEqual(metrics, {
      input_token_count: 5,
      output_token_count: 2,
      predict_time: 0.006,
      time_to_first_token: 0.004,
    });
    await create(simulator, 'ttft=30');
    const states: string[] = [];
    let last: RawAnswer;
    do {
      last = await get(simulator, '/v1/predictions/sim-2');
      states.push(JSON.parse(last.body).status);
    } while (states.at(-1) !== 'succeeded');
    assert.equal(states[0], 'processing');
    assert.deepEqual([last.status, JSON.parse(last.body).output], [200, ['r2 stones']]);
    const truth = simulator.truth[1];
    assert.deepEqual([simulator.truth.length, truth?.n, truth?.writeTokens], [2, 2, [2]]);
  });
});

test('after the stream the prediction tells its counts, to whoever has the key', async () => {
  await using({ apiKey: 'k' }, async (simulator) => {
    const headers = { authorization: 'Token k' };
    assert.equal((await create(simulator, '')).status, 401);
    await create(simulator, '', headers);
    // The address of a stream is a secret by itself, and good for one reader.
    assert.equal((await get(simulator, '/v1/streams/sim-2')).status, 200);
    assert.equal((await get(simulator, '/v1/streams/sim-2')).status, 404);
    const forbidden = await get(simulator, '/v1/predictions/sim-2');
    assert.deepEqual([forbidden.status, JSON.parse(forbidden.body).status], [401, 401]);
    const told = JSON.parse((await get(simulator, '/v1/predictions/sim-2', headers)).body);
    assert.deepEqual([told.status, told.metrics.output_token_count], ['succeeded', 2]);
    assert.equal(simulator.truth.length, 2);
    assert.equal((await get(simulator, '/v1/predictions/sim-9', headers)).status, 404);
  });
});

test('a prediction that waits for its turn can be read already, and its clock runs from there', async () => {
  await using({ maxConcurrency: 1 }, async (simulator) => {
    await create(simulator, 'ttft=30');
    await create(simulator, '');
    const waiting = new RawExchange({ port: simulator.port, method: 'GET', path: '/v1/streams/sim-2', body: '' });
    await get(simulator, '/v1/streams/sim-1');
    const { body } = await waiting.answer();
    assert.match(body, /data: r2\n/);
    const [first, second] = simulator.truth;
    assert.ok((second?.startedAtMs ?? 0) >= (first?.endedAtMs ?? Number.NaN));
    assert.equal(Math.round((second?.writeDueAtMs[0] ?? 0) - (second?.startedAtMs ?? 0)), 4);
  });
});

test('refusals come at once, failures amid the stream', async () => {
  const refused = await firstAnswer('fault=429; retry-after=3', { path: PATH, body: BODY });
  assert.equal(refused.body, '{"title":"requests","detail":"Rate limit reached","status":429}');
  assert.equal(refused.headers.get('retry-after'), '3');
  await using({}, async (simulator) => {
    await create(simulator, 'fault=error-event');
    const { body } = await get(simulator, '/v1/streams/sim-1');
    assert.match(
      body,
      /\n\nevent: error\nid: \S+\ndata: \{"detail":"Simulated failure in the stream"\}\n\nevent: done\nid: \S+\ndata: \{"reason":"error"\}\n\n$/,
    );
    await create(simulator, 'fault=reset');
    assert.equal((await get(simulator, '/v1/streams/sim-2')).ending, 'reset');
    assert.deepEqual(
      simulator.truth.map(({ fault, outcome }) => [fault, outcome]),
      [
        ['error-event', 'fault'],
        ['reset', 'fault'],
      ],
    );
  });
});

test('a prediction that nobody reads ends with the simulator', async () => {
  const simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, keepTruth: true });
  await create(simulator, '');
  await simulator.close();
  assert.deepEqual(
    simulator.truth.map(({ outcome, fault, writes }) => [outcome, fault, writes.length]),
    [['fault', 'shutdown', 0]],
  );
});
