import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import { toolBody, WEATHER_SCHEMA } from '../../../test/support/tool-chat.ts';
import { openaiChat } from './dialect.ts';

/** https://platform.openai.com/docs/guides/function-calling?api-mode=chat */
const EXPECTED = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Weather?' },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city": "Ulm"}' } },
        { id: 'c2', type: 'function', function: { name: 'now', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: '12 °C' },
    { role: 'tool', tool_call_id: 'c2', content: '{"hour": 9}' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c3', type: 'function', function: { name: 'weather', arguments: '{"city": "Bern"' } }],
    },
    { role: 'tool', tool_call_id: 'c3', content: 'no such city' },
    { role: 'user', content: 'And?' },
  ],
  tools: [
    { type: 'function', function: { name: 'weather', description: 'Of a city', parameters: { ...WEATHER_SCHEMA } } },
    { type: 'function', function: { name: 'now' } },
  ],
} satisfies Omit<ChatCompletionCreateParams, 'model'>;

test('tools, calls and results are written as OpenAI’s chat has them', () => {
  const { messages, tools, ...others } = toolBody(openaiChat);
  assert.deepEqual({ messages, tools }, EXPECTED);
  assert.equal('tool_choice' in others, false);
});

test('a choice is a word, or names a tool', () => {
  for (const word of ['auto', 'none', 'required'] as const)
    assert.equal(toolBody(openaiChat, word)['tool_choice'], word);
  assert.deepEqual(toolBody(openaiChat, { name: 'now' })['tool_choice'], {
    type: 'function',
    function: { name: 'now' },
  } satisfies ChatCompletionCreateParams['tool_choice']);
});

test('a choice without tools is not sent', () => {
  const body = toolBody(openaiChat, 'auto', { tools: undefined });
  assert.deepEqual(['tools' in body, 'tool_choice' in body], [false, false]);
});
