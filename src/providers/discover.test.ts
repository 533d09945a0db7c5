import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { createClock, takeOrigin } from '../clock.ts';
import { get } from '../wire/get.ts';
import { createHttpClient } from '../wire/http.ts';
import { type Discovery, discover, type Finding } from './discover.ts';

/** Pages by path; a function decides by the headers. What is not here is a 404 for people. */
type Pages = Readonly<Record<string, unknown>>;

interface Page {
  readonly status: number;
  readonly body: unknown;
}

const clock = createClock(takeOrigin());
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const page = (status: number, body: unknown): Page => ({ status, body });
const withKey =
  (header: string, value: string, open: unknown, refused: Page) =>
  (headers: IncomingHttpHeaders): unknown =>
    headers[header] === value ? open : refused;

async function serve(pages: Pages): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    assert.equal(request.method, 'GET');
    asked.push(path);
    const found = pages[path];
    const value = typeof found === 'function' ? found(request.headers) : found;
    if (value === undefined) response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
    else {
      const { status, body } = isPage(value) ? value : page(200, value);
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function isPage(value: unknown): value is Page {
  return typeof value === 'object' && value !== null && 'status' in value && 'body' in value;
}

interface Asked {
  readonly path?: string;
  readonly apiKey?: string;
  readonly dialect?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function look(
  url: string,
  { path = '', apiKey, dialect, query = '', headers = {} }: Asked = {},
): Promise<Discovery> {
  const client = createHttpClient(clock);
  try {
    return await discover({
      url: `${url}${path}`,
      query,
      headers,
      apiKey,
      dialect,
      get: (address, sent) => get(client, clock, { url: address, headers: sent, timeoutMs: 5_000, maxBytes: 100_000 }),
    });
  } finally {
    client.close();
  }
}

async function find(pages: Pages, asked: Asked = {}): Promise<Finding & { readonly root: string }> {
  const { url } = await serve(pages);
  const discovery = await look(url, asked);
  assert.ok(discovery.kind === 'found', JSON.stringify(discovery));
  const local = discovery.finding.speaks.map(({ dialect, url: place }) => ({ dialect, url: place.slice(url.length) }));
  return { ...discovery.finding, speaks: local, root: url };
}

const OPENAI_LIST = { object: 'list', data: [{ id: 'a', object: 'model', owned_by: 'me' }] };
const openai = (owner: string, more: object = {}): unknown => ({
  object: 'list',
  data: [{ id: 'a', object: 'model', owned_by: owner, ...more }],
});
const OLLAMA = {
  '/api/version': { version: '0.12.3' },
  '/api/tags': { models: [{ name: 'llama3:latest', model: 'llama3:latest', size: 1, digest: 'd', details: {} }] },
};
const LLAMACPP = {
  '/props': { default_generation_settings: { n_ctx: 4096 }, total_slots: 1, model_path: '/m/x.gguf', build_info: 'b1' },
};
const TGI = { '/info': { model_id: 'org/m', version: '3.0.0', max_total_tokens: 2048, max_input_tokens: 1024 } };
const GEMINI_MODEL = { name: 'models/g', displayName: 'G', inputTokenLimit: 100, outputTokenLimit: 10 };
const GEMINI = {
  '/v1beta/models': {
    models: [
      { ...GEMINI_MODEL, supportedGenerationMethods: ['generateContent'] },
      { name: 'models/embed', supportedGenerationMethods: ['embedContent'] },
    ],
  },
};
const GEMINI_REFUSAL = { error: { code: 403, message: 'no key', status: 'PERMISSION_DENIED' } };
const ANTHROPIC_LIST = {
  data: [{ type: 'model', id: 'claude', display_name: 'Claude', created_at: '2026-01-01T00:00:00Z' }],
  has_more: false,
};
const ANTHROPIC_REFUSAL = { type: 'error', error: { type: 'authentication_error', message: 'x-api-key is required' } };
const OPENAI_REFUSAL = { error: { message: 'no key', type: 'invalid_request_error', code: null } };
const COHERE_LIST = {
  models: [
    { name: 'command', endpoints: ['chat'], context_length: 128 },
    { name: 'embed', endpoints: ['embed'] },
  ],
};
const TRITON = { '/v2': { name: 'triton', version: '2.30.0', extensions: ['generate'] } };

/** What a server has, and what is to be found: server, dialects with their paths, and models with their context windows. */
const SERVERS: readonly (readonly [what: string, pages: Pages, asked: Asked, found: readonly unknown[]])[] = [
  ['an OpenAI-like one', { '/v1/models': OPENAI_LIST }, {}, [undefined, ['openai-chat /v1'], ['a ']]],
  [
    'vLLM',
    { '/v1/models': openai('vllm', { max_model_len: 8192 }) },
    {},
    ['vLLM', ['openai-chat /v1', 'openai-completions /v1/completions'], ['a 8192']],
  ],
  [
    'SGLang, by the URL of a method',
    { '/v1/models': openai('sglang', { max_model_len: 64 }) },
    { path: '/v1/chat/completions' },
    ['SGLang', ['openai-chat /v1', 'openai-completions /v1/completions'], ['a 64']],
  ],
  [
    'Ollama with its OpenAI side',
    { ...OLLAMA, '/v1/models': openai('library') },
    {},
    ['Ollama 0.12.3', ['ollama /api/chat', 'openai-chat /v1'], ['a ']],
  ],
  ['Ollama alone', OLLAMA, { path: '/api/generate' }, ['Ollama 0.12.3', ['ollama /api/chat'], ['llama3:latest ']]],
  [
    'Ollama without any model',
    { '/api/version': { version: '1' }, '/api/tags': { models: [] } },
    {},
    ['Ollama 1', ['ollama /api/chat'], []],
  ],
  [
    'llama.cpp with its OpenAI side',
    { ...LLAMACPP, '/v1/models': openai('llamacpp', { meta: { n_ctx_train: 131_072 } }) },
    {},
    ['llama.cpp b1', ['openai-chat /v1', 'llamacpp /completion'], ['a 4096']],
  ],
  ['llama.cpp alone', LLAMACPP, {}, ['llama.cpp b1', ['llamacpp /completion'], ['x.gguf 4096']]],
  [
    'TGI with its OpenAI side',
    { ...TGI, '/v1/models': openai('org/m') },
    {},
    ['TGI 3.0.0', ['openai-chat /v1', 'tgi /generate_stream'], ['a 2048']],
  ],
  ['TGI alone', TGI, {}, ['TGI 3.0.0', ['tgi /generate_stream'], ['org/m 2048']]],
  ['Gemini', GEMINI, { path: '/v1beta' }, [undefined, ['gemini /v1beta'], ['g 100']]],
  ['Anthropic', { '/v1/models': ANTHROPIC_LIST }, {}, [undefined, ['anthropic-messages /v1/messages'], ['claude ']]],
  ['Cohere', { '/v1/models': COHERE_LIST }, { path: '/v2' }, [undefined, ['cohere /v2/chat'], ['command 128']]],
  ['Triton', TRITON, {}, ['triton 2.30.0', ['triton '], undefined]],
  ['a list without anything around it', { '/v1/models': [{ id: 'a' }] }, {}, [undefined, ['openai-chat /v1'], ['a ']]],
  ['an empty list', { '/v1/models': { object: 'list', data: [] } }, {}, [undefined, ['openai-chat /v1'], []]],
  [
    'a path of its own',
    { '/openai/models': OPENAI_LIST },
    { path: '/openai' },
    [undefined, ['openai-chat /openai'], ['a ']],
  ],
  [
    'a version of its own',
    { '/paas/v4/models': OPENAI_LIST },
    { path: '/paas/v4/' },
    [undefined, ['openai-chat /paas/v4'], ['a ']],
  ],
];

describe('what speaks there is found', () => {
  for (const [what, pages, asked, [server, speaks, models]] of SERVERS) {
    test(what, async () => {
      const finding = await find(pages, asked);
      assert.equal(finding.server, server);
      assert.deepEqual(
        finding.speaks.map(({ dialect, url }) => `${dialect} ${url}`),
        speaks,
      );
      const seen = finding.models?.map(({ id, contextWindow }) => `${id} ${contextWindow ?? ''}`);
      assert.deepEqual(seen, models);
      assert.equal(finding.key, 'not-needed');
    });
  }
});

test('limits and prices are read by whatever names they have', async () => {
  const pricing = { prompt: '0.0000025', completion: '0.00001' };
  const { models } = await find({
    '/v1/models': {
      object: 'list',
      data: [
        { id: 'groq', context_window: 8, max_completion_tokens: 4 },
        { id: 'router', name: 'R', context_length: 16, top_provider: { max_completion_tokens: 2 }, pricing },
        { id: 'free', pricing: { prompt: '0', completion: '-1' } },
        { id: 'odd', context_length: 'many', max_model_len: -1 },
      ],
    },
  });
  const nothing = { label: undefined, contextWindow: undefined, maxOutputTokens: undefined };
  const free = { inputUsd: undefined, outputUsd: undefined };
  assert.deepEqual(models, [
    { id: 'groq', label: undefined, contextWindow: 8, maxOutputTokens: 4, ...free },
    { id: 'router', label: 'R', contextWindow: 16, maxOutputTokens: 2, inputUsd: 2.5, outputUsd: 10 },
    { id: 'free', ...nothing, inputUsd: 0, outputUsd: undefined },
    { id: 'odd', ...nothing, ...free },
  ]);
});

describe('keys', () => {
  const key = 'secret-1';
  const cases: readonly (readonly [string, Pages, string])[] = [
    [
      'OpenAI',
      { '/v1/models': withKey('authorization', `Bearer ${key}`, OPENAI_LIST, page(401, OPENAI_REFUSAL)) },
      'openai-chat',
    ],
    [
      'Anthropic',
      { '/v1/models': withKey('x-api-key', key, ANTHROPIC_LIST, page(401, ANTHROPIC_REFUSAL)) },
      'anthropic-messages',
    ],
    [
      'Gemini',
      { '/v1beta/models': withKey('x-goog-api-key', key, GEMINI['/v1beta/models'], page(403, GEMINI_REFUSAL)) },
      'gemini',
    ],
    [
      'Ollama behind a gate',
      {
        '/api/version': OLLAMA['/api/version'],
        '/api/tags': withKey('authorization', `Bearer ${key}`, OLLAMA['/api/tags'], page(401, 'who?')),
      },
      'ollama',
    ],
  ];
  for (const [what, pages, dialect] of cases) {
    test(`${what} is told without one, refuses a wrong one, and lists its models with the right one`, async () => {
      for (const [apiKey, state, isListed] of [
        [undefined, 'needed', false],
        ['wrong', 'refused', false],
        [key, 'accepted', true],
      ] as const) {
        const finding = await find(pages, apiKey === undefined ? {} : { apiKey });
        assert.deepEqual([finding.speaks[0]?.dialect, finding.key], [dialect, state]);
        assert.equal(finding.models !== undefined, isListed, state);
      }
    });
  }

  test('no server is sent one in two ways at once', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const spy = (headers: IncomingHttpHeaders): unknown => {
      seen.push(headers);
      return page(401, ANTHROPIC_REFUSAL);
    };
    await find({ '/v1/models': spy }, { apiKey: key });
    const ways = seen.map(({ authorization, 'x-api-key': own }) => [authorization, own]);
    assert.deepEqual(ways, [
      [`Bearer ${key}`, undefined],
      [undefined, key],
    ]);
  });

  test('without one, a refusal that tells whose it is is enough', async () => {
    const { url, asked } = await serve({ '/v1/models': page(401, ANTHROPIC_REFUSAL) });
    assert.equal((await look(url)).kind, 'found');
    assert.deepEqual(asked, ['/v1/models']);
  });

  test('the user’s own headers and query go with every question', async () => {
    const { url, asked } = await serve({
      '/v1/models?api-version=1': (headers: IncomingHttpHeaders) =>
        headers['x-team'] === 'b' ? OPENAI_LIST : undefined,
    });
    const discovery = await look(url, { query: '?api-version=1', headers: { 'x-team': 'b' } });
    assert.equal(discovery.kind, 'found');
    assert.ok(asked.every((path) => path.endsWith('?api-version=1')));
    assert.doesNotMatch(JSON.stringify(discovery), /api-version/);
  });
});

test('a dialect that is known is asked for first', async () => {
  const { url, asked } = await serve({ ...GEMINI, '/v1/models': OPENAI_LIST });
  const discovery = await look(url, { dialect: 'gemini' });
  assert.ok(discovery.kind === 'found');
  assert.equal(discovery.finding.speaks[0]?.dialect, 'gemini');
  assert.deepEqual(asked, ['/v1beta/models']);
});

test('nothing known: all that was tried is listed', async () => {
  const { url } = await serve({
    '/v1/models': 'hello',
    '/info': { name: 'my service' },
    '/api/version': page(500, ''),
  });
  const discovery = await look(url);
  assert.equal(discovery.kind, 'unknown');
  const tried = discovery.attempts.map(({ url: place, status, says }) => [place.slice(url.length), status, says]);
  assert.deepEqual(tried, [
    ['/v1/models', 200, 'nothing known'],
    ['/models', 404, 'nothing known'],
    ['/api/version', 500, 'nothing known'],
    ['/props', 404, 'nothing known'],
    ['/info', 200, 'nothing known'],
    ['/v1beta/models', 404, 'nothing known'],
    ['/v2', 404, 'nothing known'],
  ]);
});

test('pages that only look alike are no evidence', async () => {
  const { url } = await serve({
    '/v1/models': { data: [{ name: 'a' }] },
    '/models': { models: [{ title: 'a' }] },
    '/api/version': { version: 1 },
    '/props': { default_generation_settings: 'no' },
    '/info': { model_id: '' },
    '/v1beta/models': { models: [{ name: 'g' }] },
    '/v2': { name: 'triton' },
  });
  assert.equal((await look(url)).kind, 'unknown');
});

test('a redirect is not followed, but shown', async () => {
  const server = createServer((request, response) => {
    response.writeHead(301, { location: `https://elsewhere.test${request.url}` }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const discovery = await look(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.equal(discovery.kind, 'unknown');
  assert.equal(discovery.attempts[0]?.says, 'go to https://elsewhere.test/v1/models');
});

test('who cannot be reached is asked once', async () => {
  const discovery = await look('http://127.0.0.1:1');
  assert.ok(discovery.kind === 'unreachable');
  assert.match(discovery.message, /ECONNREFUSED/);
  assert.equal(discovery.attempts.length, 1);
});

test('who hangs up at the first question is asked no other', async () => {
  const server = createServer((request) => request.socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const discovery = await look(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.equal(discovery.kind, 'unreachable');
  assert.equal(discovery.attempts.length, 1);
});
