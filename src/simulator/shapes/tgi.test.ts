import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer, sse } from '../../../test/support/first-answer.ts';

const ASKED = { inputs: 'three small words', parameters: { details: true } };

async function generate(settings: string, path = '/generate_stream', body: unknown = ASKED): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path, body });
}

function token(index: number, text: string, end = '"generated_text":null,"details":null'): string {
  const token = `{"id":${99 + index},"text":"${text}","logprob":-0.5,"special":false}`;
  return `data: {"index":${index},"token":${token},"top_tokens":[],${end}}`;
}

test('a stream is one token an event, and a token that ends the text', async () => {
  const { body, truth } = await generate('');
  const details = '{"finish_reason":"eos_token","generated_tokens":2,"seed":1,"input_length":3}';
  const last = '{"id":2,"text":"</s>","logprob":-0.1,"special":true}';
  assert.equal(
    body,
    sse(
      token(1, 'r1'),
      token(2, ' under'),
      `data: {"index":3,"token":${last},"top_tokens":[],"generated_text":"r1 under","details":${details}}`,
    ),
  );
  assert.equal(truth.outputTokens, 2);
});

test('cut by the limit, the last token is the last event; without details there are no counts', async () => {
  const { body } = await generate('', '/', { inputs: 'hi', parameters: { max_new_tokens: 1 }, stream: true });
  assert.equal(body, sse(token(1, 'r1', '"generated_text":"r1","details":null')));
  const cut = await generate('', '/generate_stream', { ...ASKED, parameters: { max_new_tokens: 1, details: true } });
  const details = '{"finish_reason":"length","generated_tokens":1,"seed":1,"input_length":3}';
  assert.equal(cut.body, sse(token(1, 'r1', `"generated_text":"r1","details":${details}`)));
});

test('a whole answer tells its counts in headers', async () => {
  const { body, headers } = await generate('', '/generate');
  assert.equal(
    body,
    '{"generated_text":"r1 under","details":{"finish_reason":"eos_token","generated_tokens":2,"seed":1,"prefill":[],"tokens":[]}}',
  );
  assert.deepEqual([headers.get('x-prompt-tokens'), headers.get('x-generated-tokens')], ['3', '2']);
});

test('errors have a type, before and amid the stream', async () => {
  assert.equal((await generate('fault=429')).body, '{"error":"Rate limit reached","error_type":"overloaded"}');
  const { body } = await generate('fault=error-event');
  assert.equal(
    body,
    sse(token(1, 'r1'), 'data: {"error":"Simulated failure in the stream","error_type":"generation"}'),
  );
});
