import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import { EMPTY_PROFILE } from '../../model/target.ts';
import { DEFAULT_QUIRKS, type Dialect, type EncodeInput } from '../dialect.ts';
import { openaiChat } from '../openai-chat/dialect.ts';
import { tgi } from '../tgi/dialect.ts';
import { createSagemaker } from './dialect.ts';

const chat = createSagemaker('sagemaker-chat', openaiChat);
const tokens = createSagemaker('sagemaker-tgi', tgi);

describe('a request', () => {
  test('for a chat container is OpenAI’s, sent to an endpoint', () => {
    assert.deepEqual(sent(chat, { isStreamed: true }), [
      'https://a.example/endpoints/my-endpoint/invocations-response-stream',
      {
        model: 'my-endpoint',
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
        stream_options: { include_usage: true },
      },
    ]);
    assert.deepEqual(sent(chat, { isStreamed: false }), [
      'https://a.example/endpoints/my-endpoint/invocations',
      { model: 'my-endpoint', messages: [{ role: 'user', content: 'hi' }], stream: false },
    ]);
  });

  test('for a TGI container says in its body whether it is to stream', () => {
    assert.deepEqual(sent(tokens, { isStreamed: true })[1], {
      stream: true,
      inputs: 'hi',
      parameters: { details: true },
    });
    assert.deepEqual(sent(tokens, { isStreamed: false })[1], {
      stream: false,
      inputs: 'hi',
      parameters: { details: true },
    });
  });

  test('may be given by a whole path', () => {
    const target = { ...TARGET, url: 'https://a.example/endpoints/x/invocations' };
    assert.equal(
      sent(chat, { target, isStreamed: true })[0],
      'https://a.example/endpoints/my-endpoint/invocations-response-stream',
    );
  });

  test('gives up what the container’s family can do without', () => {
    assert.deepEqual(chat.concede(DEFAULT_QUIRKS, buildTarget()), openaiChat.concede(DEFAULT_QUIRKS, buildTarget()));
    assert.equal(tokens.concede(DEFAULT_QUIRKS, buildTarget()), undefined);
  });
});

const TARGET = {
  provider: 'p',
  model: 'my-endpoint',
  url: 'https://a.example',
  dialect: 'sagemaker-chat',
  profile: EMPTY_PROFILE,
} as const;

function sent(dialect: Dialect, some: Partial<EncodeInput>): readonly [url: string, body: unknown] {
  const { url, body } = dialect.encode({
    target: TARGET,
    credentials: { apiKey: undefined, headers: {}, query: '', signing: undefined },
    messages: [{ role: 'user', content: 'hi' }],
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    tools: undefined,
    toolChoice: undefined,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'llm-bench/0',
    ...some,
  });
  return [url, JSON.parse(Buffer.from(body ?? []).toString())];
}
