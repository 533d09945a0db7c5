import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer, sse } from '../../../test/support/first-answer.ts';

const CHAT = {
  model_id: 'm',
  project_id: 'p',
  messages: [{ role: 'user', content: 'three small words' }],
  tools: [{ type: 'function', function: { name: 'look_up' } }],
};
const PROMPT = { model_id: 'm', project_id: 'p', input: 'three small words' };

async function watsonx(settings: string, path: string, body: unknown): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path: `/ml/v1/${path}?version=2024-05-31`, body });
}

function event(id: number, data: string, name = 'message'): string {
  return `event: ${name}\nid: ${id}\ndata: ${data}`;
}

function chunk(choices: string, rest = ''): string {
  const head = '"id":"chatcmpl-sim-1","object":"chat.completion.chunk","model_id":"m","model":"m"';
  return `{${head},"choices":[${choices}],"created":0,"model_version":"1.0.0","created_at":"T"${rest}}`;
}

function choice(delta: string, finish = 'null'): string {
  return `{"index":0,"finish_reason":${finish},"delta":${delta}}`;
}

test('a chat is numbered events, the usage unasked for and last', async () => {
  const { body } = await watsonx('reasoning-tokens=1', 'text/chat_stream', CHAT);
  assert.equal(
    body,
    sse(
      event(1, chunk(choice('{"role":"assistant","content":""}'))),
      event(2, chunk(choice('{"reasoning_content":"under"}'))),
      event(3, chunk(choice('{"content":"r1"}'))),
      event(4, chunk(choice('{"content":" river"}'))),
      event(5, chunk(choice('{"content":""}', '"stop"'))),
      event(6, chunk('', ',"usage":{"completion_tokens":3,"prompt_tokens":3,"total_tokens":6}')),
    ),
  );
});

test('a call comes in pieces, and whole without a stream', async () => {
  const { body } = await watsonx('answer=tool-call; tokens=2', 'text/chat_stream', CHAT);
  const call = '"id":"call_sim_1","type":"function","function":{"name":"look_up","arguments":""}';
  assert.ok(body.includes(choice(`{"tool_calls":[{"index":0,${call}}]}`)));
  assert.ok(body.includes(choice('{"content":""}', '"tool_calls"')));
  const whole = JSON.parse((await watsonx('answer=tool-call; tokens=2', 'text/chat', CHAT)).body);
  const [{ message, finish_reason: reason }] = whole.choices;
  assert.deepEqual([message.tool_calls[0].function.arguments, reason], ['{"text":"r1"}', 'tool_calls']);
  assert.deepEqual(whole.usage, { completion_tokens: 2, prompt_tokens: 3, total_tokens: 5 });
});

function result(text: string, output: number, input: number, reason = 'not_finished'): string {
  const counts = `"generated_token_count":${output},"input_token_count":${input}`;
  return `{"model_id":"m","created_at":"T","results":[{"generated_text":"${text}",${counts},"stop_reason":"${reason}"}]}`;
}

test('text generation counts the input in the first event and gives the reason with the last text', async () => {
  const { body } = await watsonx('', 'text/generation_stream', PROMPT);
  assert.equal(
    body,
    sse(event(1, result('', 0, 3)), event(2, result('r1', 1, 0)), event(3, result(' under', 2, 0, 'eos_token'))),
  );
  const cut = { ...PROMPT, parameters: { max_new_tokens: 1 } };
  assert.equal((await watsonx('', 'text/generation', cut)).body, result('r1', 1, 3, 'max_tokens'));
  assert.equal(
    (await watsonx('fault=empty', 'text/generation_stream', PROMPT)).body,
    sse(event(1, result('', 0, 3)), event(2, result('', 0, 0, 'eos_token'))),
  );
});

test('a deployment needs no project, everything else does, and all a version', async () => {
  const unplaced = { ...PROMPT, project_id: undefined };
  const deployed = await watsonx('', 'deployments/my-own/text/generation', unplaced);
  assert.equal(JSON.parse(deployed.body).model_id, 'my-own');
  const refused = await watsonx('', 'text/generation', unplaced);
  assert.equal(
    refused.body,
    '{"errors":[{"code":"invalid_request_entity","message":"Missing either space_id or project_id or wml_instance_crn"}],' +
      '"trace":"sim-1","status_code":400}',
  );
  const { status } = await firstAnswer('', { path: '/ml/v1/text/generation', body: PROMPT });
  assert.equal(status, 400);
});

test('a failure amid the stream is an event of that name', async () => {
  const { body } = await watsonx('fault=error-event', 'text/generation_stream', PROMPT);
  assert.match(body, /\nevent: error\nid: \d+\ndata: \{"errors":\[\{"code":"downstream_request_failed",[^\n]*\}\n\n$/);
});
