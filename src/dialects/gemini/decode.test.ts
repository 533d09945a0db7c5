import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../../test/support/answers.ts';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

describe('a chunk', () => {
  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
    ['MODEL_ARMOR', 'content_filter'],
    ['ESCALATION', 'content_filter'],
    ['IMAGE_SAFETY', 'content_filter'],
    ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
    ['IMAGE_RECITATION', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['UNEXPECTED_TOOL_CALL', 'error'],
    ['TOO_MANY_TOOL_CALLS', 'error'],
    ['MISSING_THOUGHT_SIGNATURE', 'error'],
    ['MALFORMED_RESPONSE', 'error'],
    ['PUP_LIMITED_DISABLED', 'error'],
    ['LANGUAGE', 'other'],
    ['OTHER', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finishReason ${raw} finishes as ${reason}`, () => {
      const frames = readEvents(openAnswer, { candidates: [{ finishReason: raw }] });
      assert.deepEqual(frames, [[{ type: 'finish', reason, raw }]]);
    });
  }

  test('with an unspecified finishReason does not finish', () => {
    const frames = readEvents(openAnswer, { candidates: [{ finishReason: 'FINISH_REASON_UNSPECIFIED' }] });
    assert.deepEqual(frames, [[{ type: 'unknown' }]]);
  });

  test('that stops for another reason after a call keeps that reason', () => {
    const call = { content: { parts: [{ functionCall: { name: 'f' } }] } };
    const [, last] = readEvents(openAnswer, { candidates: [call] }, { candidates: [{ finishReason: 'MAX_TOKENS' }] });
    assert.deepEqual(last, [{ type: 'finish', reason: 'length', raw: 'MAX_TOKENS' }]);
  });

  test('numbers the calls of all candidates', () => {
    const call = (name: string): object => ({ content: { parts: [{ functionCall: { name } }] } });
    const [frame = []] = readEvents(openAnswer, { candidates: [call('f'), call('g')] });
    assert.deepEqual(
      frame.map((part) => part.type === 'tool-name' && [part.call, part.name]),
      [
        [0, 'f'],
        [1, 'g'],
      ],
    );
  });

  test('with arguments of no call says nothing', () => {
    const piece = { functionCall: { partialArgs: [{ jsonPath: '$.a', stringValue: 'x' }] } };
    assert.deepEqual(readEvents(openAnswer, { candidates: [{ content: { parts: [piece] } }] }), [
      [{ type: 'unknown' }],
    ]);
  });
});

describe('tokens of a chunk', () => {
  test('are not known while the total stands still, nor of the chunk that makes up for it', () => {
    assert.deepEqual(countsOf([4, 4, 9, 11]), [4, undefined, undefined, 2]);
  });

  test('are not known when a total comes late', () => {
    assert.deepEqual(countsOf([undefined, undefined, 30]), [undefined, undefined, undefined]);
  });

  test('are never fewer than none', () => {
    assert.deepEqual(countsOf([4, 2, 3, 5]), [4, undefined, undefined, 2]);
  });

  test('count with the next text when theirs is held back', () => {
    const frames = readEvents(openAnswer, textChunk('a', 1), textChunk('', 3), textChunk('b', 4));
    assert.deepEqual(frames.map(tokensOf), [1, undefined, 3]);
  });
});

function countsOf(totals: readonly (number | undefined)[]): readonly (number | undefined)[] {
  return readEvents(openAnswer, ...totals.map((total) => textChunk('a', total))).map(tokensOf);
}

function textChunk(text: string, candidatesTokenCount: number | undefined): object {
  return { candidates: [{ content: { parts: [{ text }] } }], usageMetadata: { candidatesTokenCount } };
}

function tokensOf(frame: Frame): number | undefined {
  return frame.find((part) => part.type === 'token-count')?.tokens;
}
