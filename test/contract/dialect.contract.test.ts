/** What the engine counts on, of every dialect: run over all recorded answers of each. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_QUIRKS, type Dialect, type Frame } from '../../src/dialects/dialect.ts';
import { dialectOf } from '../../src/dialects/registry.ts';
import type { HttpRequest } from '../../src/model/exchange.ts';
import type { DialectId } from '../../src/model/target.ts';
import { createSanitizer } from '../../src/wire/sanitize.ts';
import { deliver, everyByte } from '../support/raw-server.ts';

const STREAMS = join(import.meta.dirname, '../fixtures/streams');
const KEY = 'Qx9vTz4mRk7w';

/** A new dialect does not compile until it stands here. */
const IDS: Readonly<Record<DialectId, true>> = { 'openai-chat': true };

for (const id of Object.keys(IDS) as readonly DialectId[]) {
  const dialect = dialectOf(id);

  test(`${id} goes by its name`, () => assert.equal(dialect.id, id));

  describe(`an answer read by ${id}`, () => {
    const names = readdirSync(join(STREAMS, id)).filter((name) => name.endsWith('.sse'));

    test('is recorded', () => assert.ok(names.length > 0));

    for (const name of names) {
      const bytes = readFileSync(join(STREAMS, id, name));
      const whole = read(dialect, bytes);

      test(`is the same however ${name} is cut and lent`, () => {
        const positions = everyByte(bytes);
        assert.equal(read(dialect, bytes, positions).story, whole.story, 'byte by byte');
        for (const cut of positions) assert.equal(read(dialect, bytes, [cut]).story, whole.story, `cut at ${cut}`);
        fc.assert(
          fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
            assert.equal(read(dialect, bytes, cuts).story, whole.story);
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
        for (const cut of everyByte(bytes)) read(dialect, bytes.subarray(0, cut));
      });
    }

    test('is malformed, failed or nothing, but never an exception, whatever bytes come', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', 'data: ', '{', '['), (noise, lead) => {
          const { frames } = read(dialect, Buffer.concat([Buffer.from(lead), noise, Buffer.from('\n\n')]), [
            lead.length,
          ]);
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

    test('holds the key in the authorization header and nowhere else', () => {
      const { authorization, ...others } = request.headers;
      assert.equal(authorization, `Bearer ${KEY}`);
      assert.ok(!JSON.stringify([request.url, others, textOf(request)]).includes(KEY));
    });

    test('sends no temperature and no limit that was not given', () => {
      assert.doesNotMatch(textOf(request), /temperature|max_|top_|seed/);
    });

    test('asks for usage only while the server lets it', () => {
      assert.match(textOf(request), /"include_usage":true/);
      assert.doesNotMatch(textOf(encode(dialect, false)), /stream_options|include_usage/);
    });

    test('keeps the query and lets the user’s headers win', () => {
      const { url, headers } = encode(dialect, true, { authorization: 'Basic eDp5', 'x-team': 'a' });
      assert.equal(new URL(url).search, '?api-version=1&key=a%2Fb');
      assert.deepEqual([headers['authorization'], headers['x-team']], ['Basic eDp5', 'a']);
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
  dialect: Dialect,
  bytes: Uint8Array,
  cuts?: readonly number[],
): { readonly frames: readonly Frame[]; readonly story: string } {
  const frames: Frame[] = [];
  const reader = dialect.openAnswer((frame) => frames.push(frame));
  if (cuts === undefined) reader.push(bytes);
  else deliver(bytes, cuts, (piece) => reader.push(piece));
  reader.end();
  return { frames, story: JSON.stringify([reader.isStreamed, frames]) };
}

function encode(dialect: Dialect, asksForUsage: boolean, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return dialect.encode({
    target: { provider: 'p', model: 'm', url: 'http://a.example/v1', dialect: dialect.id },
    credentials: { apiKey: KEY, headers, query: '?api-version=1&key=a%2Fb' },
    messages: [{ role: 'user', content: 'Grüße\n👋' }],
    parameters: { temperature: undefined, maxTokens: undefined, extra: {} },
    quirks: { asksForUsage },
    userAgent: 'llm-bench/0',
  });
}

function textOf(request: HttpRequest): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(request.body);
}
