import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../../test/support/answers.ts';
import { openAnswer } from './decode.ts';

describe('a frame', () => {
  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['error', 'error'],
    ['abort', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finish_reason ${raw} finishes as ${reason}`, () => {
      assert.deepEqual(readEvents(openAnswer, { choices: [{ text: '', finish_reason: raw }] }), [
        [{ type: 'finish', reason, raw }],
      ]);
    });
  }

  test('of a fill-in-the-middle completion has its text where a chat has it', () => {
    const choice = { index: 0, delta: { role: 'assistant', content: 'return 1' }, finish_reason: 'stop' };
    const parts = [
      { type: 'content', text: 'return 1' },
      { type: 'finish', reason: 'stop', raw: 'stop' },
    ];
    assert.deepEqual(readEvents(openAnswer, { choices: [choice] }), [parts]);
    const { delta, ...rest } = choice;
    assert.deepEqual(readEvents(openAnswer, { choices: [{ ...rest, message: delta }] }), [parts]);
    assert.deepEqual(readEvents(openAnswer, { choices: [{ ...choice, delta: { role: 'assistant', content: '' } }] }), [
      parts.slice(1),
    ]);
  });
});
