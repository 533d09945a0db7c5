import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Content, Part, Tool, ToolConfig } from '@google/genai';
import { buildTarget } from '../../../test/support/record-builder.ts';
import { toolBody, WEATHER_SCHEMA } from '../../../test/support/tool-chat.ts';
import { gemini } from './dialect.ts';

/** https://ai.google.dev/gemini-api/docs/function-calling */
const CONTENTS: readonly Content[] = [
  { role: 'user', parts: [{ text: 'Weather?' }] },
  {
    role: 'model',
    parts: [
      { text: 'I look.' },
      { functionCall: { name: 'weather', args: { city: 'Ulm' } } },
      { functionCall: { name: 'now', args: {} } },
    ],
  },
  {
    role: 'user',
    parts: [
      { functionResponse: { name: 'weather', response: { output: '12 °C' } } },
      { functionResponse: { name: 'now', response: { output: '{"hour": 9}' } } },
    ],
  },
  // What the model wrote is no JSON: it stands in an object as it was.
  { role: 'model', parts: [{ functionCall: { name: 'weather', args: { arguments: '{"city": "Bern"' } } }] },
  { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { output: 'no such city' } } }] },
  { role: 'user', parts: [{ text: 'And?' }] },
];

const TOOLS: readonly Tool[] = [
  {
    functionDeclarations: [
      { name: 'weather', description: 'Of a city', parametersJsonSchema: { ...WEATHER_SCHEMA } },
      { name: 'now' },
    ],
  },
];

test('calls and results are parts, the results of one turn together', () => {
  const body = toolBody(gemini);
  assert.deepEqual(body['contents'], CONTENTS);
  assert.deepEqual(body['tools'], TOOLS);
  assert.equal('toolConfig' in body, false);
});

test('a choice is a mode', () => {
  const rows = [
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [{ name: 'now' }, { mode: 'ANY', allowedFunctionNames: ['now'] }],
  ] as const;
  for (const [choice, functionCallingConfig] of rows) {
    const written = toolBody(gemini, choice)['toolConfig'] as ToolConfig;
    assert.deepEqual(written, { functionCallingConfig });
  }
});

test('the user’s own tools have the last word', () => {
  const parameters = {
    ...{ temperature: undefined, maxTokens: undefined, maxTokensName: undefined },
    extra: { tools: [{ googleSearch: {} }] },
  };
  assert.deepEqual(toolBody(gemini, undefined, { parameters })['tools'], [{ googleSearch: {} }]);
});

describe('the first call of a turn', () => {
  const signaturesOf = (model: string): readonly (string | undefined)[] => {
    const body = toolBody(gemini, undefined, { target: buildTarget({ dialect: 'gemini', model }) });
    const parts = (body['contents'] as readonly { readonly parts: readonly Part[] }[]).flatMap((turn) => turn.parts);
    return parts.filter(({ functionCall }) => functionCall !== undefined).map((part) => part.thoughtSignature);
  };
  const signed = 'skip_thought_signature_validator';
  for (const [model, signatures] of [
    ['gemini-3-flash-preview', [signed, undefined, signed]],
    ['gemini-3.1-pro-preview', [signed, undefined, signed]],
    ['publishers/google/models/gemini-4-x', [signed, undefined, signed]],
    ['gemini-2.5-flash', [undefined, undefined, undefined]],
    ['gemma-3-27b-it', [undefined, undefined, undefined]],
  ] as const) {
    test(`says ${signatures[0] === undefined ? 'nothing' : 'that it was not thought'} to ${model}`, () => {
      assert.deepEqual(signaturesOf(model), signatures);
    });
  }
});
