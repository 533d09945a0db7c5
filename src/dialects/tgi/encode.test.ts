import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { tgi } from './dialect.ts';
import { encode } from './encode.ts';

const QUESTION: Message = { role: 'user', content: 'Grüße "an" \n 👋' };
const INPUTS = QUESTION.content;

describe('the body', () => {
  test('holds the prompt, asks for details, and for nothing that was not given, streamed or not', () => {
    assert.deepEqual(bodyOf({}), { inputs: INPUTS, parameters: { details: true } });
    assert.deepEqual(bodyOf({ isStreamed: false }), { inputs: INPUTS, parameters: { details: true } });
  });

  test('joins all messages in their order', () => {
    const messages: readonly Message[] = [
      { role: 'system', content: 'Be brief.' },
      QUESTION,
      { role: 'assistant', content: 'Hi' },
    ];
    assert.equal(bodyOf({ messages })['inputs'], `Be brief.\n\n${INPUTS}\n\nHi`);
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    assert.deepEqual(bodyOf({ parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} } }), {
      inputs: INPUTS,
      parameters: { max_new_tokens: 7, temperature: 0, details: true },
    });
  });

  test('puts extra parameters among the others, where they have the last word', () => {
    const extra = { max_new_tokens: 9, details: false, top_p: 0.5, stop: ['a'] };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      inputs: INPUTS,
      parameters: { temperature: 1, ...extra },
    });
  });

  test('leaves fields of the request at the top, and lays a whole parameters over its own', () => {
    const extra = { inputs: 'x', add_special_tokens: false, seed: 1, parameters: { seed: 2, temperature: 0.5 } };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      inputs: 'x',
      add_special_tokens: false,
      parameters: { max_new_tokens: 7, temperature: 0.5, details: true, seed: 2 },
    });
  });

  test('does not send parameters that are no object', () => {
    assert.deepEqual(bodyOf({ parameters: { ...NO_PARAMETERS, extra: { parameters: null } } }), {
      inputs: INPUTS,
      parameters: { details: true },
    });
  });
});

describe('the URL', () => {
  const rows: readonly (readonly [url: string, query: string, streamed: string, whole: string])[] = [
    ['http://a.example', '', 'http://a.example/generate_stream', 'http://a.example/generate'],
    ['http://a.example/generate_stream', '', 'http://a.example/generate_stream', 'http://a.example/generate'],
    ['http://a.example/generate', '', 'http://a.example/generate_stream', 'http://a.example/generate'],
    [
      'http://a.example/m',
      '?key=a%2Fb&x=1',
      'http://a.example/m/generate_stream?key=a%2Fb&x=1',
      'http://a.example/m/generate?key=a%2Fb&x=1',
    ],
  ];
  for (const [url, query, ...expected] of rows) {
    test(`of ${url} with ${query === '' ? 'no query' : query}`, () => {
      const target = { ...input({}).target, url };
      const credentials = { ...NO_CREDENTIALS, query };
      assert.deepEqual(
        [true, false].map((isStreamed) => encode(input({ target, credentials, isStreamed })).url),
        expected,
      );
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

  test('ask for JSON when nothing is streamed', () => {
    assert.equal(encode(input({ isStreamed: false })).headers['accept'], 'application/json');
  });

  test('hold the key as a bearer, and only there', () => {
    const { url, headers, body } = encode(input({ credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' } }));
    const { authorization, ...others } = headers;
    assert.equal(authorization, 'Bearer k-1');
    assert.ok(!JSON.stringify([url, others, new TextDecoder().decode(body)]).includes('k-1'));
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

test('there is nothing to concede', () => {
  assert.equal(tgi.concede(DEFAULT_QUIRKS, buildTarget()), undefined);
});

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: { provider: 'p', model: 'm', url: 'http://a.example', dialect: 'tgi', profile: EMPTY_PROFILE },
    credentials: NO_CREDENTIALS,
    messages: [QUESTION],
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
