import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../../test/support/answers.ts';
import { openAnswer } from './decode.ts';

describe('a frame', () => {
  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['model_length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['function_call', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['error', 'error'],
    ['insufficient_system_resource', 'error'],
    ['abort', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finish_reason ${raw} finishes as ${reason}`, () => {
      const chunk = { choices: [{ delta: {}, finish_reason: raw }] };
      assert.deepEqual(readEvents(openAnswer, chunk), [[{ type: 'finish', reason, raw }]]);
    });
  }

  for (const something of ['{}', 'true', '[]', '1']) {
    test(`with error ${something} has one, although without words`, () => {
      const [[part] = []] = readEvents(openAnswer, `{"error":${something}}`);
      assert.equal(part?.type, 'error');
      assert.ok(part.message.length > 0);
    });
  }

  test('counts a usage block as a total when text has come without one', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 9 };
    const text = { choices: [{ delta: { content: 'a' } }] };
    const last = { choices: [{ delta: { content: 'b' } }], usage };
    const types = readEvents(openAnswer, text, last).map((frame) => frame.map(({ type }) => type));
    assert.deepEqual(types, [['content'], ['content', 'usage']]);
  });
});
