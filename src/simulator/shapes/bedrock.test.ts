import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitAwsMessages } from '../../../test/support/aws-messages.ts';
import { type FirstAnswer, firstAnswer } from '../../../test/support/first-answer.ts';

const CONVERSE = {
  messages: [{ role: 'user', content: [{ text: 'three small words' }] }],
  system: [{ text: 'be brief' }],
  toolConfig: { tools: [{ toolSpec: { name: 'look_up' } }] },
};
const CLAUDE = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 50,
  messages: [{ role: 'user', content: 'three small words' }],
};
const MODEL = 'us.anthropic.claude-x%3A0';

async function bedrock(settings: string, method: string, body: unknown = CONVERSE): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path: `/model/${MODEL}/${method}`, body });
}

function eventsOf({ bytes }: FirstAnswer): readonly string[] {
  return splitAwsMessages(bytes).map(({ headers, payload }) => {
    assert.deepEqual([headers[':message-type'], headers[':content-type']], ['event', 'application/json']);
    return `${headers[':event-type']} ${payload.toString().replace(/,"p":"[a-z]+"\}$/, '}')}`;
  });
}

test('Converse streams: text and thoughts without a start, stop reason, then usage without the cache', async () => {
  const answer = await bedrock('reasoning-tokens=1; cached-tokens=2; cache-write-tokens=1', 'converse-stream');
  assert.equal(answer.headers.get('content-type'), 'application/vnd.amazon.eventstream');
  assert.deepEqual(eventsOf(answer), [
    'messageStart {"role":"assistant"}',
    'contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"under"}}}',
    'contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ltdWxhdGVk"}}}',
    'contentBlockStop {"contentBlockIndex":0}',
    'contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"r1"}}',
    'contentBlockDelta {"contentBlockIndex":1,"delta":{"text":" river"}}',
    'contentBlockStop {"contentBlockIndex":1}',
    'messageStop {"stopReason":"end_turn"}',
    'metadata {"usage":{"inputTokens":2,"outputTokens":3,"totalTokens":8,"cacheReadInputTokens":2,"cacheWriteInputTokens":1},"metrics":{"latencyMs":8}}',
  ]);
  assert.deepEqual([answer.truth.model, answer.truth.writeTokens], ['us.anthropic.claude-x:0', [1, 1, 1]]);
});

test('Converse streams a call: its name in the start of its block', async () => {
  const answer = await bedrock('answer=tool-call; tokens=3', 'converse-stream');
  assert.deepEqual(eventsOf(answer).slice(1, -1), [
    'contentBlockStart {"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"tooluse_sim_1","name":"look_up"}}}',
    String.raw`contentBlockDelta {"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"text\":\"r1"}}}`,
    String.raw`contentBlockDelta {"contentBlockIndex":0,"delta":{"toolUse":{"input":" under\"}"}}}`,
    'contentBlockStop {"contentBlockIndex":0}',
    'messageStop {"stopReason":"tool_use"}',
  ]);
  assert.deepEqual(answer.truth.writeTokens, [1, 1, 1]);
});

test('Converse whole, cut by the limit, and a call', async () => {
  const cut = await bedrock('reasoning-tokens=1', 'converse', { ...CONVERSE, inferenceConfig: { maxTokens: 2 } });
  assert.equal(
    cut.body,
    '{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"under","signature":"c2ltdWxhdGVk"}}},' +
      '{"text":"r1"}]}},"stopReason":"max_tokens","usage":{"inputTokens":5,"outputTokens":2,"totalTokens":7,' +
      '"cacheReadInputTokens":0,"cacheWriteInputTokens":0},"metrics":{"latencyMs":6}}',
  );
  const call = JSON.parse((await bedrock('answer=tool-call; tokens=3', 'converse')).body);
  assert.deepEqual(call.output.message.content, [
    { toolUse: { toolUseId: 'tooluse_sim_1', name: 'look_up', input: { text: 'r1 under' } } },
  ]);
});

test("the makers' own words come as base64, the service's metrics with the last of them", async () => {
  const claude = eventsOf(await bedrock('cached-tokens=1', 'invoke-with-response-stream', CLAUDE)).map(unwrap);
  assert.deepEqual(
    claude.map(({ type }) => type),
    [
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ],
  );
  assert.deepEqual(claude[3]?.['delta'], { type: 'text_delta', text: ' under' });
  assert.deepEqual(claude.at(-1), {
    type: 'message_stop',
    'amazon-bedrock-invocationMetrics': {
      inputTokenCount: 2,
      outputTokenCount: 2,
      invocationLatency: 6,
      firstByteLatency: 4,
      cacheReadInputTokenCount: 1,
    },
  });
  const llama = { prompt: 'three small words', max_gen_len: 2 };
  const frames = eventsOf(await bedrock('tokens=3', 'invoke-with-response-stream', llama)).map(unwrap);
  assert.deepEqual(frames, [
    { generation: 'r1', prompt_token_count: 3, generation_token_count: 1, stop_reason: null },
    { generation: ' under', prompt_token_count: null, generation_token_count: 2, stop_reason: null },
    {
      generation: '',
      prompt_token_count: null,
      generation_token_count: 2,
      stop_reason: 'length',
      'amazon-bedrock-invocationMetrics': {
        inputTokenCount: 3,
        outputTokenCount: 2,
        invocationLatency: 6,
        firstByteLatency: 4,
      },
    },
  ]);
});

function unwrap(event: string): Readonly<Record<string, unknown>> {
  const [, data = ''] = /^chunk (.*)$/.exec(event) ?? [];
  return JSON.parse(Buffer.from(JSON.parse(data).bytes, 'base64').toString());
}

test('invoked whole, the counts stand in headers', async () => {
  const { body, headers } = await bedrock('', 'invoke', CLAUDE);
  assert.equal(JSON.parse(body).content[0].text, 'r1 under');
  assert.equal(headers.get('x-amzn-bedrock-input-token-count'), '3');
  assert.equal(headers.get('x-amzn-bedrock-output-token-count'), '2');
  const llama = await bedrock('', 'invoke', { prompt: 'three small words' });
  assert.equal(
    llama.body,
    '{"generation":"r1 under","prompt_token_count":3,"generation_token_count":2,"stop_reason":"stop"}',
  );
  const unknown = await bedrock('', 'invoke', { inputText: 'hi' });
  assert.deepEqual([unknown.status, /neither anthropic_version nor prompt/.test(unknown.body)], [400, true]);
});

test('errors are named in a header, amid the stream in a message of another type', async () => {
  const limited = await bedrock('fault=429', 'converse-stream');
  assert.deepEqual(
    [limited.status, limited.body, limited.headers.get('x-amzn-errortype')],
    [429, '{"message":"Rate limit reached"}', 'ThrottlingException'],
  );
  assert.deepEqual(lastOf(await bedrock('fault=error-event', 'converse-stream')), {
    headers: {
      ':exception-type': 'modelStreamErrorException',
      ':content-type': 'application/json',
      ':message-type': 'exception',
    },
    payload:
      '{"message":"Simulated failure in the stream","originalStatusCode":500,"originalMessage":"Simulated failure in the stream"}',
  });
  assert.deepEqual(lastOf(await bedrock('fault=error-field', 'converse-stream')), {
    headers: {
      ':message-type': 'error',
      ':error-code': 'internalServerException',
      ':error-message': 'Simulated failure in the stream',
    },
    payload: '',
  });
});

function lastOf({ bytes }: FirstAnswer): unknown {
  const last = splitAwsMessages(bytes).at(-1);
  return { headers: last?.headers, payload: last?.payload.toString() };
}

test('the key is a bearer or the id in a signature', async () => {
  const statuses: number[] = [];
  for (const authorization of [
    'Bearer k',
    'AWS4-HMAC-SHA256 Credential=k/20261125/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0',
    'AWS4-HMAC-SHA256 Credential=other/20261125/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0',
  ]) {
    const request = { path: `/model/${MODEL}/converse`, headers: { authorization }, body: CONVERSE };
    statuses.push((await firstAnswer('', request, { apiKey: 'k' })).status);
  }
  assert.deepEqual(statuses, [200, 200, 401]);
});
