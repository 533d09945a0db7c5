import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import { TOOLS, toolBody } from '../../../test/support/tool-chat.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { NO_CREDENTIALS } from '../../model/target.ts';
import type { JsonObject } from '../../model/units.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { openaiChat } from '../openai-chat/dialect.ts';
import { createWatsonx } from './dialect.ts';

const SERVER = 'https://us-south.ml.cloud.ibm.com';
const GENERATION = `${SERVER}/ml/v1/text/generation_stream`;
const MESSAGES: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
];
const watsonx = createWatsonx(openaiChat);

describe('a chat', () => {
  test('has OpenAI’s messages, and names model and project in its own words', () => {
    const extra = { project_id: 'p-1', time_limit: 9_000 };
    assert.deepEqual(bodyWith({ temperature: 0, maxTokens: 7, extra }), {
      model_id: 'ibm/granite',
      messages: MESSAGES,
      temperature: 0,
      max_tokens: 7,
      ...extra,
    });
  });

  test('of a deployment leaves the model to the path', () => {
    const target = buildTarget({ url: `${SERVER}/ml/v1/deployments/d-1/text/chat_stream` });
    assert.deepEqual(bodyOf({ target }), { messages: MESSAGES });
  });

  test('has a field of its own for a choice in one word', () => {
    const choices = (['auto', 'none', 'required'] as const).map((choice) => toolBody(watsonx, choice));
    assert.deepEqual(
      choices.map((body) => [body['tool_choice_option'], 'tool_choice' in body]),
      [
        ['auto', false],
        ['none', false],
        ['required', false],
      ],
    );
    const { tool_choice: choice, ...others } = toolBody(watsonx, { name: 'now' });
    assert.deepEqual(choice, { type: 'function', function: { name: 'now' } });
    assert.equal('tool_choice_option' in others, false);
  });

  test('has tools, calls and results as OpenAI has them', () => {
    const { messages, tools } = toolBody(openaiChat);
    const body = toolBody(watsonx);
    assert.deepEqual([body['messages'], body['tools']], [messages, tools]);
    assert.equal((body['tools'] as readonly unknown[]).length, TOOLS.length);
  });
});

describe('text generation', () => {
  const target = buildTarget({ url: GENERATION, model: 'ibm/granite' });

  test('has one input and nothing that was not given', () => {
    assert.deepEqual(bodyOf({ target }), { model_id: 'ibm/granite', input: 'Be brief.\n\nHi' });
  });

  test('has its parameters apart from the request’s own fields', () => {
    const extra = { space_id: 's-1', top_p: 0.5, stop_sequences: ['a'] };
    const parameters = { temperature: 0.7, maxTokens: 7, maxTokensName: undefined, extra };
    assert.deepEqual(bodyOf({ target, parameters }), {
      model_id: 'ibm/granite',
      input: 'Be brief.\n\nHi',
      // A temperature means nothing while it decodes greedily.
      parameters: {
        max_new_tokens: 7,
        decoding_method: 'sample',
        temperature: 0.7,
        top_p: 0.5,
        stop_sequences: ['a'],
      },
      space_id: 's-1',
    });
  });

  test('decodes greedily at temperature zero, and lets whole parameters have the last word', () => {
    const extra = { parameters: { decoding_method: 'sample' } };
    const at = (parameters: Partial<Parameters>): unknown =>
      bodyOf({ target, parameters: { ...NO_PARAMETERS, ...parameters } })['parameters'];
    assert.deepEqual(at({ temperature: 0 }), { decoding_method: 'greedy', temperature: 0 });
    assert.deepEqual(at({ temperature: 0, extra }), { decoding_method: 'sample', temperature: 0 });
  });
});

describe('the URL', () => {
  for (const [url, streamed, whole] of [
    [SERVER, '/ml/v1/text/chat_stream', '/ml/v1/text/chat'],
    [`${SERVER}/ml/v1`, '/ml/v1/text/chat_stream', '/ml/v1/text/chat'],
    [`${SERVER}/ml/v1/text/chat`, '/ml/v1/text/chat_stream', '/ml/v1/text/chat'],
    [GENERATION, '/ml/v1/text/generation_stream', '/ml/v1/text/generation'],
    [
      `${SERVER}/ml/v1/deployments/d/text/generation`,
      '/ml/v1/deployments/d/text/generation_stream',
      '/ml/v1/deployments/d/text/generation',
    ],
  ] as const) {
    test(`of ${url} is asked either way, with a version`, () => {
      const at = (isStreamed: boolean): string =>
        watsonx.encode(inputOf({ target: buildTarget({ url }), isStreamed })).url;
      assert.deepEqual(
        [at(true), at(false)],
        [`${SERVER}${streamed}?version=2024-10-08`, `${SERVER}${whole}?version=2024-10-08`],
      );
    });
  }

  for (const [query, sent] of [
    ['?version=2023-05-29', '?version=2023-05-29'],
    ['?a=1&version=2023-05-29', '?a=1&version=2023-05-29'],
    ['?a=1', '?a=1&version=2024-10-08'],
  ] as const) {
    test(`with ${query} goes to ${sent}`, () => {
      const { url } = watsonx.encode(inputOf({ credentials: { ...NO_CREDENTIALS, query } }));
      assert.equal(new URL(url).search, sent);
    });
  }
});

test('there is no option to give up', () => assert.equal(watsonx.concede(DEFAULT_QUIRKS, buildTarget()), undefined));

const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function inputOf(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: buildTarget({ dialect: 'watsonx', url: SERVER, model: 'ibm/granite' }),
    credentials: NO_CREDENTIALS,
    messages: MESSAGES,
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
  return JSON.parse(Buffer.from(watsonx.encode(inputOf(given)).body ?? []).toString());
}

function bodyWith(parameters: Partial<Parameters>): JsonObject {
  return bodyOf({ parameters: { ...NO_PARAMETERS, ...parameters } });
}
