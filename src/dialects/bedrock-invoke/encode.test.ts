import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EMPTY_PROFILE } from '../../model/target.ts';
import type { JsonObject } from '../../model/units.ts';
import { anthropicMessages } from '../anthropic-messages/dialect.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { createBedrockInvoke } from './dialect.ts';

const dialect = createBedrockInvoke(anthropicMessages);

describe('the body', () => {
  test('is Anthropic’s without model and stream, which the path says, and with a version of Bedrock’s', () => {
    for (const isStreamed of [true, false]) {
      assert.deepEqual(bodyOf({ isStreamed }), {
        anthropic_version: 'bedrock-2023-05-31',
        max_tokens: 1_024,
        system: 'Be brief.',
        messages: [{ role: 'user', content: 'Grüße' }],
      });
    }
  });

  test('carries the parameters that were given, another version too', () => {
    const extra = { top_k: 3, anthropic_version: 'x' };
    const parameters = { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra };
    const { system: _system, messages: _messages, ...body } = bodyOf({ parameters });
    assert.deepEqual(body, { anthropic_version: 'x', max_tokens: 7, temperature: 0, top_k: 3 });
  });
});

test('the path says whether it is streamed', () => {
  const urls = [true, false].map((isStreamed) => dialect.encode(inputOf({ isStreamed })).url);
  assert.deepEqual(urls, [
    'https://a.example/model/us.anthropic.c%3A0/invoke-with-response-stream',
    'https://a.example/model/us.anthropic.c%3A0/invoke',
  ]);
});

test('a key is a bearer token, and no header is Anthropic’s', () => {
  const credentials = { apiKey: 'k', headers: {}, query: '', signing: undefined };
  const { headers } = dialect.encode(inputOf({ credentials }));
  assert.equal(headers['authorization'], 'Bearer k');
  assert.deepEqual(
    Object.keys(headers).filter((name) => /anthropic|x-api-key/.test(name)),
    [],
  );
});

function inputOf(some: Partial<EncodeInput>): EncodeInput {
  return {
    target: {
      provider: 'p',
      model: 'us.anthropic.c:0',
      url: 'https://a.example',
      dialect: 'bedrock-invoke',
      profile: EMPTY_PROFILE,
    },
    credentials: { apiKey: undefined, headers: {}, query: '', signing: undefined },
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Grüße' },
    ],
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
  return JSON.parse(Buffer.from(dialect.encode(inputOf(some)).body ?? []).toString());
}
