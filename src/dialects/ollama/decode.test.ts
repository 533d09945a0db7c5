import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/ollama');

/** Written by hand beside each answer. Usage without `raw`. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(ndjson|body)$/.test(name));

  test('is recorded for both endpoints, streamed and not', () => assert.ok(names.length >= 14));

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
  test('is given out with the read that completes its line', () => {
    const frames: Frame[] = [];
    const reader = openAnswer(true, (frame) => frames.push(frame));
    reader.push(Buffer.from('{"response":"a","done":false}'));
    assert.deepEqual(frames, []);
    reader.push(Buffer.from('\n{"resp'));
    assert.deepEqual(frames, [[{ type: 'content', text: 'a' }]]);
  });

  test('names the model once, until another answers', () => {
    assert.deepEqual(framesOf('{"model":"a"}', '{"model":"a"}', '{"model":"b"}', '{"model":""}'), [
      [{ type: 'model', model: 'a' }],
      [{ type: 'unknown' }],
      [{ type: 'model', model: 'b' }],
      [{ type: 'unknown' }],
    ]);
  });

  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['stop', 'stop'],
    ['length', 'length'],
    ['load', 'other'],
    ['unload', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with done_reason ${raw} finishes as ${reason}`, () => {
      assert.deepEqual(framesOf(`{"done":true,"done_reason":"${raw}"}`), [
        [{ type: 'finish', reason, raw }, { type: 'done' }],
      ]);
    });
  }

  test('with a done_reason, but not done, ends nothing', () => {
    assert.deepEqual(
      framesOf('{"done":false,"done_reason":"stop","eval_count":1}', '{"done":"true","done_reason":"stop"}'),
      [[{ type: 'unknown' }], [{ type: 'unknown' }]],
    );
  });

  test('keeps counts and durations as they came, and nothing else', () => {
    const counts = {
      prompt_eval_count: 4,
      prompt_eval_cached_count: 3,
      eval_count: 2,
      total_duration: 9,
      load_duration: 3,
      eval_duration: 4,
    };
    const line = { ...counts, done: true, context: [1, 2] };
    const usage = { inputTokens: 4, cachedInputTokens: 3, outputTokens: 2, reasoningTokens: undefined };
    assert.deepEqual(framesOf(JSON.stringify(line)), [
      [{ type: 'usage', usage: { ...usage, raw: counts } }, { type: 'done' }],
    ]);
  });

  test('of an empty answer has no eval_count, since a zero is left out', () => {
    const [[part] = []] = framesOf('{"done":true,"prompt_eval_count":5}');
    assert.equal(part?.type, 'usage');
    assert.deepEqual([part.usage.inputTokens, part.usage.outputTokens], [5, undefined]);
  });

  test('with a call lacking its name or arguments says what is there', () => {
    const calls = [{ function: { name: 'f' } }, { function: { arguments: '{"a":1}' } }, { function: null }, 7];
    assert.deepEqual(framesOf(JSON.stringify({ message: { tool_calls: calls } })), [
      [
        { type: 'tool-name', call: 0, id: undefined, name: 'f' },
        { type: 'tool-arguments', call: 1, text: '{"a":1}' },
      ],
    ]);
  });

  test('with text and an error holds both', () => {
    assert.deepEqual(framesOf('{"response":"a","error":"gone","code":500}'), [
      [
        { type: 'content', text: 'a' },
        { type: 'error', message: 'gone', code: '500' },
      ],
    ]);
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

function framesOf(...lines: readonly string[]): readonly Frame[] {
  return read(Buffer.from(lines.join('\n')), true).frames;
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
