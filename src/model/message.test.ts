import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, textOf } from './message.ts';

test('the text of a turn has its calls, each on a line', () => {
  const toolCalls = [
    { id: '1', name: 'f', arguments: '{"a":1}' },
    { id: '2', name: 'g', arguments: '{}' },
  ];
  const rows: readonly (readonly [message: Message, text: string])[] = [
    [{ role: 'user', content: 'Hi' }, 'Hi'],
    [{ role: 'assistant', content: '' }, ''],
    [{ role: 'assistant', content: '', toolCalls }, 'f({"a":1})\ng({})'],
    [{ role: 'assistant', content: 'So:', toolCalls }, 'So:\nf({"a":1})\ng({})'],
    [{ role: 'tool', callId: '1', name: 'f', content: '2' }, '2'],
  ];
  for (const [message, text] of rows) assert.equal(textOf(message), text);
});
