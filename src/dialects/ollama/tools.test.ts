import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolBody, WEATHER_SCHEMA } from '../../../test/support/tool-chat.ts';
import { ollama } from './dialect.ts';

test('arguments are an object, and a result names its tool', () => {
  const body = toolBody(ollama, 'auto');
  // https://docs.ollama.com/capabilities/tool-calling
  assert.deepEqual(body['messages'], [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Weather?' },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [
        { function: { name: 'weather', arguments: { city: 'Ulm' } } },
        { function: { name: 'now', arguments: {} } },
      ],
    },
    { role: 'tool', tool_name: 'weather', content: '12 °C' },
    { role: 'tool', tool_name: 'now', content: '{"hour": 9}' },
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ function: { name: 'weather', arguments: { arguments: '{"city": "Bern"' } } }],
    },
    { role: 'tool', tool_name: 'weather', content: 'no such city' },
    { role: 'user', content: 'And?' },
  ]);
  assert.deepEqual(body['tools'], [
    { type: 'function', function: { name: 'weather', description: 'Of a city', parameters: WEATHER_SCHEMA } },
    { type: 'function', function: { name: 'now' } },
  ]);
  assert.equal('tool_choice' in body, false);
});
