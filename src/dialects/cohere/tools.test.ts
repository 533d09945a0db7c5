import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolBody, WEATHER_SCHEMA } from '../../../test/support/tool-chat.ts';
import { cohere } from './dialect.ts';

test('what is said beside calls is a plan', () => {
  const body = toolBody(cohere);
  // https://docs.cohere.com/docs/tool-use-usage-patterns
  assert.deepEqual(body['messages'], [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Weather?' },
    {
      role: 'assistant',
      tool_plan: 'I look.',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city": "Ulm"}' } },
        { id: 'c2', type: 'function', function: { name: 'now', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: '12 °C' },
    { role: 'tool', tool_call_id: 'c2', content: '{"hour": 9}' },
    {
      role: 'assistant',
      tool_calls: [{ id: 'c3', type: 'function', function: { name: 'weather', arguments: '{"city": "Bern"' } }],
    },
    { role: 'tool', tool_call_id: 'c3', content: 'no such city' },
    { role: 'user', content: 'And?' },
  ]);
  assert.deepEqual(body['tools'], [
    { type: 'function', function: { name: 'weather', description: 'Of a city', parameters: WEATHER_SCHEMA } },
    { type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } },
  ]);
});

test('a choice is a word in capitals, and none where the model decides', () => {
  const choices = ([undefined, 'auto', 'none', 'required'] as const).map(
    (choice) => toolBody(cohere, choice)['tool_choice'],
  );
  assert.deepEqual(choices, [undefined, undefined, 'NONE', 'REQUIRED']);
});
