import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAnswer, readEvents } from '../../../test/support/answers.ts';
import { openAnswer } from './decode.ts';

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
      assert.deepEqual(readEvents(openAnswer, `{"stop":true,"stop_type":"${raw}"}`), [
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
      assert.deepEqual(
        readEvents(openAnswer, `{"stop":true,"stopped_eos":false,"stopped_word":false,"${flag}":true}`),
        [[{ type: 'finish', reason, raw: flag }, { type: 'done' }]],
      );
    });
  }

  test('that does not stop ends nothing, whatever else it says', () => {
    assert.deepEqual(
      readEvents(openAnswer, '{"stop":false,"stop_type":"eos","tokens_predicted":3}', '{"stop":"true"}'),
      [[{ type: 'unknown' }], [{ type: 'unknown' }]],
    );
  });

  test('counts held ids once', () => {
    const counts = readEvents(
      openAnswer,
      '{"content":"","tokens":[1]}',
      '{"content":"a","tokens":[2]}',
      '{"content":"b","tokens":[3]}',
      '{"content":"c"}',
    ).map((frame) => frame.flatMap((part) => (part.type === 'token-count' ? [part.tokens] : [])));
    assert.deepEqual(counts, [[], [2], [1], []]);
  });

  test('keeps the counts and timings as they came', () => {
    const raw = { tokens_evaluated: 4, tokens_predicted: 2, timings: { prompt_n: 4, predicted_ms: 1.5 } };
    const usage = {
      cacheWriteInputTokens: undefined,
      longCacheWriteInputTokens: undefined,
      inputTokens: 4,
      cachedInputTokens: 0,
      outputTokens: 2,
      reasoningTokens: undefined,
      raw,
    };
    assert.deepEqual(readEvents(openAnswer, JSON.stringify({ ...raw, stop: true })), [
      [{ type: 'usage', usage }, { type: 'server-timings', timings: { decode: 1.5 } }, { type: 'done' }],
    ]);
  });
});

test('a body instead of the stream that was asked for is read as one', () => {
  const body = '{"content":"a","stop":true,"stop_type":"eos"}';
  assert.deepEqual(readAnswer(openAnswer, Buffer.from(body)), {
    isStreamed: false,
    frames: [[{ type: 'content', text: 'a' }, { type: 'finish', reason: 'stop', raw: 'eos' }, { type: 'done' }]],
  });
});
