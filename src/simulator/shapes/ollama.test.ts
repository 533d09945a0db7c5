import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer } from '../../../test/support/first-answer.ts';

const CHAT = {
  model: 'm',
  messages: [{ role: 'user', content: 'three small words' }],
  tools: [{ type: 'function', function: { name: 'look_up' } }],
};
const PROMPT = { model: 'm', prompt: 'three small words' };

async function ollama(settings: string, path: string, body: unknown): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path, body });
}

/** Loading takes a quarter of the time to the first token (4 ms), the prompt the rest; nanoseconds. */
function last(output: number, evaluationNs: number): string {
  return (
    `"done":true,"done_reason":"stop","total_duration":${4_000_000 + evaluationNs},"load_duration":1000000,` +
    `"prompt_eval_count":3,"prompt_eval_duration":3000000,"eval_count":${output},"eval_duration":${evaluationNs}`
  );
}

test('a chat is a line for each token, the last with counts and durations', async () => {
  const { body, headers, truth } = await ollama('reasoning-tokens=1', '/api/chat', CHAT);
  assert.equal(headers.get('content-type'), 'application/x-ndjson');
  const line = (message: string, rest: string): string =>
    `{"model":"m","created_at":"T","message":{"role":"assistant",${message}},${rest}}\n`;
  assert.equal(
    body,
    line('"content":"","thinking":"under"', '"done":false') +
      line('"content":"r1"', '"done":false') +
      line('"content":" river"', '"done":false') +
      line('"content":""', last(3, 4_000_000)),
  );
  assert.deepEqual(truth.writeKinds, ['reasoning', 'content', 'content']);
});

test('a call comes in one line, its arguments as an object', async () => {
  const { body, truth } = await ollama('answer=tool-call; tokens=3', '/api/chat', CHAT);
  const [call = '', end = ''] = body.split('\n');
  assert.deepEqual(JSON.parse(call).message, {
    role: 'assistant',
    content: '',
    tool_calls: [{ function: { name: 'look_up', arguments: { text: 'r1 under' } } }],
  });
  assert.ok(end.endsWith(`,${last(3, 4_000_000)}}`));
  assert.deepEqual(truth.writeTokens, [3]);
});

test('generate says response instead of message, streamed and whole', async () => {
  const { body } = await ollama('', '/api/generate', PROMPT);
  const lines = [
    '"response":"r1","done":false',
    '"response":" under","done":false',
    `"response":"",${last(2, 2_000_000)}`,
  ];
  assert.equal(body, lines.map((members) => `{"model":"m","created_at":"T",${members}}\n`).join(''));
  const whole = await ollama('', '/api/generate', { ...PROMPT, stream: false, options: { num_predict: 1 } });
  const { response, done, done_reason: reason, eval_count: count } = JSON.parse(whole.body);
  assert.deepEqual([response, done, reason, count], ['r1', true, 'length', 1]);
});

test('errors are a text, amid a stream too, where no line says that it is done', async () => {
  const missing = await ollama('fault=404', '/api/chat', CHAT);
  assert.deepEqual([missing.status, missing.body], [404, '{"error":"The model does not exist"}']);
  const { body } = await ollama('fault=error-event', '/api/generate', PROMPT);
  assert.equal(body.split('\n')[1], '{"error":"Simulated failure in the stream"}');
  assert.doesNotMatch(body, /"done":true/);
});

test('framings that make sense of lines: CRLF, a byte order mark, no final newline', async () => {
  const { body } = await ollama('framing=crlf,bom,no-final-newline,comments', '/api/generate', PROMPT);
  assert.match(body, /^\uFEFF\{[^\n]*\}\r\n\{[^\n]*\}\r\n\{[^\n]*\}$/);
});
