import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { Message } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, EMPTY_PROFILE } from '../../model/target.ts';
import type { JsonObject } from '../../model/units.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { gemini } from './dialect.ts';
import { encode } from './encode.ts';

const QUESTION: Message = { role: 'user', content: 'Grüße "an" \n 👋' };
const CONTENTS = [{ role: 'user', parts: [{ text: QUESTION.content }] }];

describe('the body', () => {
  test('holds the contents and nothing that was not given, streamed or not', () => {
    assert.deepEqual(bodyOf({}), { contents: CONTENTS });
    assert.deepEqual(bodyOf({ isStreamed: false }), { contents: CONTENTS });
  });

  test('takes system messages out of the conversation and calls the assistant model', () => {
    const messages: readonly Message[] = [
      { role: 'system', content: 'Be brief.' },
      QUESTION,
      { role: 'assistant', content: 'Hi' },
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Bye' },
    ];
    assert.deepEqual(bodyOf({ messages }), {
      contents: [...CONTENTS, { role: 'model', parts: [{ text: 'Hi' }] }, { role: 'user', parts: [{ text: 'Bye' }] }],
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
    });
  });

  test('carries the parameters that were given, also a temperature of zero', () => {
    assert.deepEqual(bodyOf({ parameters: { temperature: 0, maxTokens: 7, maxTokensName: undefined, extra: {} } }), {
      contents: CONTENTS,
      generationConfig: { temperature: 0, maxOutputTokens: 7 },
    });
    assert.deepEqual(bodyOf({ parameters: { ...NO_PARAMETERS, maxTokens: 7 } })['generationConfig'], {
      maxOutputTokens: 7,
    });
  });

  test('puts extra parameters into generationConfig, where they have the last word', () => {
    const extra = { topP: 0.5, maxOutputTokens: 9, thinkingConfig: { thinkingBudget: 0 } };
    assert.deepEqual(bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } }), {
      contents: CONTENTS,
      generationConfig: { temperature: 1, ...extra },
    });
  });

  test('leaves fields of the request at the top', () => {
    const extra: JsonObject = {
      contents: [],
      systemInstruction: { parts: [] },
      tools: [{ googleSearch: {} }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
      safetySettings: [],
      cachedContent: 'cachedContents/1',
      labels: { team: 'a' },
      serviceTier: 'flex',
      store: false,
    };
    const messages: readonly Message[] = [{ role: 'system', content: 'Be brief.' }, QUESTION];
    assert.deepEqual(bodyOf({ messages, parameters: { ...NO_PARAMETERS, extra } }), extra);
  });

  test('merges a whole generationConfig into its own, over anything else', () => {
    const extra: JsonObject = {
      topK: 3,
      thinkingConfig: { includeThoughts: true, thinkingBudget: 1 },
      generationConfig: { temperature: 0.5, topK: 4, thinkingConfig: { thinkingBudget: 2 }, stopSequences: ['a'] },
    };
    assert.deepEqual(
      bodyOf({ parameters: { temperature: 1, maxTokens: 7, maxTokensName: undefined, extra } })['generationConfig'],
      {
        temperature: 0.5,
        maxOutputTokens: 7,
        topK: 4,
        thinkingConfig: { includeThoughts: true, thinkingBudget: 2 },
        stopSequences: ['a'],
      },
    );
  });

  test('does not send a generationConfig that is no object', () => {
    const extra = { generationConfig: null };
    assert.deepEqual(bodyOf({ parameters: { ...NO_PARAMETERS, extra } }), { contents: CONTENTS });
  });
});

/** The global location has a host without a name before it. */
const VERTEX = 'https://aiplatform.googleapis.com/v1/projects/p/locations/global';

function bothWays(path: string): readonly [streamed: string, whole: string] {
  return [`${VERTEX}${path}:streamGenerateContent?alt=sse`, `${VERTEX}${path}:generateContent`];
}

describe('the URL', () => {
  const base = 'http://a.example/v1beta';
  const streamed = `${base}/models/m:streamGenerateContent?alt=sse`;
  const rows: readonly (readonly [url: string, model: string, query: string, streamed: string, whole: string])[] = [
    [base, 'm', '', streamed, `${base}/models/m:generateContent`],
    [`${base}/models`, 'm', '', streamed, `${base}/models/m:generateContent`],
    [`${base}/models/m:streamGenerateContent`, 'x', '', streamed, `${base}/models/m:generateContent`],
    [`${base}/models/m:generateContent`, 'x', '', streamed, `${base}/models/m:generateContent`],
    [`${base}/models/m:other`, 'x', '', `${base}/models/m:other?alt=sse`, `${base}/models/m:other`],
    [
      base,
      'm',
      '?key=a%2Fb&x=1',
      `${streamed.replace('?', '?key=a%2Fb&x=1&')}`,
      `${base}/models/m:generateContent?key=a%2Fb&x=1`,
    ],
    [base, 'm', '?alt=sse', streamed, `${base}/models/m:generateContent?alt=sse`],
    [
      base,
      'tunedModels/m 1',
      '',
      `${base}/tunedModels/m%201:streamGenerateContent?alt=sse`,
      `${base}/tunedModels/m%201:generateContent`,
    ],
    [base, 'models/m', '', streamed, `${base}/models/m:generateContent`],
    [`${VERTEX}/publishers/google/models/m:streamGenerateContent`, 'x', '', ...bothWays('/publishers/google/models/m')],
    [`${VERTEX}/publishers/google/models/m:generateContent`, 'x', '', ...bothWays('/publishers/google/models/m')],
    [`${VERTEX}/publishers/google`, 'm', '', ...bothWays('/publishers/google/models/m')],
    [VERTEX, 'publishers/google/models/m', '', ...bothWays('/publishers/google/models/m')],
    [`${VERTEX}/endpoints/12:streamGenerateContent`, 'x', '', ...bothWays('/endpoints/12')],
  ];
  for (const [url, model, query, ...expected] of rows) {
    test(`of ${url}, model ${model} with ${query === '' ? 'no query' : query}`, () => {
      const target = { ...input({}).target, url, model };
      const credentials = { ...NO_CREDENTIALS, query };
      assert.deepEqual(
        [true, false].map((isStreamed) => encode(input({ target, credentials, isStreamed })).url),
        expected,
      );
    });
  }
});

describe('the headers', () => {
  test('ask for an event stream that is not compressed', () => {
    assert.deepEqual(headersOf({}), {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'llm-bench/0',
    });
  });

  test('ask for JSON when nothing is streamed', () => {
    assert.equal(encode(input({ isStreamed: false })).headers['accept'], 'application/json');
  });

  test('hold the key in their own, and only there', () => {
    const { url, headers, body } = encode(input({ credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' } }));
    const { 'x-goog-api-key': key, ...others } = headers;
    assert.equal(key, 'k-1');
    assert.ok(!JSON.stringify([url, others, new TextDecoder().decode(body)]).includes('k-1'));
  });

  test('of the user win over ours, also over the key', () => {
    const headers = { 'x-goog-api-key': 'mine', accept: '*/*', 'user-agent': 'mine', authorization: 'Bearer v' };
    assert.deepEqual(headersOf({ apiKey: 'k-1', headers }), {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...headers,
    });
  });
});

test('there is nothing to concede', () => {
  assert.equal(gemini.concede(DEFAULT_QUIRKS, buildTarget()), undefined);
});

const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function input(given: Partial<EncodeInput>): EncodeInput {
  return {
    target: { provider: 'p', model: 'm', url: 'http://a.example/v1beta', dialect: 'gemini', profile: EMPTY_PROFILE },
    credentials: NO_CREDENTIALS,
    messages: [QUESTION],
    parameters: NO_PARAMETERS,
    tools: undefined,
    toolChoice: undefined,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'llm-bench/0',
    ...given,
  };
}

function bodyOf(given: Partial<EncodeInput>): Record<string, unknown> {
  const { body } = encode(input(given));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Record<string, unknown>;
}

function headersOf(credentials: Partial<Credentials>): Readonly<Record<string, string>> {
  return encode(input({ credentials: { ...NO_CREDENTIALS, ...credentials } })).headers;
}
