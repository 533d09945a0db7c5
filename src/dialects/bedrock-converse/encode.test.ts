import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Message } from '../../model/message.ts';
import { EMPTY_PROFILE, NO_CREDENTIALS } from '../../model/target.ts';
import type { JsonObject } from '../../model/units.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { encode } from './encode.ts';

const QUESTION: Message = { role: 'user', content: 'Grüße "an" \n 👋' };
const MESSAGES = [{ role: 'user', content: [{ text: QUESTION.content }] }];

describe('the body', () => {
  test('holds the messages and nothing that was not given, streamed or not', () => {
    assert.deepEqual(bodyOf({}), { messages: MESSAGES });
    assert.deepEqual(bodyOf({ isStreamed: false }), { messages: MESSAGES });
  });

  test('has system messages apart', () => {
    const messages: readonly Message[] = [
      { role: 'system', content: 'Be brief.' },
      QUESTION,
      { role: 'assistant', content: 'Hi' },
      { role: 'system', content: 'Be kind.' },
    ];
    assert.deepEqual(bodyOf({ messages }), {
      messages: [...MESSAGES, { role: 'assistant', content: [{ text: 'Hi' }] }],
      system: [{ text: 'Be brief.' }, { text: 'Be kind.' }],
    });
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    assert.deepEqual(bodyWith({ temperature: 0, maxTokens: 7 }), {
      messages: MESSAGES,
      inferenceConfig: { maxTokens: 7, temperature: 0 },
    });
  });

  test('puts every parameter where Bedrock expects it', () => {
    const extra = {
      topP: 0.5,
      stopSequences: ['a'],
      top_k: 3,
      toolConfig: { tools: [] },
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
      performanceConfig: { latency: 'optimized' },
      serviceTier: { type: 'priority' },
    };
    const { topP, stopSequences, top_k, ...fields } = extra;
    assert.deepEqual(bodyWith({ extra }), {
      messages: MESSAGES,
      inferenceConfig: { topP, stopSequences },
      additionalModelRequestFields: { top_k },
      ...fields,
    });
  });

  test('lays whole objects over its own', () => {
    const extra = {
      inferenceConfig: { temperature: 0.5 },
      additionalModelRequestFields: { thinking: { type: 'enabled' }, top_k: 4 },
      top_k: 3,
      messages: [],
    };
    assert.deepEqual(bodyWith({ temperature: 1, maxTokens: 7, extra }), {
      messages: [],
      inferenceConfig: { maxTokens: 7, temperature: 0.5 },
      additionalModelRequestFields: { top_k: 4, thinking: { type: 'enabled' } },
    });
  });
});

describe('the URL', () => {
  const rows: readonly (readonly [url: string, model: string, path: string])[] = [
    ['https://a.example', 'amazon.nova-lite-v1', '/model/amazon.nova-lite-v1/converse-stream'],
    ['https://a.example/base', 'us.anthropic.claude-v1:0', '/base/model/us.anthropic.claude-v1%3A0/converse-stream'],
    [
      'https://a.example',
      'arn:aws:bedrock:us-east-1:123:inference-profile/us.a-v1:0',
      '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123%3Ainference-profile%2Fus.a-v1%3A0/converse-stream',
    ],
    ['https://a.example/model/x%3A0/converse', 'y', '/model/y/converse-stream'],
    ['https://a.example/model/x/converse-stream', "a b!'()*", '/model/a%20b%21%27%28%29%2A/converse-stream'],
  ];
  for (const [url, model, path] of rows) {
    test(`of ${model} at ${url} has it in percent`, () => {
      const request = encode(inputOf({ target: { ...TARGET, url, model } }));
      assert.equal(request.url, `https://a.example${path}`);
      assert.equal(new URL(request.url).pathname, path, 'and stays so');
    });
  }

  test('is another one when no stream is asked for', () => {
    const { url, headers } = encode(inputOf({ isStreamed: false }));
    assert.equal(url, 'https://a.example/model/m/converse?q=1');
    assert.equal(headers['accept'], 'application/json');
  });
});

test('a request without a key has no authorization', () => {
  assert.equal('authorization' in encode(inputOf({})).headers, false);
});

const TARGET = {
  provider: 'p',
  model: 'm',
  url: 'https://a.example',
  dialect: 'bedrock-converse',
  profile: EMPTY_PROFILE,
} as const;

function inputOf(some: Partial<EncodeInput>): EncodeInput {
  return {
    target: TARGET,
    credentials: { ...NO_CREDENTIALS, query: some.target === undefined ? '?q=1' : '' },
    messages: [QUESTION],
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    tools: undefined,
    toolChoice: undefined,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'llm-bench/0',
    ...some,
  };
}

function bodyOf(some: Partial<EncodeInput>): JsonObject {
  return JSON.parse(Buffer.from(encode(inputOf(some)).body ?? []).toString());
}

function bodyWith(some: Partial<EncodeInput['parameters']>): JsonObject {
  return bodyOf({
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {}, ...some },
  });
}
