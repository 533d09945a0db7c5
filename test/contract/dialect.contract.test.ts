/** What the engine counts on, of every dialect: run over all recorded answers of each. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_QUIRKS, type Dialect } from '../../src/dialects/dialect.ts';
import { dialectOf } from '../../src/dialects/registry.ts';
import { usageAddsUp } from '../../src/metrics/tokens.ts';
import type { HttpRequest } from '../../src/model/exchange.ts';
import type { RestTemplate } from '../../src/model/rest-template.ts';
import { DIALECT_IDS, type DialectId, EMPTY_PROFILE } from '../../src/model/target.ts';
import { createSanitizer } from '../../src/wire/sanitize.ts';
import { preparedAnswers, readAnswer, withoutRaw } from '../support/answers.ts';
import { awsEvent } from '../support/aws-event-stream.ts';
import { everyByte } from '../support/raw-server.ts';
import { buildTarget } from '../support/record-builder.ts';

const KEY = 'Qx9vTz4mRk7w';

/** What may differ between dialects. */
interface Facts {
  /** The header that holds the key, and what stands before the key in it. */
  readonly keyHeader: string;
  readonly keyPrefix: string;
  /** Whether it has an option for token counts that can be left out. */
  readonly hasUsageOption: boolean;
  /** What it must send though nobody asked for it. */
  readonly required: RegExp | undefined;
  /** The bytes of one event that holds this JSON. */
  readonly frame: (json: string) => Uint8Array;
  /** Whether its events are bare text, of which none is broken. */
  readonly isBare: boolean;
  /** How it asks and reads where it does not know that by itself. */
  readonly template: RestTemplate | undefined;
  /** An event that names the model and says nothing else; undefined: its answers name none. */
  readonly naming: ((model: string) => object) | undefined;
}

const BEARER: Facts = {
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  hasUsageOption: false,
  required: undefined,
  frame: (json) => Buffer.from(`data: ${json}\n\n`),
  isBare: false,
  template: undefined,
  naming: undefined,
};
const OPENAI: Facts = { ...BEARER, naming: (model) => ({ model, choices: [] }) };

const TEMPLATE: RestTemplate = {
  method: 'POST',
  body: { ask: '{{prompt}}', as: '{{model}}', limit: '{{max_tokens}}', heat: '{{temperature}}' },
  framing: 'sse',
  paths: {
    text: 'piece.text',
    reasoning: 'piece.thought',
    finish: 'why',
    inputTokens: 'count.in',
    outputTokens: 'count.out',
    error: undefined,
  },
  doneMarker: undefined,
};

/** A new dialect does not compile until it stands here. */
const FACTS: Readonly<Record<DialectId, Facts>> = {
  'openai-chat': { ...OPENAI, hasUsageOption: true },
  'openai-completions': { ...OPENAI, hasUsageOption: true },
  'openai-responses': { ...BEARER, naming: (model) => ({ type: 'response.created', response: { model } }) },
  'anthropic-messages': {
    ...BEARER,
    keyHeader: 'x-api-key',
    keyPrefix: '',
    required: /"max_tokens":1024,?/,
    naming: (model) => ({ type: 'message_start', message: { model } }),
  },
  gemini: {
    ...BEARER,
    keyHeader: 'x-goog-api-key',
    keyPrefix: '',
    naming: (modelVersion) => ({ modelVersion, candidates: [] }),
  },
  ollama: { ...BEARER, frame: (json) => Buffer.from(`${json}\n`), naming: (model) => ({ model, done: false }) },
  cohere: BEARER,
  tgi: BEARER,
  llamacpp: { ...BEARER, naming: (model) => ({ model, content: '', stop: false }) },
  'bedrock-converse': { ...BEARER, frame: (json) => awsEvent('contentBlockDelta', json) },
  'bedrock-invoke': {
    ...BEARER,
    required: /"max_tokens":1024,?/,
    frame: (json) => awsEvent('chunk', JSON.stringify({ bytes: Buffer.from(json).toString('base64') })),
    naming: (model) => ({ type: 'message_start', message: { model } }),
  },
  'sagemaker-chat': { ...OPENAI, hasUsageOption: true, frame: (json) => awsEvent('PayloadPart', `data: ${json}\n\n`) },
  triton: { ...BEARER, naming: (model) => ({ model_name: model }) },
  watsonx: OPENAI,
  replicate: { ...BEARER, isBare: true },
  'custom-rest': { ...BEARER, template: TEMPLATE },
  'sagemaker-tgi': { ...BEARER, frame: (json) => awsEvent('PayloadPart', `data:${json}\n\n`) },
};

for (const id of DIALECT_IDS) {
  const dialect = dialectOf(id);
  const facts = FACTS[id];

  test(`${id} goes by its name`, () => assert.equal(dialect.id, id));

  const ownTarget = buildTarget({ dialect: id, profile: { ...EMPTY_PROFILE, template: facts.template } });

  describe(`an answer read by ${id}`, () => {
    const answers = preparedAnswers(id);

    test('is prepared for every habit', () => assert.ok(answers.length >= 12));

    for (const { name, bytes, isAsked, isCutOff, target, source, isStreamed, frames } of answers) {
      const delivery = { isAsked, isCutOff, target };
      const whole = readAnswer(dialect.openAnswer, bytes, delivery);
      const cutAt = (cuts: readonly number[]) => readAnswer(dialect.openAnswer, bytes, { ...delivery, cuts });

      test(`says what stands beside ${name}: ${source}`, () => {
        assert.equal(whole.isStreamed, isStreamed);
        assert.deepEqual(withoutRaw(whole.frames), frames);
      });

      test(`is the same however ${name} is cut and lent`, () => {
        const story = JSON.stringify(whole);
        assert.equal(JSON.stringify(cutAt(everyByte(bytes))), story, 'byte by byte');
        for (const cut of spread(everyByte(bytes))) assert.equal(JSON.stringify(cutAt([cut])), story, `cut at ${cut}`);
        fc.assert(
          fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
            assert.equal(JSON.stringify(cutAt(cuts)), story);
          }),
          { seed: 20260101, numRuns: 50 },
        );
      });

      test(`keeps the rules of parts in ${name}`, () => {
        for (const frame of whole.frames) {
          assert.ok(frame.length > 0);
          assert.ok(frame.length === 1 || frame.every(({ type }) => type !== 'unknown'));
          for (const part of frame) {
            if ('text' in part) assert.ok(part.text.length > 0);
            if (part.type === 'token-count') assert.ok(part.tokens > 0);
            if (part.type === 'usage') assert.notEqual(usageAddsUp(part.usage), false);
          }
        }
      });

      test(`ends without an exception wherever ${name} is broken off`, () => {
        for (const cut of spread(everyByte(bytes))) readAnswer(dialect.openAnswer, bytes.subarray(0, cut), delivery);
      });
    }

    test('is malformed, failed or nothing, but never an exception, whatever bytes come', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', 'data: ', '{', '['), (noise, lead) => {
          const bytes = Buffer.concat([Buffer.from(lead), noise, Buffer.from('\n\n')]);
          const { frames } = readAnswer(dialect.openAnswer, bytes, { cuts: [lead.length], target: ownTarget });
          const types = new Set(frames.flat().map(({ type }) => type));
          for (const type of types) assert.match(type, /^(malformed|error|keep-alive|unknown|done)$/);
        }),
        { seed: 20260101, numRuns: 500 },
      );
    });
  });

  describe(`an event read by ${id}`, () => {
    const framesOf = (...events: readonly string[]) =>
      // Not ended: the end may say something too.
      readAnswer(dialect.openAnswer, Buffer.concat(events.map(facts.frame)), { isCutOff: true, target: ownTarget })
        .frames;

    test('is given out with the read that completes it', () => {
      const bytes = facts.frame('{"error":null}');
      let count = 0;
      const reader = dialect.openAnswer(true, () => count++, ownTarget);
      reader.push(bytes.subarray(0, -1));
      assert.equal(count, 0);
      reader.push(bytes.subarray(-1));
      assert.equal(count, 1);
    });

    for (const nothing of ['null', 'false', '""', '0']) {
      test(`with error ${nothing} has none`, () => {
        assert.deepEqual(framesOf(`{"error":${nothing}}`), [[{ type: 'unknown' }]]);
      });
    }

    if (facts.isBare) return;
    test('that cannot be read says nothing of its payload', () => {
      assert.deepEqual(framesOf('{"secret', '"secret"'), [
        [{ type: 'malformed', message: 'an event of 8 characters is not JSON' }],
        [{ type: 'malformed', message: 'an event is JSON, but not an object' }],
      ]);
    });

    const { naming } = facts;
    if (naming === undefined) return;
    test('names the model once, until another answers', () => {
      const frames = framesOf(...['a', 'a', 'b', ''].map((model) => JSON.stringify(naming(model))));
      assert.deepEqual(frames, [
        [{ type: 'model', model: 'a' }],
        [{ type: 'unknown' }],
        [{ type: 'model', model: 'b' }],
        [{ type: 'unknown' }],
      ]);
    });
  });

  describe(`a request of ${id}`, () => {
    const request = encode(dialect, true);

    test('is a POST of JSON', () => {
      assert.equal(request.method, 'POST');
      assert.equal(request.headers['content-type'], 'application/json');
      assert.equal(typeof JSON.parse(textOf(request)), 'object');
    });

    test('is the same each time', () => assert.deepEqual(encode(dialect, true), request));

    test('names its headers in lower case, and none that is the client’s own', () => {
      for (const name of Object.keys(request.headers)) {
        assert.match(name, /^[a-z0-9-]+$/);
        assert.doesNotMatch(name, /^(host|connection|content-length|transfer-encoding)$/);
      }
    });

    test('holds the key in its own header and nowhere else', () => {
      const { [facts.keyHeader]: key, ...others } = request.headers;
      assert.equal(key, `${facts.keyPrefix}${KEY}`);
      assert.ok(!JSON.stringify([request.url, others, textOf(request)]).includes(KEY));
    });

    test('sends no temperature and no limit that was not given', () => {
      const text = textOf(request).replace(facts.required ?? '', '');
      assert.doesNotMatch(text, /temperature|max_|num_predict|n_predict|maxOutput|top_|seed/);
    });

    test('asks for usage only where that can be asked, and while the server lets it', () => {
      assert.equal(/"include_usage":true/.test(textOf(request)), facts.hasUsageOption);
      assert.doesNotMatch(textOf(encode(dialect, false)), /stream_options|include_usage/);
    });

    test('keeps the query and lets the user’s headers win', () => {
      const { url, headers } = encode(dialect, true, { [facts.keyHeader]: 'mine', 'x-team': 'a' });
      const { searchParams } = new URL(url);
      assert.deepEqual([searchParams.get('api-version'), searchParams.get('key')], ['1', 'a/b']);
      assert.deepEqual([headers[facts.keyHeader], headers['x-team']], ['mine', 'a']);
    });

    test('concedes step by step until nothing is left', () => {
      let quirks: typeof DEFAULT_QUIRKS | undefined = DEFAULT_QUIRKS;
      for (let steps = 0; quirks !== undefined; steps++) {
        assert.ok(steps < 5, 'it goes in circles');
        quirks = dialect.concede(quirks, ownTarget);
      }
    });
  });

  test(`a refusal named by ${id} keeps its status and no key`, () => {
    const body = `{"error":{"message":"${KEY} is wrong","code":"bad"}}`;
    const failure = dialect.failureOf({ status: 401, headers: new Map(), body, nowEpochMs: 0 }, createSanitizer([KEY]));
    assert.deepEqual([failure.kind, failure.status], ['auth', 401]);
    assert.ok(!JSON.stringify(failure).includes(KEY));
  });
}

/** Not all of many: to read a long answer once for every byte of it takes seconds. */
function spread(positions: readonly number[]): readonly number[] {
  const step = Math.ceil(positions.length / MOST_POSITIONS);
  return positions.filter((_, index) => index % step === 0);
}

const MOST_POSITIONS = 1_000;

function encode(dialect: Dialect, asksForUsage: boolean, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return dialect.encode({
    target: {
      ...{ provider: 'p', model: 'm', url: 'http://a.example/v1', dialect: dialect.id },
      profile: { ...EMPTY_PROFILE, template: FACTS[dialect.id].template },
    },
    credentials: { apiKey: KEY, headers, query: '?api-version=1&key=a%2Fb', signing: undefined },
    messages: [{ role: 'user', content: 'Grüße\n👋' }],
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    tools: undefined,
    toolChoice: undefined,
    quirks: { ...DEFAULT_QUIRKS, asksForUsage },
    isStreamed: true,
    userAgent: 'llm-bench/0',
  });
}

function textOf(request: HttpRequest): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(request.body);
}
