// What is reported, when it is not what was sent: for tests of costs and caps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer } from '../../test/support/first-answer.ts';
import { CHAT } from '../../test/support/raw-client.ts';

async function chat(settings: string, body: unknown = { ...CHAT, stream: false }): Promise<FirstAnswer> {
  return await firstAnswer(settings, { body });
}

test('input, cached, cache-write and hidden reasoning tokens are reported as asked', async () => {
  const { body, truth } = await chat(
    'input-tokens=1000; cached-tokens=600; cache-write-tokens=300; hidden-reasoning-tokens=50; tokens=4',
  );
  assert.deepEqual(JSON.parse(body).usage, {
    prompt_tokens: 1000,
    completion_tokens: 54,
    total_tokens: 1054,
    prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 300 },
    completion_tokens_details: { reasoning_tokens: 50 },
  });
  // The truth is of what was sent, and of the input as reported.
  assert.deepEqual([truth.inputTokens, truth.outputTokens, truth.reasoningTokens], [1000, 4, 0]);
});

test('what was cached or written to the cache is never more than the input', async () => {
  const { body } = await chat('input-tokens=10; cached-tokens=8; cache-write-tokens=5');
  assert.deepEqual(JSON.parse(body).usage.prompt_tokens_details, { cached_tokens: 8, cache_write_tokens: 2 });
});

test('hidden reasoning stands under the limit, and may leave nothing for the answer', async () => {
  const limited = { ...CHAT, stream: false, max_tokens: 10 };
  const { choices, usage } = JSON.parse((await chat('hidden-reasoning-tokens=12; tokens=4', limited)).body);
  assert.deepEqual([choices[0].message.content, choices[0].finish_reason], ['', 'length']);
  assert.deepEqual([usage.completion_tokens, usage.completion_tokens_details.reasoning_tokens], [10, 10]);
});

test('over-limit: twice the tokens allowed, or all that were drawn, and never the reason length', async () => {
  const counts: (readonly unknown[])[] = [];
  for (const [tokens, limit] of [
    [3, 5],
    [30, 5],
    [3, undefined],
  ] as const) {
    const { body, truth } = await chat(`fault=over-limit; tokens=${tokens}`, {
      ...CHAT,
      stream: false,
      max_tokens: limit,
    });
    const { choices, usage } = JSON.parse(body);
    counts.push([usage.completion_tokens, choices[0].finish_reason, truth.outputTokens, truth.fault]);
  }
  assert.deepEqual(counts, [
    [10, 'stop', 10, 'over-limit'],
    [30, 'stop', 30, 'over-limit'],
    [3, 'stop', 3, 'over-limit'],
  ]);
});

test('no-usage: an answer like any other, without its usage, in each family', async () => {
  const messages = CHAT['messages'];
  const asked = [
    ['/v1/chat/completions', CHAT, /usage/],
    ['/v1/completions', { prompt: 'x', stream: true, stream_options: { include_usage: true } }, /usage/],
    ['/v1/responses', { input: 'x', stream: true }, /"usage":\{|_tokens":\d/],
    ['/v1/messages', { messages, max_tokens: 9, stream: true }, /usage|_tokens/],
    ['/v1beta/models/m:streamGenerateContent?alt=sse', { contents: [{ parts: [] }] }, /usage/],
    ['/api/chat', { messages }, /_count/],
    ['/v2/chat', { messages, stream: true }, /usage/],
    ['/generate_stream', { inputs: 'x', parameters: { details: true } }, /generated_tokens|input_length/],
    ['/completion', { prompt: 'x', stream: true }, /tokens_|_n"/],
    ['/model/m/converse-stream', { messages: [{ content: [{ text: 'x' }] }] }, /"usage"/],
    ['/model/m/invoke', { prompt: 'x' }, /_count/],
    ['/endpoints/e/invocations-response-stream', { ...CHAT }, /prompt_tokens/],
    ['/ml/v1/text/chat_stream?version=1', { space_id: 's', messages }, /usage/],
    ['/ml/v1/text/generation?version=1', { space_id: 's', input: 'x' }, /_count/],
  ] as const;
  for (const [path, body, counts] of asked) {
    const headers = { 'anthropic-version': '2023-06-01' };
    const plain = await firstAnswer('', { path, headers, body });
    assert.match(plain.body, counts, path);
    const bare = await firstAnswer('fault=no-usage', { path, headers, body });
    assert.doesNotMatch(bare.body, counts, path);
    assert.match(bare.body, /under/, path);
    assert.deepEqual([bare.truth.fault, bare.truth.outcome, bare.truth.outputTokens], ['no-usage', 'fault', 2], path);
  }
});
