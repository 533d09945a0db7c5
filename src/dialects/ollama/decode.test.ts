import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAnswer } from '../../../test/support/answers.ts';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

describe('a frame', () => {
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
    const usage = {
      cacheWriteInputTokens: undefined,
      longCacheWriteInputTokens: undefined,
      inputTokens: 4,
      cachedInputTokens: 3,
      outputTokens: 2,
      reasoningTokens: undefined,
    };
    assert.deepEqual(framesOf(JSON.stringify(line)), [
      [
        { type: 'usage', usage: { ...usage, raw: counts } },
        { type: 'server-timings', timings: { load: 0.000003, decode: 0.000004, total: 0.000009 } },
        { type: 'done' },
      ],
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
});

function framesOf(...lines: readonly string[]): readonly Frame[] {
  return readAnswer(openAnswer, Buffer.from(lines.join('\n'))).frames;
}
