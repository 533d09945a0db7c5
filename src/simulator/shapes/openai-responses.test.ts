import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer } from '../../../test/support/first-answer.ts';

const INPUT = {
  model: 'm',
  input: [{ role: 'user', content: [{ type: 'input_text', text: 'three small words' }] }],
  stream: true,
  tools: [{ type: 'function', name: 'look_up' }],
};

async function respond(settings: string, body: unknown = INPUT): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path: '/v1/responses', body });
}

/** The data of the events, of which each has its type as its name. */
function eventsOf({ body }: FirstAnswer): readonly string[] {
  return body
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [, name, data = ''] = /^event: (\S+)\ndata: (.*)$/.exec(event) ?? [];
      assert.equal(JSON.parse(data).type, name);
      return data;
    });
}

test('a stream opens and closes items and parts, numbers its events and has no end mark', async () => {
  const answer = await respond('reasoning-tokens=1; cached-tokens=1; cache-write-tokens=1');
  const events = eventsOf(answer);
  const rs = '"item_id":"rs_sim_1","output_index":0,"content_index":0';
  const msg = '"item_id":"msg_sim_1","output_index":1,"content_index":0';
  const item = '"id":"msg_sim_1","type":"message"';
  const thought = '{"type":"reasoning_text","text":"under"}';
  const said = '{"type":"output_text","text":"r1 river","annotations":[],"logprobs":[]}';
  assert.deepEqual(events.slice(2, -1), [
    '{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_sim_1","type":"reasoning","summary":[],"content":[],"status":"in_progress"}}',
    `{"type":"response.content_part.added","sequence_number":3,${rs},"part":{"type":"reasoning_text","text":""}}`,
    `{"type":"response.reasoning_text.delta","sequence_number":4,${rs},"delta":"under"}`,
    `{"type":"response.reasoning_text.done","sequence_number":5,${rs},"text":"under"}`,
    `{"type":"response.content_part.done","sequence_number":6,${rs},"part":${thought}}`,
    `{"type":"response.output_item.done","sequence_number":7,"output_index":0,"item":{"id":"rs_sim_1","type":"reasoning","summary":[],"content":[${thought}],"status":"completed"}}`,
    `{"type":"response.output_item.added","sequence_number":8,"output_index":1,"item":{${item},"status":"in_progress","role":"assistant","content":[]}}`,
    `{"type":"response.content_part.added","sequence_number":9,${msg},"part":{"type":"output_text","text":"","annotations":[],"logprobs":[]}}`,
    `{"type":"response.output_text.delta","sequence_number":10,${msg},"delta":"r1","logprobs":[]}`,
    `{"type":"response.output_text.delta","sequence_number":11,${msg},"delta":" river","logprobs":[]}`,
    `{"type":"response.output_text.done","sequence_number":12,${msg},"text":"r1 river","logprobs":[]}`,
    `{"type":"response.content_part.done","sequence_number":13,${msg},"part":${said}}`,
    `{"type":"response.output_item.done","sequence_number":14,"output_index":1,"item":{${item},"status":"completed","role":"assistant","content":[${said}]}}`,
  ]);
  const [created, inProgress] = events.map((event) => JSON.parse(event));
  assert.deepEqual([created.type, created.sequence_number], ['response.created', 0]);
  assert.deepEqual([created.response.id, created.response.status], ['resp_sim_1', 'in_progress']);
  assert.deepEqual([inProgress.type, inProgress.response.usage], ['response.in_progress', null]);
  const { type, sequence_number: number, response } = JSON.parse(events.at(-1) ?? '');
  assert.deepEqual([type, number, response.status, response.output.length], ['response.completed', 15, 'completed', 2]);
  assert.deepEqual(response.usage, {
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 1, cache_write_tokens: 1 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 1 },
    total_tokens: 6,
  });
  assert.deepEqual([answer.truth.outputTokens, answer.truth.writeTokens], [3, [1, 1, 1]]);
});

test('a call begins with its name, and its arguments follow', async () => {
  const answer = await respond('answer=tool-call; tokens=3');
  const place = '"item_id":"fc_sim_1","output_index":0';
  const call = (status: string, text: string): string =>
    `{"id":"fc_sim_1","type":"function_call","status":"${status}","arguments":${text},"call_id":"call_sim_1","name":"look_up"}`;
  const whole = String.raw`"{\"text\":\"r1 under\"}"`;
  assert.deepEqual(eventsOf(answer).slice(2, -1), [
    `{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":${call('in_progress', '""')}}`,
    `{"type":"response.function_call_arguments.delta","sequence_number":3,${place},"delta":${String.raw`"{\"text\":\"r1"`}}`,
    `{"type":"response.function_call_arguments.delta","sequence_number":4,${place},"delta":${String.raw`" under\"}"`}}`,
    `{"type":"response.function_call_arguments.done","sequence_number":5,${place},"arguments":${whole}}`,
    `{"type":"response.output_item.done","sequence_number":6,"output_index":0,"item":${call('completed', whole)}}`,
  ]);
  // The name is the first token.
  assert.deepEqual(answer.truth.writeTokens, [1, 1, 1]);
  assert.deepEqual(answer.truth.writeKinds, ['tool-call', 'tool-call', 'tool-call']);
});

test('an answer cut by the limit is incomplete, streamed or whole', async () => {
  const streamed = eventsOf(await respond('', { ...INPUT, max_output_tokens: 1 })).at(-1) ?? '';
  const { type, response } = JSON.parse(streamed);
  assert.equal(type, 'response.incomplete');
  assert.deepEqual(response.incomplete_details, { reason: 'max_output_tokens' });
  assert.equal(response.output[0].status, 'incomplete');
  const whole = JSON.parse((await respond('', { ...INPUT, stream: false, max_output_tokens: 1 })).body);
  assert.deepEqual({ ...whole, created_at: 0 }, { ...response, created_at: 0 });
});

test('a failure is an event of its own and then a failed response', async () => {
  const events = eventsOf(await respond('fault=error-event'))
    .slice(-2)
    .map((event) => JSON.parse(event));
  const [error, failed] = events;
  assert.deepEqual(error.error, {
    type: 'server_error',
    code: 'server_error',
    message: 'Simulated failure in the stream',
    param: null,
  });
  assert.deepEqual([failed.type, failed.response.status], ['response.failed', 'failed']);
});
