import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { ollama } from './dialect.ts';
import { encode } from './encode.ts';

const MESSAGES: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Grüße "an" \n 👋' },
];

const GENERATE = 'http://a.example/api/generate';

describe('the body of a chat', () => {
  test('asks for a stream, and for nothing that was not given', () => {
    assert.deepEqual(bodyOf({}), { model: 'm:1', messages: MESSAGES, stream: true });
  });

  test('says that no stream is wanted, since one is the default', () => {
    assert.deepEqual(bodyOf({ isStreamed: false }), { model: 'm:1', messages: MESSAGES, stream: false });
  });

  test('carries the parameters that were given in options, also a temperature of zero', () => {
    assert.deepEqual(bodyOf({ parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} } }), {
      model: 'm:1',
      messages: MESSAGES,
      stream: true,
      options: { temperature: 0, num_predict: 7 },
    });
  });
});

describe('extra parameters', () => {
  test('go into options, over those of the same name', () => {
    const extra = { num_predict: 9, num_ctx: 8_192, stop: ['a'], seed: 1 };
    assert.deepEqual(
      bodyOf({ parameters: { temperature: 0.5, maxTokens: 7, maxTokensName: undefined, extra } })['options'],
      {
        temperature: 0.5,
        ...extra,
      },
    );
  });

  test('that are fields of the request stand at its top and win', () => {
    const format = { type: 'object', properties: { temperature: { type: 'number' } } };
    const extra = { format, keep_alive: '10m', think: 'low', tools: [], logprobs: true, stream: false, model: 'm:2' };
    assert.deepEqual(bodyOf({ parameters: { ...NO_PARAMETERS, extra } }), { messages: MESSAGES, ...extra });
  });

  test('named options are merged, and have the last word', () => {
    const extra = { seed: 1, options: { seed: 2, num_predict: 9, stop: ['a'] }, top_k: 3 };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      model: 'm:1',
      messages: MESSAGES,
      stream: true,
      options: { temperature: 1, num_predict: 9, seed: 2, top_k: 3, stop: ['a'] },
    });
  });

  test('named options that are no object are sent as they are', () => {
    const parameters = { temperature: 1, maxTokens: undefined, maxTokensName: undefined, extra: { options: null } };
    assert.equal(bodyOf({ parameters })['options'], null);
  });
});

describe('the body of a generate request', () => {
  test('has a system text and a prompt instead of messages', () => {
    assert.deepEqual(
      bodyAt(GENERATE, {
        parameters: { ...NO_PARAMETERS, maxTokens: 7, maxTokensName: undefined, extra: { raw: true } },
      }),
      {
        model: 'm:1',
        prompt: 'Grüße "an" \n 👋',
        system: 'Be brief.',
        stream: true,
        options: { num_predict: 7 },
        raw: true,
      },
    );
  });

  test('joins several turns by an empty line, leaving none out', () => {
    const messages: readonly Message[] = [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'one' },
      { role: 'assistant', content: 'b' },
      { role: 'system', content: 'two' },
      { role: 'user', content: 'c' },
    ];
    const { prompt, system } = bodyAt(GENERATE, { messages });
    assert.deepEqual([prompt, system], ['a\n\nb\n\nc', 'one\n\ntwo']);
  });

  test('has no system text where none was given, since an empty one would replace the model’s own', () => {
    assert.deepEqual(bodyAt(GENERATE, { messages: [{ role: 'user', content: 'a' }], isStreamed: false }), {
      model: 'm:1',
      prompt: 'a',
      stream: false,
    });
  });
});

describe('the URL', () => {
  const urls: readonly (readonly [url: string, query: string, result: string])[] = [
    ['http://localhost:11434', '', 'http://localhost:11434/api/chat'],
    ['http://localhost:11434/api', '', 'http://localhost:11434/api/chat'],
    ['http://localhost:11434/api/chat', '', 'http://localhost:11434/api/chat'],
    ['http://localhost:11434/api/generate', '', 'http://localhost:11434/api/generate'],
    ['https://a.example/api/chat-7', '', 'https://a.example/api/chat-7/api/chat'],
    ['https://a.example/ollama', '', 'https://a.example/ollama/api/chat'],
    ['https://chat.example', '?key=a%2Fb&x=1', 'https://chat.example/api/chat?key=a%2Fb&x=1'],
    ['https://a.example/api/generate', '?x=1', 'https://a.example/api/generate?x=1'],
  ];
  for (const [url, query, result] of urls) {
    test(`of ${url} with ${query === '' ? 'no query' : query}`, () => {
      const target = { ...input({}).target, url };
      assert.equal(encode(input({ target, credentials: { ...NO_CREDENTIALS, query } })).url, result);
    });
  }
});

describe('the headers', () => {
  test('ask for lines that are not compressed', () => {
    assert.deepEqual(headersOf({}), {
      'content-type': 'application/json',
      accept: 'application/x-ndjson',
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
  assert.equal(ollama.concede(DEFAULT_QUIRKS, buildTarget()), undefined);
});

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: { provider: 'p', model: 'm:1', url: 'http://a.example', dialect: 'ollama', profile: EMPTY_PROFILE },
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

function bodyAt(url: string, given: Partial<EncodeInput>): Record<string, unknown> {
  return bodyOf({ ...given, target: { ...input({}).target, url } });
}

function headersOf(credentials: Partial<Credentials>): Readonly<Record<string, string>> {
  return encode(input({ credentials: { ...NO_CREDENTIALS, ...credentials } })).headers;
}
