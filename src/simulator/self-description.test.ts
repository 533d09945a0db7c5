import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, CHAT, type RawAnswer } from '../../test/support/raw-client.ts';
import { DEFAULT_OPTIONS, type SimulatorOptions } from './options.ts';
import { startSimulator } from './simulator.ts';

type Get = (path: string, headers?: Readonly<Record<string, string>>) => Promise<RawAnswer>;

async function asking(
  options: Partial<SimulatorOptions>,
  use: (get: Get, port: number) => Promise<void>,
): Promise<void> {
  const { port, close } = await startSimulator({ ...DEFAULT_OPTIONS, models: ['a', 'b'], ...options, port: 0 });
  try {
    await use((path, headers = {}) => ask({ port, method: 'GET', path, headers, body: '' }), port);
  } finally {
    await close();
  }
}

/** What a client finds out of each page, by path. */
const FINDINGS: readonly (readonly [path: string, find: (page: never) => unknown, found: unknown])[] = [
  ['/v1/models', ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id), ['a', 'b']],
  ['/v1/models', ({ object }: { object: string }) => object, 'list'],
  ['/openai/v1/models', ({ object }: { object: string }) => object, 'list'],
  ['/v1/models/b', ({ id }: { id: string }) => id, 'b'],
  ['/v1beta/models', ({ models }: { models: { name: string }[] }) => models[0]?.name, 'models/a'],
  ['/api/tags', ({ models }: { models: { model: string }[] }) => models[1]?.model, 'b'],
  ['/api/version', ({ version }: { version: string }) => version, '0.0.0-simulated'],
  [
    '/props',
    ({ default_generation_settings: { n_ctx } }: { default_generation_settings: { n_ctx: number } }) => n_ctx,
    131_072,
  ],
  ['/info', ({ model_id: id }: { model_id: string }) => id, 'a'],
  ['/v2', ({ name }: { name: string }) => name, 'triton'],
  ['/v2/models/b', ({ versions }: { versions: string[] }) => versions, ['1']],
  [
    '/ml/v1/foundation_model_specs',
    ({ resources }: { resources: { model_id: string }[] }) => resources[1]?.model_id,
    'b',
  ],
  ['/health', ({ status }: { status: string }) => status, 'ok'],
];

test('each family describes itself where its clients look', async () => {
  await asking({}, async (get, port) => {
    for (const [path, find, found] of FINDINGS) {
      const { status, headers, body } = await get(path);
      assert.deepEqual([status, headers.get('content-type')], [200, 'application/json'], path);
      assert.deepEqual(find(JSON.parse(body) as never), found, path);
    }
    const { data, last_id: last } = JSON.parse((await get('/v1/models', { 'anthropic-version': '2023-06-01' })).body);
    assert.deepEqual([data[0].display_name, last], ['a', 'b']);
    assert.equal((await get('/')).body, 'Ollama is running');
    assert.equal((await get('/v2/health/ready')).body, '');
    assert.deepEqual([(await get('/v2/models/b/ready')).status, (await get('/v2/models/c/ready')).status], [200, 404]);
    const index = await ask({ port, path: '/v2/repository/index', body: {} });
    assert.deepEqual(JSON.parse(index.body)[0], { name: 'a', version: '1', state: 'READY', reason: '' });
    assert.equal((await get('/v1/models/c')).status, 404);
    assert.equal((await get('/api/nothing')).status, 404);
  });
});

test('a family that is not spoken is not there, neither its pages nor its answers', async () => {
  await asking({ speaks: ['ollama'] }, async (get, port) => {
    assert.equal((await get('/api/tags')).status, 200);
    for (const path of ['/v1/models', '/v1beta/models', '/props', '/info', '/health']) {
      assert.equal((await get(path)).status, 404, path);
    }
    assert.equal((await ask({ port, body: { ...CHAT, model: 'a' } })).status, 404);
    const chat = { model: 'a', messages: CHAT['messages'], options: { num_predict: 1 } };
    assert.equal((await ask({ port, path: '/api/chat', body: chat, headers: { 'x-simulate': 'ttft=0' } })).status, 200);
  });
  await asking({ speaks: ['tgi'] }, async (get) => {
    const { status, body } = await get('/health');
    assert.deepEqual([status, body], [200, '']);
  });
  await asking({ speaks: ['cohere'] }, async (get) => {
    assert.deepEqual(JSON.parse((await get('/v1/models')).body).models[0], { name: 'a', endpoints: ['chat'] });
  });
});

test('lists of models need the key of their family, health does not', async () => {
  await asking({ apiKey: 'k' }, async (get) => {
    const statuses: number[] = [];
    for (const [path, headers] of [
      ['/v1/models', { authorization: 'Bearer k' }],
      ['/v1/models', {}],
      ['/v1/models', { 'anthropic-version': '2023-06-01', 'x-api-key': 'k' }],
      ['/v1beta/models?key=k', {}],
      ['/v1beta/models', {}],
      ['/health', {}],
    ] as const) {
      statuses.push((await get(path, headers)).status);
    }
    assert.deepEqual(statuses, [200, 401, 200, 200, 401, 200]);
    const { body } = await get('/v1/models', { 'anthropic-version': '2023-06-01' });
    assert.equal(JSON.parse(body).error.type, 'authentication_error');
  });
});
