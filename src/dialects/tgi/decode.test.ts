import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../../test/support/answers.ts';
import { openAnswer } from './decode.ts';

describe('an event', () => {
  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['eos_token', 'stop'],
    ['stop_sequence', 'stop'],
    ['length', 'length'],
    ['other', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finish_reason ${raw} finishes as ${reason}`, () => {
      assert.deepEqual(readEvents(openAnswer, { details: { finish_reason: raw } }), [
        [{ type: 'finish', reason, raw }],
      ]);
    });
  }

  test('without a token, but with the whole text, has content', () => {
    assert.deepEqual(readEvents(openAnswer, { generated_text: 'One' }), [
      [{ type: 'content', text: 'One' }, { type: 'done' }],
    ]);
  });

  test('keeps the counts as they came, without the lists of tokens', () => {
    const details = { finish_reason: 'length', generated_tokens: 3, seed: 7, input_length: 4 };
    const [[, part] = []] = readEvents(openAnswer, {
      details: { ...details, prefill: [{ id: 1 }], tokens: [{ id: 2 }] },
    });
    assert.deepEqual(part, {
      type: 'usage',
      usage: {
        inputTokens: 4,
        cachedInputTokens: undefined,
        cacheWriteInputTokens: undefined,
        longCacheWriteInputTokens: undefined,
        outputTokens: 3,
        reasoningTokens: undefined,
        raw: details,
      },
    });
  });
});
