import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import { AppError } from '../../errors.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { RestTemplate } from '../../model/rest-template.ts';
import { EMPTY_PROFILE, NO_CREDENTIALS, type Target } from '../../model/target.ts';
import type { JsonValue } from '../../model/units.ts';
import { DEFAULT_QUIRKS, type EncodeInput } from '../dialect.ts';
import { customRest } from './dialect.ts';
import { encode } from './encode.ts';

const BASE: RestTemplate = {
  method: 'POST',
  body: { ask: '{{prompt}}' },
  framing: 'sse',
  paths: {
    text: 'text',
    reasoning: undefined,
    finish: undefined,
    inputTokens: undefined,
    outputTokens: undefined,
    error: undefined,
  },
  doneMarker: undefined,
};

describe('the body', () => {
  test('has the value of a placeholder that stands alone', () => {
    const body = {
      ask: '{{prompt}}',
      turns: '{{messages}}',
      who: '{{ model }}',
      limits: { tokens: '{{max_tokens}}', heat: '{{temperature}}' },
      live: '{{stream}}',
      fixed: [1, true, null, 'x'],
    };
    assert.deepEqual(bodyOf(body, { temperature: 0, maxTokens: 7 }), {
      ask: 'Be brief.\n\nSay "hi"\n👋',
      turns: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Say "hi"\n👋' },
      ],
      who: 'm/1',
      limits: { tokens: 7, heat: 0 },
      live: true,
      fixed: [1, true, null, 'x'],
    });
  });

  test('leaves out what was not given', () => {
    const body = { ask: 'x', max: '{{max_tokens}}', list: ['{{temperature}}', 1], deep: { heat: '{{temperature}}' } };
    assert.deepEqual(bodyOf(body), { ask: 'x', list: [1], deep: {} });
  });

  test('has texts with placeholders within them', () => {
    const body = { ask: '[INST] {{prompt}} [/INST] {{model}} {{max_tokens}}{{stream}} {{messages}}' };
    assert.deepEqual(bodyOf(body), {
      ask:
        '[INST] Be brief.\n\nSay "hi"\n👋 [/INST] m/1 true ' +
        '[{"role":"system","content":"Be brief."},{"role":"user","content":"Say \\"hi\\"\\n👋"}]',
    });
  });

  test('does not fill what a prompt brings', () => {
    const messages = [{ role: 'user', content: 'What is {{model}}?' }] as const;
    assert.deepEqual(jsonOf(encode(inputOf({ ...BASE, body: ['{{prompt}}'] }, { messages })).body), [
      'What is {{model}}?',
    ]);
  });

  test('may be a bare text or list', () => {
    assert.equal(bodyOf('{{model}}'), 'm/1');
    assert.deepEqual(bodyOf(['{{model}}']), ['m/1']);
  });

  test('has extra parameters over its own fields', () => {
    assert.deepEqual(bodyOf({ ask: 'x', seed: 1 }, { extra: { seed: 2, other: [3] } }), {
      ask: 'x',
      seed: 2,
      other: [3],
    });
    assert.deepEqual(bodyOf(undefined, { extra: { seed: 2 } }), { seed: 2 });
  });
});

describe('a GET', () => {
  const template: RestTemplate = { ...BASE, method: 'GET', body: undefined };

  test('has its placeholders in the URL, which may have written their braces in its own way', () => {
    const credentials = { ...NO_CREDENTIALS, query: '?q={{prompt}}&n={{max_tokens}}&k=s%2Fx' };
    const target = targetOf(template, 'http://h/%7B%7Bmodel%7D%7D/ask');
    const request = encode({ ...inputOf(template, { credentials }), target });
    assert.equal(request.url, 'http://h/m%2F1/ask?q=Be%20brief.%0A%0ASay%20%22hi%22%0A%F0%9F%91%8B&n=&k=s%2Fx');
    assert.equal(request.body, undefined);
    assert.deepEqual([request.method, 'content-type' in request.headers], ['GET', false]);
  });

  test('has extra parameters in the query', () => {
    const parameters = { ...NO_PARAMETERS, extra: { top_p: 0.5, tag: 'a b', list: [1] } };
    assert.equal(encode(inputOf(template, { parameters })).url, 'http://h/ask?top_p=0.5&tag=a%20b&list=%5B1%5D');
  });
});

test('what is accepted follows the framing, and whether a stream is wanted', () => {
  const accepted = (['sse', 'ndjson', 'json'] as const).map((framing) =>
    [true, false].map((isStreamed) => encode(inputOf({ ...BASE, framing }, { isStreamed })).headers['accept']),
  );
  assert.deepEqual(accepted, [
    ['text/event-stream', 'application/json'],
    ['application/x-ndjson', 'application/json'],
    ['application/json', 'application/json'],
  ]);
});

describe('before a run', () => {
  const refusalOf = (template: RestTemplate | undefined, given: Partial<Parameters> = {}, url?: string): string => {
    try {
      customRest.check?.(targetOf(template, url), { ...NO_PARAMETERS, ...given });
      return 'none';
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'TEMPLATE_INVALID' && error.hint !== '');
      return error.message.replace('the template of local cannot be used: ', '');
    }
  };

  for (const [what, template, given, refusal] of [
    ['a whole one', BASE, {}, 'none'],
    ['none at all', undefined, {}, 'there is none'],
    ['a bare text', { ...BASE, paths: { ...BASE.paths, text: '$' } }, {}, 'none'],
    ['a broken path', { ...BASE, paths: { ...BASE.paths, text: 'a..b' } }, {}, 'its path for text is none: a..b'],
    [
      'another broken path',
      { ...BASE, paths: { ...BASE.paths, finish: 'a[x]' } },
      {},
      'its path for finish is none: a[x]',
    ],
    ['an unknown placeholder', { ...BASE, body: ['{{promt}}'] }, {}, '{{promt}} stands for nothing'],
    ['an empty placeholder', { ...BASE, body: ['{{}}'] }, {}, '{{}} stands for nothing'],
    ['a limit without a place', BASE, { maxTokens: 5 }, 'it has no place for max_tokens'],
    ['a temperature without a place', BASE, { temperature: 0 }, 'it has no place for temperature'],
    ['a limit with a place', { ...BASE, body: { n: '{{max_tokens}}' } }, { maxTokens: 5 }, 'none'],
    ['a limit with a place in a text', { ...BASE, body: ['at most {{ max_tokens }}'] }, { maxTokens: 5 }, 'none'],
    ['a limit that may stand in a query', { ...BASE, method: 'GET', body: undefined }, { maxTokens: 5 }, 'none'],
  ] as const) {
    test(`${what}: ${refusal}`, () => assert.equal(refusalOf(template, given), refusal));
  }

  test('the URL is looked at too', () => {
    assert.equal(refusalOf(BASE, {}, 'http://h/{{modell}}/ask'), '{{modell}} stands for nothing');
    assert.equal(refusalOf(BASE, { maxTokens: 5 }, 'http://h/%7B%7Bmax_tokens%7D%7D'), 'none');
  });
});

const NO_PARAMETERS: Parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

function targetOf(template: RestTemplate | undefined, url: string = 'http://h/ask'): Target {
  return buildTarget({ dialect: 'custom-rest', model: 'm/1', url, profile: { ...EMPTY_PROFILE, template } });
}

function inputOf(template: RestTemplate, given: Partial<EncodeInput> = {}): EncodeInput {
  return {
    target: targetOf(template),
    credentials: NO_CREDENTIALS,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Say "hi"\n👋' },
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

function jsonOf(body: Uint8Array | undefined): JsonValue {
  return JSON.parse(Buffer.from(body ?? []).toString());
}

function bodyOf(body: RestTemplate['body'], parameters: Partial<Parameters> = {}): JsonValue {
  return jsonOf(encode(inputOf({ ...BASE, body }, { parameters: { ...NO_PARAMETERS, ...parameters } })).body);
}
