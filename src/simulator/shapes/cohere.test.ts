import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer, sse } from '../../../test/support/first-answer.ts';

const ASKED = {
  model: 'm',
  messages: [{ role: 'user', content: 'three small words' }],
  tools: [{ type: 'function', function: { name: 'look_up' } }],
  stream: true,
};

async function chat(settings: string, body: unknown = ASKED): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path: '/v2/chat', body });
}

function event(type: string, rest: string): string {
  return `event: ${type}\ndata: {"type":"${type}",${rest}}`;
}

const START = event(
  'message-start',
  '"id":"sim-1","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}',
);

function content(type: string, index: number, members: string): string {
  return event(type, `"index":${index},"delta":{"message":{"content":{${members}}}}`);
}

test('a stream has parts with start and end, and at its end what was counted and what is charged', async () => {
  const { body } = await chat('reasoning-tokens=1; cached-tokens=1');
  const usage =
    '{"billed_units":{"input_tokens":2,"output_tokens":3},"tokens":{"input_tokens":3,"output_tokens":3},"cached_tokens":1}';
  assert.equal(
    body,
    sse(
      START,
      content('content-start', 0, '"type":"thinking","thinking":""'),
      content('content-delta', 0, '"thinking":"under"'),
      event('content-end', '"index":0'),
      content('content-start', 1, '"type":"text","text":""'),
      content('content-delta', 1, '"text":"r1"'),
      content('content-delta', 1, '"text":" river"'),
      event('content-end', '"index":1'),
      event('message-end', `"delta":{"finish_reason":"COMPLETE","usage":${usage}}`),
    ),
  );
});

test('a call is an object: its name first, then its arguments', async () => {
  const { body, truth } = await chat('answer=tool-call; tokens=3');
  const call = (type: string, members: string): string =>
    event(type, `"index":0,"delta":{"message":{"tool_calls":{${members}}}}`);
  const usage = '{"billed_units":{"input_tokens":3,"output_tokens":3},"tokens":{"input_tokens":3,"output_tokens":3}}';
  assert.equal(
    body,
    sse(
      START,
      call('tool-call-start', '"id":"call_sim_1","type":"function","function":{"name":"look_up","arguments":""}'),
      call('tool-call-delta', String.raw`"function":{"arguments":"{\"text\":\"r1"}`),
      call('tool-call-delta', String.raw`"function":{"arguments":" under\"}"}`),
      event('tool-call-end', '"index":0'),
      event('message-end', `"delta":{"finish_reason":"TOOL_CALL","usage":${usage}}`),
    ),
  );
  assert.deepEqual(truth.writeTokens, [1, 1, 1]);
});

test('a whole answer', async () => {
  const { body } = await chat('reasoning-tokens=1', { ...ASKED, stream: false, max_tokens: 2 });
  assert.deepEqual(JSON.parse(body), {
    id: 'sim-1',
    finish_reason: 'MAX_TOKENS',
    message: {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'under' },
        { type: 'text', text: 'r1' },
      ],
    },
    usage: { billed_units: { input_tokens: 3, output_tokens: 2 }, tokens: { input_tokens: 3, output_tokens: 2 } },
  });
});

test('errors are a message, amid the stream an end with that reason', async () => {
  assert.equal((await chat('fault=429')).body, '{"id":"sim-1","message":"Rate limit reached"}');
  const { body } = await chat('fault=error-event');
  const failed = '"delta":{"finish_reason":"ERROR","error":"Simulated failure in the stream"}';
  assert.ok(body.endsWith(sse(event('message-end', failed))));
});
