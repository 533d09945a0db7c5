import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConverseStreamRequest, ToolChoice } from '@aws-sdk/client-bedrock-runtime';
import { toolBody, WEATHER_SCHEMA } from '../../../test/support/tool-chat.ts';
import { bedrockConverse } from './dialect.ts';

/** https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html */
const EXPECTED = {
  messages: [
    { role: 'user', content: [{ text: 'Weather?' }] },
    {
      role: 'assistant',
      content: [
        { text: 'I look.' },
        { toolUse: { toolUseId: 'c1', name: 'weather', input: { city: 'Ulm' } } },
        { toolUse: { toolUseId: 'c2', name: 'now', input: {} } },
      ],
    },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'c1', content: [{ text: '12 °C' }] } },
        { toolResult: { toolUseId: 'c2', content: [{ text: '{"hour": 9}' }] } },
      ],
    },
    // What the model wrote is no JSON: it stands in an object as it was.
    {
      role: 'assistant',
      content: [{ toolUse: { toolUseId: 'c3', name: 'weather', input: { arguments: '{"city": "Bern"' } } }],
    },
    // Two turns of the user's after each other are refused: the question stands with the result.
    {
      role: 'user',
      content: [{ toolResult: { toolUseId: 'c3', content: [{ text: 'no such city' }] } }, { text: 'And?' }],
    },
  ],
  system: [{ text: 'Be brief.' }],
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: 'weather',
          description: 'Of a city',
          inputSchema: { json: { ...WEATHER_SCHEMA, required: ['city'] } },
        },
      },
      { toolSpec: { name: 'now', inputSchema: { json: { type: 'object', properties: {} } } } },
    ],
  },
} satisfies Omit<ConverseStreamRequest, 'modelId'>;

test('calls and results are blocks, and users and models take turns', () => {
  assert.deepEqual(toolBody(bedrockConverse), EXPECTED);
});

test('a choice is an object', () => {
  const rows = [
    ['auto', { auto: {} }],
    ['required', { any: {} }],
    [{ name: 'now' }, { tool: { name: 'now' } }],
  ] as const;
  for (const [choice, written] of rows) {
    const expected: ToolChoice = written;
    const { toolChoice } = toolBody(bedrockConverse, choice)['toolConfig'] as { readonly toolChoice?: ToolChoice };
    assert.deepEqual(toolChoice, expected);
  }
});
