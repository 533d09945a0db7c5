import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { anthropicMessages } from './dialect.ts';
import { encode } from './encode.ts';

const USER: Message = { role: 'user', content: 'Grüße "an" \n 👋' };

describe('the body', () => {
  test('asks for a stream with the limit that the API requires, and for nothing else that was not given', () => {
    assert.deepEqual(bodyOf({}), { model: 'm/1', max_tokens: 1024, messages: [USER], stream: true });
  });

  test('asks for a whole answer when no stream is wanted', () => {
    assert.deepEqual(bodyOf({ isStreamed: false }), {
      model: 'm/1',
      max_tokens: 1024,
      messages: [USER],
      stream: false,
    });
  });

  test('has system messages at the top, and the others in their order', () => {
    const answer: Message = { role: 'assistant', content: 'Hm' };
    const messages: readonly Message[] = [
      { role: 'system', content: 'Be brief.' },
      USER,
      answer,
      { role: 'system', content: 'Be kind.' },
      USER,
    ];
    assert.deepEqual(bodyOf({ messages }), {
      model: 'm/1',
      max_tokens: 1024,
      system: 'Be brief.\n\nBe kind.',
      messages: [USER, answer, USER],
      stream: true,
    });
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    assert.deepEqual(bodyOf({ parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} } }), {
      model: 'm/1',
      max_tokens: 7,
      messages: [USER],
      stream: true,
      temperature: 0,
    });
  });

  test('lets extra parameters have the last word', () => {
    const extra = { max_tokens: 9, stream: false, system: 'x', thinking: { type: 'adaptive' } };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      model: 'm/1',
      messages: [USER],
      temperature: 1,
      ...extra,
    });
  });
});

describe('the URL', () => {
  const urls: readonly (readonly [url: string, query: string, result: string])[] = [
    ['https://api.anthropic.com/v1', '', 'https://api.anthropic.com/v1/messages'],
    ['https://api.anthropic.com/v1/messages', '', 'https://api.anthropic.com/v1/messages'],
    ['http://a.example/v1', '?key=a%2Fb&x=1', 'http://a.example/v1/messages?key=a%2Fb&x=1'],
    ['http://a.example/v1/messages', '?beta=true', 'http://a.example/v1/messages?beta=true'],
  ];
  for (const [url, query, result] of urls) {
    test(`of ${url} with ${query === '' ? 'no query' : query}`, () => {
      const target = { ...input({}).target, url };
      assert.equal(encode(input({ target, credentials: { ...NO_CREDENTIALS, query } })).url, result);
    });
  }
});

describe('on Vertex AI', () => {
  const path = 'https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/anthropic/models/m';
  const at = (url: string): Pick<EncodeInput, 'target'> => ({ target: { ...input({}).target, url } });

  test('the path says which model and whether to stream', () => {
    assert.equal(encode(input(at(`${path}:streamRawPredict`))).url, `${path}:streamRawPredict`);
    assert.equal(encode(input({ ...at(`${path}:streamRawPredict`), isStreamed: false })).url, `${path}:rawPredict`);
    assert.equal(encode(input(at(`${path}:rawPredict`))).url, `${path}:streamRawPredict`);
  });

  test('a key is an access token', () => {
    const credentials = { ...NO_CREDENTIALS, apiKey: 'ya29.k' };
    const { headers } = encode(input({ ...at(`${path}:rawPredict`), credentials }));
    assert.deepEqual([headers['authorization'], headers['x-api-key']], ['Bearer ya29.k', undefined]);
  });

  test('the body says the version, and no model', () => {
    assert.deepEqual(bodyOf(at(`${path}:streamRawPredict`)), {
      anthropic_version: 'vertex-2023-10-16',
      max_tokens: 1024,
      messages: [USER],
      stream: true,
    });
  });
});

describe('the headers', () => {
  test('ask for an event stream that is not compressed, of one version', () => {
    assert.deepEqual(headersOf({}), {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'llm-bench/0',
      'anthropic-version': '2023-06-01',
    });
  });

  test('ask for JSON when no stream is wanted', () => {
    assert.equal(encode(input({ isStreamed: false })).headers['accept'], 'application/json');
  });

  test('hold the key in x-api-key and nowhere else', () => {
    const { 'x-api-key': key, ...others } = headersOf({ apiKey: 'k-1' });
    assert.equal(key, 'k-1');
    assert.deepEqual(others, headersOf({}));
    const { url, body } = encode(input({ credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' } }));
    assert.ok(!`${url}${new TextDecoder().decode(body)}`.includes('k-1'));
  });

  test('of the user win over ours, also over the key and the version', () => {
    const headers = { 'x-api-key': 'k-2', 'anthropic-version': '2026-10-21', accept: '*/*', 'user-agent': 'mine' };
    assert.deepEqual(headersOf({ apiKey: 'k-1', headers }), {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...headers,
    });
  });
});

test('there is nothing to concede', () =>
  assert.equal(anthropicMessages.concede(DEFAULT_QUIRKS, buildTarget()), undefined));

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: {
      provider: 'p',
      model: 'm/1',
      url: 'http://a.example/v1',
      dialect: 'anthropic-messages',
      profile: EMPTY_PROFILE,
    },
    credentials: NO_CREDENTIALS,
    messages: [USER],
    parameters: NO_PARAMETERS,
    tools: undefined,
    toolChoice: undefined,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'llm-bench/0',
    ...given,
  };
}

function bodyOf(given: Partial<EncodeInput>): Record<string, unknown> {
  const { body } = encode(input(given));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Record<string, unknown>;
}

function headersOf(credentials: Partial<Credentials>): Readonly<Record<string, string>> {
  return encode(input({ credentials: { ...NO_CREDENTIALS, ...credentials } })).headers;
}
