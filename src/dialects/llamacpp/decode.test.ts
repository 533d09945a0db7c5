import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/llamacpp');

/** Written by hand beside each answer. Usage without `raw`. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(sse|body)$/.test(name));

  test('is recorded for old and new servers, streamed and not', () => assert.ok(names.length >= 12));

  for (const name of names) {
    const expected = JSON.parse(readFileSync(join(FIXTURES, name.replace(/\.\w+$/, '.json')), 'utf8')) as Expected;
    test(`like ${name}: ${expected.source}`, () => {
      const { frames, isStreamed } = read(readFileSync(join(FIXTURES, name)), !name.endsWith('.body'));
      assert.deepEqual(withoutRaw(frames), expected.frames);
      assert.equal(isStreamed, expected.isStreamed);
    });
  }
});

describe('a frame', () => {
  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['eos', 'stop'],
    ['word', 'stop'],
    ['limit', 'length'],
    ['none', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with stop_type ${raw} finishes as ${reason}`, () => {
      assert.deepEqual(framesOf(`{"stop":true,"stop_type":"${raw}"}`), [
        [{ type: 'finish', reason, raw }, { type: 'done' }],
      ]);
    });
  }

  for (const [flag, reason] of [
    ['stopped_eos', 'stop'],
    ['stopped_word', 'stop'],
    ['stopped_limit', 'length'],
  ] as const) {
    test(`of an old server with ${flag} finishes as ${reason}`, () => {
      assert.deepEqual(framesOf(`{"stop":true,"stopped_eos":false,"stopped_word":false,"${flag}":true}`), [
        [{ type: 'finish', reason, raw: flag }, { type: 'done' }],
      ]);
    });
  }

  test('that does not stop ends nothing, whatever else it says', () => {
    assert.deepEqual(framesOf('{"stop":false,"stop_type":"eos","tokens_predicted":3}', '{"stop":"true"}'), [
      [{ type: 'unknown' }],
      [{ type: 'unknown' }],
    ]);
  });

  test('names the model once, until another answers', () => {
    assert.deepEqual(framesOf('{"model":"a"}', '{"model":"a"}', '{"model":"b"}', '{"model":""}'), [
      [{ type: 'model', model: 'a' }],
      [{ type: 'unknown' }],
      [{ type: 'model', model: 'b' }],
      [{ type: 'unknown' }],
    ]);
  });

  test('counts held ids once', () => {
    const counts = framesOf(
      '{"content":"","tokens":[1]}',
      '{"content":"a","tokens":[2]}',
      '{"content":"b","tokens":[3]}',
      '{"content":"c"}',
    ).map((frame) => frame.flatMap((part) => (part.type === 'token-count' ? [part.tokens] : [])));
    assert.deepEqual(counts, [[], [2], [1], []]);
  });

  test('keeps the counts and timings as they came', () => {
    const raw = { tokens_evaluated: 4, tokens_predicted: 2, timings: { prompt_n: 4, predicted_ms: 1.5 } };
    const usage = { inputTokens: 4, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: undefined, raw };
    assert.deepEqual(framesOf(JSON.stringify({ ...raw, stop: true })), [[{ type: 'usage', usage }, { type: 'done' }]]);
  });

  for (const nothing of ['null', 'false', '""']) {
    test(`with error ${nothing} has none`, () => {
      assert.deepEqual(framesOf(`{"error":${nothing}}`), [[{ type: 'unknown' }]]);
    });
  }

  test('that cannot be read says nothing of its payload', () => {
    assert.deepEqual(framesOf('{"secret', '"secret"'), [
      [{ type: 'malformed', message: 'an event of 8 characters is not JSON' }],
      [{ type: 'malformed', message: 'an event is JSON, but not an object' }],
    ]);
  });
});

test('a body instead of the stream that was asked for is read as one', () => {
  const body = '{"content":"a","stop":true,"stop_type":"eos"}';
  assert.deepEqual(read(Buffer.from(body), true), {
    isStreamed: false,
    frames: [[{ type: 'content', text: 'a' }, { type: 'finish', reason: 'stop', raw: 'eos' }, { type: 'done' }]],
  });
});

function framesOf(...events: readonly string[]): readonly Frame[] {
  return read(Buffer.from(events.map((event) => `data: ${event}\n\n`).join('')), true).frames;
}

function read(
  bytes: Uint8Array,
  isAsked: boolean,
): { readonly frames: readonly Frame[]; readonly isStreamed: boolean } {
  const frames: Frame[] = [];
  const reader = openAnswer(isAsked, (frame) => frames.push(frame));
  reader.push(bytes);
  reader.end();
  return { frames, isStreamed: reader.isStreamed };
}

/** As JSON would hold them: what is undefined is not there. */
function withoutRaw(frames: readonly Frame[]): unknown {
  return JSON.parse(
    JSON.stringify(frames, (key, value: unknown) => (key === 'raw' && typeof value === 'object' ? undefined : value)),
  );
}
