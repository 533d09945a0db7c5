import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer, sse } from '../../../test/support/first-answer.ts';

const ASKED = { prompt: 'three small words', stream: true };

async function complete(settings: string, body: unknown = ASKED): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path: '/completion', body });
}

function token(count: number, text: string): string {
  const counts = `"tokens_predicted":${count},"tokens_evaluated":3`;
  return `data: {"index":0,"content":"${text}","tokens":[${99 + count}],"stop":false,"id_slot":0,${counts}}`;
}

test('a stream has the ids of its tokens, and timings at its end', async () => {
  const { body } = await complete('cached-tokens=1');
  // 4 ms to the first token, for the two that were not cached; 2 ms for two more.
  const timings =
    '{"cache_n":1,"prompt_n":2,"prompt_ms":4,"prompt_per_token_ms":2,"prompt_per_second":500,' +
    '"predicted_n":2,"predicted_ms":2,"predicted_per_token_ms":1,"predicted_per_second":1000}';
  assert.equal(
    body,
    sse(
      token(1, 'r1'),
      token(2, ' under'),
      'data: {"index":0,"content":"","tokens":[],"id_slot":0,"stop":true,"model":"simulated","tokens_predicted":2,' +
        '"tokens_evaluated":3,"generation_settings":{"seed":1,"n_predict":-1,"stream":true},"prompt":"",' +
        '"has_new_line":false,"truncated":false,"stop_type":"eos","stopping_word":"","tokens_cached":5,' +
        `"timings":${timings}}`,
    ),
  );
});

test('a whole answer, cut by the limit', async () => {
  const { body } = await complete('', { prompt: [1, 2, 3, 4], n_predict: 1 });
  const { content, stop, stop_type: reason, tokens_evaluated: input, tokens_predicted: output } = JSON.parse(body);
  assert.deepEqual([content, stop, reason, input, output], ['r1', true, 'limit', 4, 1]);
});

test('errors, amid the stream as data or as old builds sent them', async () => {
  assert.equal(
    (await complete('fault=503')).body,
    '{"error":{"code":503,"message":"The server is overloaded","type":"unavailable_error"}}',
  );
  const error = '{"code":500,"message":"Simulated failure in the stream","type":"server_error"}';
  assert.equal((await complete('fault=error-event')).body, sse(token(1, 'r1'), `data: {"error":${error}}`));
  assert.equal((await complete('fault=error-field')).body, sse(token(1, 'r1'), `error: ${error}`, 'data: [DONE]'));
});
