import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstAnswer, sse } from '../../../test/support/first-answer.ts';

const PROMPT = { model: 'm', prompt: 'three small words', stream: true, stream_options: { include_usage: true } };
const HEAD = '"id":"cmpl-sim-1","object":"text_completion","created":0,"model":"m"';

function chunk(text: string, finish: string): string {
  const choice = `{"text":"${text}","index":0,"logprobs":null,"finish_reason":${finish}}`;
  return `data: {${HEAD},"choices":[${choice}],"usage":null}`;
}

test('a stream has no role, its finish apart and the usage in a chunk of its own', async () => {
  const { body, truth } = await firstAnswer('hidden-reasoning-tokens=4', { path: '/v1/completions', body: PROMPT });
  const usage =
    '{"prompt_tokens":3,"completion_tokens":6,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":0},' +
    '"completion_tokens_details":{"reasoning_tokens":4}}';
  assert.equal(
    body,
    sse(
      chunk('r1', 'null'),
      chunk(' under', 'null'),
      chunk('', '"stop"'),
      `data: {${HEAD},"choices":[],"usage":${usage}}`,
      'data: [DONE]',
    ),
  );
  assert.deepEqual([truth.outputTokens, truth.reasoningTokens, truth.writes.length], [2, 0, 2]);
});

test('a whole answer, cut by the limit, of a prompt of token ids', async () => {
  const request = { model: 'm', prompt: [17, 4, 99, 5], max_tokens: 1 };
  const { body } = await firstAnswer('', { path: '/v1/completions', body: request });
  const { choices, usage } = JSON.parse(body);
  assert.deepEqual(choices, [{ text: 'r1', index: 0, logprobs: null, finish_reason: 'length' }]);
  assert.deepEqual([usage.prompt_tokens, usage.completion_tokens], [4, 1]);
});

test('Azure names the deployment in the path and takes its own key', async () => {
  const { status, body } = await firstAnswer(
    '',
    {
      path: '/openai/deployments/my%20one/completions?api-version=1',
      headers: { 'api-key': 'k' },
      body: { prompt: 'hi' },
    },
    { apiKey: 'k' },
  );
  assert.deepEqual([status, JSON.parse(body).model], [200, 'my one']);
});

test('a failure amid the stream is an error as data', async () => {
  const { body } = await firstAnswer('fault=error-event', { path: '/v1/completions', body: PROMPT });
  const error = '{"error":{"message":"Simulated failure in the stream","type":"server_error","code":"simulated"}}';
  assert.equal(body, sse(chunk('r1', 'null'), `data: ${error}`, 'data: [DONE]'));
});
