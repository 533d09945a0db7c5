import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { cohere } from './dialect.ts';
import { encode } from './encode.ts';

const MESSAGES: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Grüße "an" \n 👋' },
];

describe('the body', () => {
  test('asks for a stream, and for nothing that was not given; system messages stay in their place', () => {
    assert.deepEqual(bodyOf({}), { model: 'm/1', messages: MESSAGES, stream: true });
  });

  test('asks for a whole answer when no stream is wanted', () => {
    assert.deepEqual(bodyOf({ isStreamed: false }), { model: 'm/1', messages: MESSAGES, stream: false });
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    assert.deepEqual(bodyOf({ parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} } }), {
      model: 'm/1',
      messages: MESSAGES,
      stream: true,
      temperature: 0,
      max_tokens: 7,
    });
  });

  test('lets extra parameters have the last word', () => {
    const extra = { max_tokens: 9, stream: false, p: 0.5, thinking: { type: 'disabled' } };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      model: 'm/1',
      messages: MESSAGES,
      temperature: 1,
      ...extra,
    });
  });
});

describe('the URL', () => {
  const urls: readonly (readonly [url: string, query: string, result: string])[] = [
    ['https://api.cohere.com/v2', '', 'https://api.cohere.com/v2/chat'],
    ['https://api.cohere.com/v2/chat', '', 'https://api.cohere.com/v2/chat'],
    ['http://a.example/v2', '?key=a%2Fb&x=1', 'http://a.example/v2/chat?key=a%2Fb&x=1'],
    ['http://a.example/v2/chat', '?x=1', 'http://a.example/v2/chat?x=1'],
  ];
  for (const [url, query, result] of urls) {
    test(`of ${url} with ${query === '' ? 'no query' : query}`, () => {
      const target = { ...input({}).target, url };
      assert.equal(encode(input({ target, credentials: { ...NO_CREDENTIALS, query } })).url, result);
    });
  }
});

describe('the headers', () => {
  test('ask for an event stream that is not compressed', () => {
    assert.deepEqual(headersOf({}), {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'llm-bench/0',
    });
  });

  test('ask for JSON when no stream is wanted', () => {
    assert.equal(encode(input({ isStreamed: false })).headers['accept'], 'application/json');
  });

  test('hold the key as a bearer and nowhere else', () => {
    const { authorization: key, ...others } = headersOf({ apiKey: 'k-1' });
    assert.equal(key, 'Bearer k-1');
    assert.deepEqual(others, headersOf({}));
    const { url, body } = encode(input({ credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' } }));
    assert.ok(!`${url}${new TextDecoder().decode(body)}`.includes('k-1'));
  });

  test('of the user win over ours, also over the key', () => {
    const headers = { authorization: 'Bearer k-2', accept: '*/*', 'user-agent': 'mine' };
    assert.deepEqual(headersOf({ apiKey: 'k-1', headers }), {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...headers,
    });
  });
});

test('there is nothing to concede', () => assert.equal(cohere.concede(DEFAULT_QUIRKS, buildTarget()), undefined));

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: { provider: 'p', model: 'm/1', url: 'http://a.example/v2', dialect: 'cohere', profile: EMPTY_PROFILE },
    credentials: NO_CREDENTIALS,
    messages: MESSAGES,
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
