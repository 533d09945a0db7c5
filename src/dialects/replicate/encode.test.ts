import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, NO_CREDENTIALS } from '../../model/target.ts';
import type { JsonObject } from '../../model/units.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { encode } from './encode.ts';
import { follow } from './follow.ts';

const BASE = 'https://api.replicate.com/v1';
const HASH = 'a'.repeat(64);
const PROMPT = { prompt: 'Hi\n\nHo', system_prompt: 'Be brief.' };

describe('a prediction', () => {
  test('is asked to stream, or waited for', () => {
    assert.deepEqual(bodyOf({}), { input: PROMPT, stream: true });
    assert.deepEqual(bodyOf({ isStreamed: false }), { input: PROMPT });
    assert.equal('prefer' in encode(inputOf({})).headers, false);
    assert.equal(encode(inputOf({ isStreamed: false })).headers['prefer'], 'wait');
  });

  test('has the model’s parameters in its input', () => {
    const extra = { top_p: 0.5, webhook: 'https://w.example', input: { seed: 3, prompt: 'other' } };
    assert.deepEqual(bodyWith({ temperature: 0, maxTokens: 7, extra }), {
      input: { ...PROMPT, prompt: 'other', temperature: 0, max_tokens: 7, top_p: 0.5, seed: 3 },
      stream: true,
      webhook: 'https://w.example',
    });
    const { input } = bodyWith({ maxTokens: 7, maxTokensName: 'max_new_tokens' });
    assert.deepEqual(input, { ...PROMPT, max_new_tokens: 7 });
  });

  for (const [model, path, version] of [
    ['meta/llama-3', '/models/meta/llama-3/predictions', undefined],
    ['meta/llama-3:abc', '/predictions', 'abc'],
    [HASH, '/predictions', HASH],
    ['deployments/me/mine', '/deployments/me/mine/predictions', undefined],
  ] as const) {
    test(`of ${model} is made at ${path}`, () => {
      const target = buildTarget({ dialect: 'replicate', url: BASE, model });
      assert.equal(encode(inputOf({ target })).url, `${BASE}${path}`);
      assert.equal(bodyOf({ target })['version'], version);
    });
  }

  for (const [path, model, version] of [
    ['/predictions', 'meta/llama-3:abc', 'abc'],
    ['/predictions', 'meta/llama-3', 'meta/llama-3'],
    ['/models/a/b/predictions', 'meta/llama-3:abc', undefined],
    ['/deployments/a/b/predictions', 'm', undefined],
  ] as const) {
    test(`is made at ${path}, which the user named, with ${version ?? 'no version'}`, () => {
      const target = buildTarget({ dialect: 'replicate', url: `${BASE}${path}`, model });
      assert.equal(encode(inputOf({ target })).url, `${BASE}${path}`);
      assert.equal(bodyOf({ target })['version'], version);
    });
  }
});

const KEYED: Credentials = { ...NO_CREDENTIALS, apiKey: 'r8-key', headers: { 'x-team': 'blue' }, query: '?k=secret' };

function next(stream: unknown, url: string = BASE, more: object = {}): ReturnType<typeof follow> {
  const answer = JSON.stringify({ status: 'starting', urls: { get: 'https://x.example', stream }, ...more });
  return follow(answer, inputOf({ target: buildTarget({ url }), credentials: KEYED }));
}

const BARE = {
  accept: 'text/event-stream',
  'accept-encoding': 'identity',
  'cache-control': 'no-store',
  'user-agent': 'llm-bench/0',
};

describe('the stream that an answer names', () => {
  test('is fetched with the key at Replicate’s own hosts', () => {
    assert.deepEqual(next('https://stream.replicate.com/v1/files/abc?x=1'), {
      method: 'GET',
      url: 'https://stream.replicate.com/v1/files/abc?x=1',
      headers: { ...BARE, authorization: 'Bearer r8-key', 'x-team': 'blue' },
      body: undefined,
    });
  });

  for (const [stream, url] of [
    ['https://api.replicate.com/v1/streams/1', BASE],
    ['https://replicate.com/x', BASE],
    ['http://127.0.0.1:8000/v1/streams/1', 'http://127.0.0.1:8000/v1'],
    ['https://gate.example/s', 'https://gate.example/replicate/v1'],
  ] as const) {
    test(`with the key at ${stream} for who asked ${url}`, () => {
      assert.equal(next(stream, url)?.headers['authorization'], 'Bearer r8-key');
    });
  }

  test('without the key and the headers for who asked a gateway, which leaves Replicate’s address as it is', () => {
    const request = next('https://stream.replicate.com/v1/files/abc', 'https://gate.example/v1');
    assert.deepEqual(request?.headers, BARE);
    assert.ok(!JSON.stringify(request).includes('secret'));
  });

  for (const [stream, url] of [
    ['https://evil.example/steal', BASE],
    ['https://replicate.com.evil.example/', BASE],
    ['https://evilreplicate.com/', BASE],
    ['http://stream.replicate.com/v1/files/abc', BASE],
    ['https://stream.replicate.com:8443/', BASE],
    ['https://user:pw@stream.replicate.com/', BASE],
    ['http://127.0.0.1:9000/', 'http://127.0.0.1:8000/v1'],
    ['http://gate.example/s', 'https://gate.example/v1'],
    ['http://169.254.169.254/latest', BASE],
    ['file:///etc/passwd', BASE],
    ['/v1/streams/1', BASE],
    ['', BASE],
    [undefined, BASE],
    [7, BASE],
  ] as const) {
    test(`is not fetched at ${String(stream)} for who asked ${url}`, () => assert.equal(next(stream, url), undefined));
  }

  test('is not wanted of a prediction that has ended', () => {
    const stream = 'https://stream.replicate.com/v1/files/abc';
    for (const status of ['succeeded', 'failed', 'canceled', 'aborted']) {
      assert.equal(next(stream, BASE, { status }), undefined);
    }
    assert.notEqual(next(stream, BASE, { status: 'processing' }), undefined);
  });

  test('is not found in what is no prediction', () => {
    for (const answer of ['', 'null', '[]', '"x"', '{"urls":null}', '<html>']) {
      assert.equal(follow(answer, inputOf({})), undefined);
    }
  });
});

const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function inputOf(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: buildTarget({ dialect: 'replicate', url: BASE, model: 'meta/llama-3' }),
    credentials: NO_CREDENTIALS,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'user', content: 'Ho' },
    ],
    tools: undefined,
    toolChoice: undefined,
    parameters: NO_PARAMETERS,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'llm-bench/0',
    ...given,
  };
}

function bodyOf(given: Partial<EncodeInput>): JsonObject {
  return JSON.parse(Buffer.from(encode(inputOf(given)).body ?? []).toString());
}

function bodyWith(parameters: Partial<Parameters>): JsonObject {
  return bodyOf({ parameters: { ...NO_PARAMETERS, ...parameters } });
}
