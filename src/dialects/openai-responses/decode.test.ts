import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../../test/support/answers.ts';
import { openAnswer } from './decode.ts';

describe('the end', () => {
  const ends: readonly (readonly [event: string, status: string | undefined, reason: string, raw: string])[] = [
    ['response.completed', 'completed', 'stop', 'completed'],
    ['response.completed', undefined, 'stop', 'completed'],
    ['response.completed', 'in_progress', 'stop', 'completed'],
    ['response.completed', 'incomplete', 'other', 'incomplete'],
    ['response.completed', 'cancelled', 'other', 'cancelled'],
    ['response.incomplete', undefined, 'other', 'incomplete'],
    ['response.failed', undefined, 'error', 'failed'],
  ];
  for (const [type, status, reason, raw] of ends) {
    test(`by ${type} with status ${status} is ${reason}`, () => {
      const parts = readEvents(openAnswer, { type, response: { status } }).flat();
      assert.deepEqual(
        parts.filter((part) => part.type !== 'error'),
        [{ type: 'finish', reason, raw }, { type: 'done' }],
      );
      assert.equal(parts.length, raw === 'failed' ? 3 : 2);
    });
  }

  test('told by an error beside the response is told once', () => {
    assert.deepEqual(readEvents(openAnswer, { type: 'response.failed', error: { message: 'm' }, response: null }), [
      [
        { type: 'error', message: 'm', code: undefined },
        { type: 'finish', reason: 'error', raw: 'failed' },
        { type: 'done' },
      ],
    ]);
  });

  test('keeps the reason of an incomplete answer over calls', () => {
    const [, end] = readEvents(
      openAnswer,
      { type: 'response.function_call_arguments.delta', delta: '{' },
      { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } },
    );
    assert.deepEqual(end?.[0], { type: 'finish', reason: 'length', raw: 'max_output_tokens' });
  });

  test('is tool_calls also when the call’s item never began', () => {
    const [, end] = readEvents(
      openAnswer,
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      { type: 'response.completed', response: {} },
    );
    assert.deepEqual(end?.[0], { type: 'finish', reason: 'tool_calls', raw: 'completed' });
  });
});

describe('text that is sent again', () => {
  const delta = { type: 'response.output_text.delta', delta: 'a' };
  const again: readonly (readonly [where: string, event: object])[] = [
    ['at the end of its part', { type: 'response.output_text.done', text: 'a' }],
    [
      'at the end of its item',
      {
        type: 'response.output_item.done',
        output_index: 7,
        item: { type: 'message', content: [{ type: 'output_text', text: 'a' }] },
      },
    ],
  ];
  for (const [where, event] of again) {
    test(`${where} counts once`, () =>
      assert.deepEqual(readEvents(openAnswer, delta, event)[1], [{ type: 'unknown' }]));
    test(`${where} counts when it came nowhere else`, () =>
      assert.deepEqual(readEvents(openAnswer, event), [[{ type: 'content', text: 'a' }]]));
  }

  test('at the end of the answer counts once, wherever its items stand there', () => {
    const call = { type: 'function_call', id: 'b', call_id: 'c', name: 'f', arguments: '{}' };
    const [, , end] = readEvents(
      openAnswer,
      { type: 'response.output_item.added', output_index: 0, item: { ...call, id: 'a', arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'a', delta: '{}' },
      { type: 'response.completed', response: { output: [{ type: 'reasoning', summary: [] }, call] } },
    );
    assert.deepEqual(end, [{ type: 'finish', reason: 'tool_calls', raw: 'completed' }, { type: 'done' }]);
  });
});
