import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Parameters } from '../../model/parameters.ts';
import { NO_CREDENTIALS } from '../../model/target.ts';
import type { JsonObject } from '../../model/units.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { encode } from './encode.ts';

describe('the body', () => {
  test('is the prompt, and whether to stream, which the route alone does not say', () => {
    assert.deepEqual(bodyOf({}), { text_input: 'Be brief.\n\nHi', parameters: { stream: true } });
    assert.deepEqual(bodyOf({ isStreamed: false })['parameters'], { stream: false });
  });

  test('has all parameters in one place, also a temperature of zero', () => {
    const extra = { top_p: 0.5, id: 'r1', bad_words: ['a'] };
    assert.deepEqual(bodyWith({ temperature: 0, maxTokens: 7, extra }), {
      text_input: 'Be brief.\n\nHi',
      parameters: { stream: true, temperature: 0, max_tokens: 7, top_p: 0.5, bad_words: ['a'] },
      id: 'r1',
    });
  });

  test('lets whole parameters and the limit’s own name have the last word', () => {
    const extra = { parameters: { stream: false, request_output_len: 9 }, text_input: 'other' };
    assert.deepEqual(bodyWith({ maxTokens: 7, maxTokensName: 'max_new_tokens', extra }), {
      text_input: 'other',
      parameters: { stream: false, max_new_tokens: 7, request_output_len: 9 },
    });
  });
});

describe('the URL', () => {
  for (const [url, model, streamed, whole] of [
    ['http://h:8000', 'm', '/v2/models/m/generate_stream', '/v2/models/m/generate'],
    ['http://h:8000', 'a/b c', '/v2/models/a%2Fb%20c/generate_stream', '/v2/models/a%2Fb%20c/generate'],
    ['http://h:8000/v2/models/x/generate', 'm', '/v2/models/x/generate_stream', '/v2/models/x/generate'],
    [
      'http://h:8000/v2/models/x/versions/3/generate_stream',
      'm',
      '/v2/models/x/versions/3/generate_stream',
      '/v2/models/x/versions/3/generate',
    ],
  ] as const) {
    test(`of ${url} is asked either way`, () => {
      const target = buildTarget({ dialect: 'triton', url, model });
      const at = (isStreamed: boolean): string => encode(inputOf({ target, isStreamed })).url;
      assert.deepEqual([at(true), at(false)], [`http://h:8000${streamed}`, `http://h:8000${whole}`]);
    });
  }
});

const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function inputOf(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: buildTarget({ dialect: 'triton', url: 'http://h:8000', model: 'm' }),
    credentials: NO_CREDENTIALS,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
    tools: undefined,
    toolChoice: undefined,
    parameters: NO_PARAMETERS,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'llm-bench/0',
    ...given,
  };
}

function bodyOf(given: Partial<EncodeInput>): JsonObject {
  return JSON.parse(Buffer.from(encode(inputOf(given)).body ?? []).toString());
}

function bodyWith(parameters: Partial<Parameters>): JsonObject {
  return bodyOf({ parameters: { ...NO_PARAMETERS, ...parameters } });
}
