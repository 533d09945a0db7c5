import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { llamacpp } from './dialect.ts';
import { encode } from './encode.ts';

const MESSAGES: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Grüße "an" \n 👋' },
];

const PROMPT = 'Be brief.\n\nGrüße "an" \n 👋';

describe('the body', () => {
  test('joins all messages by an empty line, asks for a stream, and for nothing that was not given', () => {
    assert.deepEqual(bodyOf({}), { model: 'm', prompt: PROMPT, stream: true });
  });

  test('is the message itself where there is only one', () => {
    assert.equal(bodyOf({ messages: [{ role: 'user', content: ' a ' }] })['prompt'], ' a ');
  });

  test('asks for a whole answer where no stream is wanted', () => {
    assert.deepEqual(bodyOf({ isStreamed: false }), { model: 'm', prompt: PROMPT, stream: false });
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    assert.deepEqual(bodyOf({ parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} } }), {
      model: 'm',
      prompt: PROMPT,
      stream: true,
      temperature: 0,
      n_predict: 7,
    });
  });

  test('lets extra parameters have the last word', () => {
    const extra = { n_predict: 9, stream: false, cache_prompt: false, prompt: [1, 2], model: 'x', stop: ['a'] };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      temperature: 1,
      ...extra,
    });
  });
});

describe('the URL', () => {
  const urls: readonly (readonly [url: string, query: string, result: string])[] = [
    ['http://localhost:8080', '', 'http://localhost:8080/completion'],
    ['http://localhost:8080/completion', '', 'http://localhost:8080/completion'],
    ['https://a.example/llama', '?key=a%2Fb&x=1', 'https://a.example/llama/completion?key=a%2Fb&x=1'],
    ['https://a.example/completion', '?x=1', 'https://a.example/completion?x=1'],
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

  test('ask for JSON where no stream is wanted', () => {
    assert.equal(encode(input({ isStreamed: false })).headers['accept'], 'application/json');
  });

  test('hold the key as a bearer, and nothing else does', () => {
    const request = encode(input({ credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' } }));
    const { authorization, ...others } = request.headers;
    assert.equal(authorization, 'Bearer k-1');
    assert.ok(!JSON.stringify([request.url, others, new TextDecoder().decode(request.body)]).includes('k-1'));
  });

  test('of the user win over ours, also over the key', () => {
    const headers = { authorization: 'Basic eDp5', accept: '*/*', 'user-agent': 'mine', 'x-team': 'a' };
    assert.deepEqual(headersOf({ apiKey: 'k-1', headers }), {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...headers,
    });
  });
});

test('nothing is conceded, as there is nothing to leave out', () => {
  assert.equal(llamacpp.concede(DEFAULT_QUIRKS, buildTarget()), undefined);
});

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: { provider: 'p', model: 'm', url: 'http://a.example', dialect: 'llamacpp', profile: EMPTY_PROFILE },
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
