import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages';
import { toolBody, WEATHER_SCHEMA } from '../../../test/support/tool-chat.ts';
import { anthropicMessages } from './dialect.ts';

/** https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use */
const EXPECTED = {
  messages: [
    { role: 'user', content: 'Weather?' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Ulm' } },
        { type: 'tool_use', id: 'c2', name: 'now', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c1', content: '12 °C' },
        { type: 'tool_result', tool_use_id: 'c2', content: '{"hour": 9}' },
      ],
    },
    // What the model wrote is no JSON: it stands in an object as it was.
    {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'c3', name: 'weather', input: { arguments: '{"city": "Bern"' } }],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c3', content: 'no such city' }] },
    { role: 'user', content: 'And?' },
  ],
  tools: [
    { name: 'weather', description: 'Of a city', input_schema: { ...WEATHER_SCHEMA, required: ['city'] } },
    { name: 'now', input_schema: { type: 'object', properties: {} } },
  ],
} satisfies Pick<MessageCreateParams, 'messages' | 'tools'>;

test('calls are blocks of a turn, and results that belong together one turn of the user’s', () => {
  const { messages, tools, ...others } = toolBody(anthropicMessages);
  assert.deepEqual({ messages, tools }, EXPECTED);
  assert.deepEqual([others['system'], 'tool_choice' in others], ['Be brief.', false]);
});

test('a choice has words of its own', () => {
  const rows = [
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [{ name: 'now' }, { type: 'tool', name: 'now' }],
  ] as const;
  for (const [choice, written] of rows) {
    const expected: MessageCreateParams['tool_choice'] = written;
    assert.deepEqual(toolBody(anthropicMessages, choice)['tool_choice'], expected);
  }
});
