/** What the engine counts on, of every dialect: run over all recorded answers of each. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_QUIRKS, type Dialect, type Frame } from '../../src/dialects/dialect.ts';
import { dialectOf } from '../../src/dialects/registry.ts';
import type { HttpRequest } from '../../src/model/exchange.ts';
import { DIALECT_IDS, type DialectId } from '../../src/model/target.ts';
import { createSanitizer } from '../../src/wire/sanitize.ts';
import { deliver, everyByte } from '../support/raw-server.ts';

const STREAMS = join(import.meta.dirname, '../fixtures/streams');
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
}

const BEARER: Facts = { keyHeader: 'authorization', keyPrefix: 'Bearer ', hasUsageOption: false, required: undefined };

/** A new dialect does not compile until it stands here. */
const FACTS: Readonly<Record<DialectId, Facts>> = {
  'openai-chat': { ...BEARER, hasUsageOption: true },
  'openai-completions': { ...BEARER, hasUsageOption: true },
  'openai-responses': BEARER,
  'anthropic-messages': { ...BEARER, keyHeader: 'x-api-key', keyPrefix: '', required: /"max_tokens":1024,?/ },
  gemini: { ...BEARER, keyHeader: 'x-goog-api-key', keyPrefix: '' },
  ollama: BEARER,
  cohere: BEARER,
  tgi: BEARER,
  llamacpp: BEARER,
};

/** What a fixture expects; `raw` blocks of usage are left out. */
interface Expected {
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

for (const id of DIALECT_IDS) {
  const dialect = dialectOf(id);
  const facts = FACTS[id];

  test(`${id} goes by its name`, () => assert.equal(dialect.id, id));

  describe(`an answer read by ${id}`, () => {
    const names = readdirSync(join(STREAMS, id)).filter((name) => /\.(sse|ndjson|body)$/.test(name));

    test('is recorded', () => assert.ok(names.length > 0));

    for (const name of names) {
      const bytes = readFileSync(join(STREAMS, id, name));
      const expected: Expected = JSON.parse(readFileSync(join(STREAMS, id, name.replace(/\.\w+$/, '.json')), 'utf8'));
      const isAsked = !name.endsWith('.body');
      const whole = read({ dialect, isAsked }, bytes);

      test(`says what stands beside ${name}`, () => {
        assert.equal(whole.isStreamed, expected.isStreamed);
        assert.deepEqual(JSON.parse(withoutRaw(whole.frames)), expected.frames);
      });

      test(`is the same however ${name} is cut and lent`, () => {
        const positions = everyByte(bytes);
        assert.equal(read({ dialect, isAsked }, bytes, positions).story, whole.story, 'byte by byte');
        for (const cut of positions)
          assert.equal(read({ dialect, isAsked }, bytes, [cut]).story, whole.story, `cut at ${cut}`);
        fc.assert(
          fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
            assert.equal(read({ dialect, isAsked }, bytes, cuts).story, whole.story);
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
          }
        }
      });

      test(`ends without an exception wherever ${name} is broken off`, () => {
        for (const cut of everyByte(bytes)) read({ dialect, isAsked }, bytes.subarray(0, cut));
      });
    }

    test('is malformed, failed or nothing, but never an exception, whatever bytes come', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', 'data: ', '{', '['), (noise, lead) => {
          const { frames } = read(
            { dialect, isAsked: true },
            Buffer.concat([Buffer.from(lead), noise, Buffer.from('\n\n')]),
            [lead.length],
          );
          const types = new Set(frames.flat().map(({ type }) => type));
          for (const type of types) assert.match(type, /^(malformed|error|keep-alive|unknown|done)$/);
        }),
        { seed: 20260101, numRuns: 500 },
      );
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
        quirks = dialect.concede(quirks);
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

/** With cuts, the bytes are only lent; without, they come whole and stay as they are. */
function read(
  { dialect, isAsked }: { readonly dialect: Dialect; readonly isAsked: boolean },
  bytes: Uint8Array,
  cuts?: readonly number[],
): { readonly frames: readonly Frame[]; readonly isStreamed: boolean; readonly story: string } {
  const frames: Frame[] = [];
  const reader = dialect.openAnswer(isAsked, (frame) => frames.push(frame));
  if (cuts === undefined) reader.push(bytes);
  else deliver(bytes, cuts, (piece) => reader.push(piece));
  reader.end();
  return { frames, isStreamed: reader.isStreamed, story: JSON.stringify([reader.isStreamed, frames]) };
}

function encode(dialect: Dialect, asksForUsage: boolean, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return dialect.encode({
    target: { provider: 'p', model: 'm', url: 'http://a.example/v1', dialect: dialect.id },
    credentials: { apiKey: KEY, headers, query: '?api-version=1&key=a%2Fb' },
    messages: [{ role: 'user', content: 'Grüße\n👋' }],
    parameters: { temperature: undefined, maxTokens: undefined, extra: {} },
    quirks: { asksForUsage },
    isStreamed: true,
    userAgent: 'llm-bench/0',
  });
}

/** As JSON, since that leaves out what is undefined. */
function withoutRaw(frames: readonly Frame[]): string {
  return JSON.stringify(frames, (key, value: unknown) =>
    key === 'raw' && typeof value === 'object' ? undefined : value,
  );
}

function textOf(request: HttpRequest): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(request.body);
}
