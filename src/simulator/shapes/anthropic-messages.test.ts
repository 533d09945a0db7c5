import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer, sse } from '../../../test/support/first-answer.ts';

const ASKED = {
  model: 'm',
  max_tokens: 50,
  system: 'be brief',
  messages: [{ role: 'user', content: 'three small words' }],
  tools: [{ name: 'look_up', input_schema: { type: 'object' } }],
  stream: true,
};
const VERSION = { 'anthropic-version': '2023-06-01' };

async function message(settings: string, body: unknown = ASKED, headers = VERSION): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path: '/v1/messages', headers, body });
}

function event(json: string): string {
  const [, type] = /^\{"type":"(\w+)"/.exec(json) ?? [];
  return `event: ${type}\ndata: ${json}`;
}

/** Five words came in; what the cache gave or took is not among the input tokens. */
function usage(output: string, [input, write, read] = [5, 0, 0]): string {
  const cache = `"cache_creation":{"ephemeral_5m_input_tokens":${write},"ephemeral_1h_input_tokens":0}`;
  return `{"input_tokens":${input},"cache_creation_input_tokens":${write},"cache_read_input_tokens":${read},${cache},"output_tokens":${output}}`;
}

function start(counts: string): string {
  const shell = '"id":"msg_sim_1","type":"message","role":"assistant","model":"m","content":[]';
  const open = `{${shell},"stop_reason":null,"stop_sequence":null,"usage":${counts}}`;
  return event(`{"type":"message_start","message":${open}}`);
}

const PING = event('{"type":"ping"}');

test('a stream has blocks with start and end, a signed thought and a usage without the cache', async () => {
  const counts: [number, number, number] = [2, 1, 2];
  const answer = await message('reasoning-tokens=1; cached-tokens=2; cache-write-tokens=1');
  assert.equal(answer.headers.get('request-id'), 'req_sim_1');
  assert.equal(
    answer.body,
    sse(
      start(usage('1', counts)),
      PING,
      event(
        '{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}',
      ),
      event('{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"under"}}'),
      event('{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ltdWxhdGVk"}}'),
      event('{"type":"content_block_stop","index":0}'),
      event('{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}'),
      event('{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"r1"}}'),
      event('{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" river"}}'),
      event('{"type":"content_block_stop","index":1}'),
      event(
        '{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":' +
          `${usage('3,"output_tokens_details":{"thinking_tokens":1}', counts)}}`,
      ),
      event('{"type":"message_stop"}'),
    ),
  );
  assert.deepEqual(answer.truth.writeKinds, ['reasoning', 'content', 'content']);
});

test('a call has its name in the start of its block and arguments in pieces, the first empty', async () => {
  const { body, truth } = await message('answer=tool-call; tokens=3');
  const block = '{"type":"tool_use","id":"toolu_sim_1","name":"look_up","input":{}}';
  const piece = (text: string): string =>
    event(`{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":${text}}}`);
  assert.equal(
    body,
    sse(
      start(usage('1')),
      PING,
      event(`{"type":"content_block_start","index":0,"content_block":${block}}`),
      piece('""'),
      piece(String.raw`"{\"text\":\"r1"`),
      piece(String.raw`" under\"}"`),
      event('{"type":"content_block_stop","index":0}'),
      event(`{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":${usage('3')}}`),
      event('{"type":"message_stop"}'),
    ),
  );
  assert.deepEqual(truth.writeTokens, [1, 1, 1]);
});

test('a whole message has its blocks in a list, a call its arguments as an object', async () => {
  const whole = { ...ASKED, stream: false };
  const text = JSON.parse((await message('reasoning-tokens=1', whole)).body);
  assert.deepEqual(text.content, [
    { type: 'thinking', thinking: 'under', signature: 'c2ltdWxhdGVk' },
    { type: 'text', text: 'r1 river' },
  ]);
  assert.deepEqual([text.stop_reason, text.usage.output_tokens], ['end_turn', 3]);
  const call = JSON.parse((await message('answer=tool-call; tokens=3', whole)).body);
  assert.deepEqual(call.content, [
    { type: 'tool_use', id: 'toolu_sim_1', name: 'look_up', input: { text: 'r1 under' } },
  ]);
  const cut = JSON.parse((await message('', { ...whole, max_tokens: 1 })).body);
  assert.deepEqual([cut.stop_reason, cut.content], ['max_tokens', [{ type: 'text', text: 'r1' }]]);
});

test('errors have their type by the status, before the stream and amid it', async () => {
  const limited = await message('fault=429; retry-after=7');
  const body = (type: string, text: string): string =>
    `{"type":"error","error":{"type":"${type}","message":"${text}"},"request_id":"req_sim_1"}`;
  assert.equal(limited.body, body('rate_limit_error', 'Rate limit reached'));
  assert.equal(limited.headers.get('retry-after'), '7');
  assert.equal((await message('fault=529')).body, body('overloaded_error', 'Overloaded'));
  const { body: stream } = await message('fault=error-event');
  assert.ok(stream.endsWith(sse(event(body('overloaded_error', 'Simulated failure in the stream')))));
});

test('the version and the token limit must be given', async () => {
  const versionless = await message('', ASKED, {} as typeof VERSION);
  assert.deepEqual([versionless.status, JSON.parse(versionless.body).error.type], [400, 'invalid_request_error']);
  const limitless = await message('', { ...ASKED, max_tokens: undefined });
  assert.match(JSON.parse(limitless.body).error.message, /max_tokens/);
});

test('keep-alives are pings', async () => {
  const { body } = await message('framing=comments');
  // One with the headers, one after message_start, and one in front of each event but the first.
  assert.equal(body.match(/^event: ping\ndata: \{"type":"ping"\}$/gm)?.length, 1 + 1 + 7);
  assert.doesNotMatch(body, /^:/m);
});

test('Vertex AI names the model and the manner in the path, and the version in the body', async () => {
  const path = '/v1/projects/p/locations/l/publishers/anthropic/models/claude%40x:';
  const body = { ...ASKED, model: undefined, stream: undefined, anthropic_version: 'vertex-2023-10-16' };
  const streamed = await firstAnswer('', { path: `${path}streamRawPredict`, body });
  assert.match(streamed.body, /^event: message_start\ndata: .*"model":"claude@x"/);
  const whole = await firstAnswer('', { path: `${path}rawPredict`, body });
  assert.equal(JSON.parse(whole.body).content[0].text, 'r1 under');
});
