import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { openaiChat } from './dialect.ts';
import { encode } from './encode.ts';

const MESSAGES: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Grüße "an" \n 👋' },
];

describe('the body', () => {
  test('asks for a stream with usage, and for nothing that was not given', () => {
    assert.deepEqual(bodyOf({}), {
      model: 'm/1',
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('leaves the usage option out for a server that refused it', () => {
    assert.deepEqual(bodyOf({ quirks: { ...DEFAULT_QUIRKS, asksForUsage: false } }), {
      model: 'm/1',
      messages: MESSAGES,
      stream: true,
    });
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    const { temperature, max_tokens: maxTokens } = bodyOf({
      parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} },
    });
    assert.deepEqual([temperature, maxTokens], [0, 7]);
  });

  test('lets extra parameters have the last word', () => {
    const extra = { max_tokens: 9, stream: false, top_p: 0.5, stop: ['a'], chat_template_kwargs: { thinking: false } };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      model: 'm/1',
      messages: MESSAGES,
      stream_options: { include_usage: true },
      temperature: 1,
      ...extra,
    });
  });
});

describe('the URL', () => {
  const urls: readonly (readonly [url: string, query: string, result: string])[] = [
    ['http://a.example/v1', '', 'http://a.example/v1/chat/completions'],
    ['http://a.example/v1/chat/completions', '', 'http://a.example/v1/chat/completions'],
    [
      'https://x.openai.azure.com/openai/deployments/d',
      '?api-version=2024-10-21',
      'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21',
    ],
    ['https://adb.example/serving-endpoints/m/invocations', '', 'https://adb.example/serving-endpoints/m/invocations'],
    [
      'https://a.snowflakecomputing.com/api/v2/cortex/inference:complete',
      '',
      'https://a.snowflakecomputing.com/api/v2/cortex/inference:complete',
    ],
    ['https://x.openai.azure.com/openai/v1', '', 'https://x.openai.azure.com/openai/v1/chat/completions'],
    ['http://a.example/chat/completions', '?key=a%2Fb&x=1', 'http://a.example/chat/completions?key=a%2Fb&x=1'],
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

  test('hold the key as a bearer', () => {
    assert.equal(headersOf({ apiKey: 'k-1' })['authorization'], 'Bearer k-1');
  });

  test('of the user win over ours, also over the key', () => {
    const headers = { authorization: 'Basic eDp5', accept: '*/*', 'user-agent': 'mine', 'api-key': 'k-2' };
    assert.deepEqual(headersOf({ apiKey: 'k-1', headers }), {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...headers,
    });
  });
});

test('the usage option is conceded once, then nothing is left to try', () => {
  const conceded = openaiChat.concede(DEFAULT_QUIRKS, buildTarget());
  assert.deepEqual(conceded, { ...DEFAULT_QUIRKS, asksForUsage: false });
  assert.equal(openaiChat.concede({ ...DEFAULT_QUIRKS, asksForUsage: false }, buildTarget()), undefined);
});

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: { provider: 'p', model: 'm/1', url: 'http://a.example/v1', dialect: 'openai-chat', profile: EMPTY_PROFILE },
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
