import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { openaiCompletions } from './dialect.ts';
import { encode } from './encode.ts';

const MESSAGES: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Grüße "an" \n 👋' },
  { role: 'assistant', content: 'Hi' },
  { role: 'user', content: 'More' },
];
const PROMPT = 'Be brief.\n\nGrüße "an" \n 👋\n\nHi\n\nMore';
const USAGE_OPTION = { stream_options: { include_usage: true } };

describe('the body', () => {
  test('asks for a stream with usage, and for nothing that was not given', () => {
    assert.deepEqual(bodyOf({}), { model: 'm/1', prompt: PROMPT, stream: true, ...USAGE_OPTION });
  });

  test('leaves the usage option out for a server that refused it', () => {
    assert.deepEqual(bodyOf({ quirks: { ...DEFAULT_QUIRKS, asksForUsage: false } }), {
      model: 'm/1',
      prompt: PROMPT,
      stream: true,
    });
  });

  test('asks for a whole answer', () => {
    assert.deepEqual(bodyOf({ isStreamed: false }), { model: 'm/1', prompt: PROMPT, stream: false });
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    assert.deepEqual(bodyOf({ parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} } }), {
      model: 'm/1',
      prompt: PROMPT,
      stream: true,
      ...USAGE_OPTION,
      temperature: 0,
      max_tokens: 7,
    });
  });

  test('lets extra parameters have the last word', () => {
    const extra = { max_tokens: 9, stream: false, prompt: [1, 2], ignore_eos: true };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      model: 'm/1',
      ...USAGE_OPTION,
      temperature: 1,
      ...extra,
    });
  });
});

describe('the URL', () => {
  const urls: readonly (readonly [url: string, query: string, result: string])[] = [
    ['http://a.example/v1', '', 'http://a.example/v1/completions'],
    ['http://a.example/v1/completions', '', 'http://a.example/v1/completions'],
    [
      'https://x.openai.azure.com/openai/deployments/d',
      '?api-version=2024-10-21',
      'https://x.openai.azure.com/openai/deployments/d/completions?api-version=2024-10-21',
    ],
    ['https://codestral.mistral.ai/v1/fim/completions', '', 'https://codestral.mistral.ai/v1/fim/completions'],
    ['http://a.example/completions', '?key=a%2Fb&x=1', 'http://a.example/completions?key=a%2Fb&x=1'],
  ];
  for (const [url, query, result] of urls) {
    test(`of ${url} with ${query === '' ? 'no query' : query}`, () => {
      const target = { ...input({}).target, url };
      assert.equal(encode(input({ target, credentials: { ...NO_CREDENTIALS, query } })).url, result);
    });
  }
});

describe('the headers', () => {
  const ours = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'accept-encoding': 'identity',
    'user-agent': 'llm-bench/0',
  };

  test('ask for an event stream that is not compressed', () => assert.deepEqual(headersOf({}), ours));

  test('ask for JSON where no stream is wanted', () => {
    assert.deepEqual(encode(input({ isStreamed: false })).headers, { ...ours, accept: 'application/json' });
  });

  test('hold the key as a bearer, and nothing else does', () => {
    const { authorization, ...others } = headersOf({ apiKey: 'k-1' });
    assert.equal(authorization, 'Bearer k-1');
    assert.deepEqual(others, ours);
    const { url, body } = encode(input({ credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' } }));
    assert.ok(!`${url}${new TextDecoder().decode(body)}`.includes('k-1'));
  });

  test('of the user win over ours, also over the key', () => {
    const headers = { authorization: 'Basic eDp5', accept: '*/*', 'user-agent': 'mine', 'api-key': 'k-2' };
    assert.deepEqual(headersOf({ apiKey: 'k-1', headers }), { ...ours, ...headers });
  });
});

test('the usage option is conceded once, then nothing is left to try', () => {
  assert.deepEqual(openaiCompletions.concede(DEFAULT_QUIRKS, buildTarget()), {
    ...DEFAULT_QUIRKS,
    asksForUsage: false,
  });
  assert.equal(openaiCompletions.concede({ ...DEFAULT_QUIRKS, asksForUsage: false }, buildTarget()), undefined);
});

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: {
      provider: 'p',
      model: 'm/1',
      url: 'http://a.example/v1',
      dialect: 'openai-completions',
      profile: EMPTY_PROFILE,
    },
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

function bodyOf(given: Partial<EncodeInput>): unknown {
  const { method, body } = encode(input(given));
  assert.equal(method, 'POST');
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
}

function headersOf(credentials: Partial<Credentials>): Readonly<Record<string, string>> {
  return encode(input({ credentials: { ...NO_CREDENTIALS, ...credentials } })).headers;
}
