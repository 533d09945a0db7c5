import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer, sse } from '../../../test/support/first-answer.ts';

async function generate(settings: string, path = 'generate_stream', more: object = {}): Promise<FirstAnswer> {
  const body = { text_input: 'three small words', ...more };
  return await firstAnswer(settings, { path: `/v2/models/my%20model/${path}`, body });
}

function output(text: string): string {
  return `{"model_name":"my model","model_version":"1","text_output":"${text}"}`;
}

test('a stream is text and nothing after it', async () => {
  const { body, truth } = await generate('');
  assert.equal(body, sse(`data: ${output('r1')}`, `data: ${output(' under')}`));
  assert.deepEqual([truth.model, truth.inputTokens, truth.writes.length], ['my model', 3, 2]);
});

test('the text may be all that was said so far', async () => {
  const { body } = await generate('cumulative-text');
  assert.equal(body, sse(`data: ${output('r1')}`, `data: ${output('r1 under')}`));
});

test('a whole answer, of a version, cut by the limit at either place', async () => {
  assert.equal((await generate('', 'versions/1/generate', { max_tokens: 1 })).body, output('r1'));
  assert.equal((await generate('', 'generate', { parameters: { max_tokens: 1 } })).body, output('r1'));
});

test('errors are a text', async () => {
  assert.equal((await generate('fault=500')).body, '{"error":"The server had an error"}');
  assert.equal(
    (await generate('fault=error-event')).body,
    sse(`data: ${output('r1')}`, 'data: {"error":"Simulated failure in the stream"}'),
  );
});
