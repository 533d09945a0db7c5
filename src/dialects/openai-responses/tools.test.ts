import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResponseCreateParams } from 'openai/resources/responses/responses';
import { toolBody, WEATHER_SCHEMA } from '../../../test/support/tool-chat.ts';
import { openaiResponses } from './dialect.ts';

/** https://platform.openai.com/docs/guides/function-calling?api-mode=responses */
const EXPECTED = {
  input: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Weather?' },
    { role: 'assistant', content: 'I look.' },
    { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"city": "Ulm"}' },
    { type: 'function_call', call_id: 'c2', name: 'now', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: '12 °C' },
    { type: 'function_call_output', call_id: 'c2', output: '{"hour": 9}' },
    { type: 'function_call', call_id: 'c3', name: 'weather', arguments: '{"city": "Bern"' },
    { type: 'function_call_output', call_id: 'c3', output: 'no such city' },
    { role: 'user', content: 'And?' },
  ],
  tools: [
    { type: 'function', name: 'weather', description: 'Of a city', parameters: { ...WEATHER_SCHEMA }, strict: false },
    { type: 'function', name: 'now', parameters: { type: 'object', properties: {} }, strict: false },
  ],
} satisfies ResponseCreateParams;

test('tools, calls and results are items of their own', () => {
  const { input, tools, ...others } = toolBody(openaiResponses);
  assert.deepEqual({ input, tools }, EXPECTED);
  assert.equal('tool_choice' in others, false);
});

test('a choice is a word, or names a tool', () => {
  for (const word of ['auto', 'none', 'required'] as const)
    assert.equal(toolBody(openaiResponses, word)['tool_choice'], word);
  assert.deepEqual(toolBody(openaiResponses, { name: 'now' })['tool_choice'], {
    type: 'function',
    name: 'now',
  } satisfies ResponseCreateParams['tool_choice']);
});
