import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstAnswer, sse } from '../../../test/support/first-answer.ts';
import { CHAT } from '../../../test/support/raw-client.ts';

const TOOLS = [{ type: 'function', function: { name: 'look_up' } }];

function chunk(choice: string, model = 'a-model'): string {
  const head = `"id":"chatcmpl-sim-1","object":"chat.completion.chunk","created":0,"model":"${model}"`;
  return `data: {${head},"choices":[${choice}],"usage":null}`;
}

function choice(delta: string, finish = 'null'): string {
  return `{"index":0,"delta":${delta},"finish_reason":${finish}}`;
}

const ROLE = choice('{"role":"assistant","content":""}');

function usage(output: number, reasoning: number, model = 'a-model'): string {
  const counts =
    `{"prompt_tokens":3,"completion_tokens":${output},"total_tokens":${3 + output},` +
    `"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":${reasoning}}}`;
  return chunk('', model).replace('"usage":null', `"usage":${counts}`);
}

test('a stream of reasoning and content', async () => {
  const { body } = await firstAnswer('reasoning-tokens=1', { body: CHAT });
  assert.equal(
    body,
    sse(
      chunk(ROLE),
      chunk(choice('{"reasoning_content":"under"}')),
      chunk(choice('{"content":"r1"}')),
      chunk(choice('{"content":" river"}')),
      chunk(choice('{}', '"stop"')),
      usage(3, 1),
      'data: [DONE]',
    ),
  );
});

test('a stream of a tool call', async () => {
  const { body } = await firstAnswer('answer=tool-call; tokens=3', { body: { ...CHAT, tools: TOOLS } });
  const call = (members: string): string => chunk(choice(`{"tool_calls":[{"index":0,${members}}]}`));
  assert.equal(
    body,
    sse(
      chunk(ROLE),
      call('"id":"call_sim_1","type":"function","function":{"name":"look_up","arguments":""}'),
      call(String.raw`"function":{"arguments":"{\"text\":\"r1"}`),
      call(String.raw`"function":{"arguments":" under\"}"}`),
      chunk(choice('{}', '"tool_calls"')),
      usage(3, 0),
      'data: [DONE]',
    ),
  );
});

test("Azure's deployments begin with a chunk that has no choice, take their own key and say when to retry in two ways", async () => {
  const path = '/openai/deployments/mine/chat/completions?api-version=2024-10-21';
  const headers = { 'api-key': 'k' };
  const { body } = await firstAnswer('', { path, headers, body: CHAT }, { apiKey: 'k' });
  const filter =
    '{"id":"","object":"","created":0,"model":"","prompt_filter_results":[{"prompt_index":0,' +
    '"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}],"choices":[]}';
  assert.equal(
    body,
    sse(
      `data: ${filter}`,
      chunk(ROLE, 'mine'),
      chunk(choice('{"content":"r1"}'), 'mine'),
      chunk(choice('{"content":" under"}'), 'mine'),
      chunk(choice('{}', '"stop"'), 'mine'),
      usage(2, 0, 'mine'),
      'data: [DONE]',
    ),
  );
  const limited = await firstAnswer('fault=429; retry-after=1.5', { path, body: CHAT });
  assert.deepEqual([limited.headers.get('retry-after'), limited.headers.get('retry-after-ms')], ['1.5', '1500']);
});

test('the same body is understood at the paths of others', async () => {
  for (const [path, model] of [
    ['/serving-endpoints/my%2Fendpoint/invocations', 'my/endpoint'],
    ['/v1/projects/p/locations/l/endpoints/openapi/chat/completions', 'a-model'],
    ['/endpoints/openapi/chat/completions', 'a-model'],
    ['/openai/v1/chat/completions', 'a-model'],
    ['/api/v1/chat/completions', 'a-model'],
  ] as const) {
    const { body, truth } = await firstAnswer('', { path, body: { ...CHAT, stream: false } });
    assert.deepEqual([JSON.parse(body).model, truth.model], [model, model], path);
  }
});
