import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Frame } from './dialect.ts';
import { type FrameDecoder, openSseAnswer, UNKNOWN } from './frames.ts';

const DECODER: FrameDecoder = { event: () => UNKNOWN, body: () => [{ type: 'content', text: 'a' }] };

describe('whether an answer is a stream', () => {
  const rows: readonly (readonly [bytes: string, isStreamed: boolean])[] = [
    ['', true],
    [' \r\n\t', true],
    ['\uFEFF', true],
    ['d', true],
    [':', true],
    ['<', true],
    ['{', false],
    ['[', false],
    [' \r\n{', false],
    ['\uFEFF[', false],
  ];
  for (const [bytes, isStreamed] of rows) {
    test(`is ${isStreamed} after ${JSON.stringify(bytes)}`, () => {
      const reader = openSseAnswer(DECODER, () => undefined);
      reader.push(Buffer.from(bytes));
      assert.equal(reader.isStreamed, isStreamed);
    });
  }

  test('is decided once', () => {
    const reader = openSseAnswer(DECODER, () => undefined);
    reader.push(Buffer.from('data: 1\n\n'));
    reader.push(Buffer.from('{'));
    assert.equal(reader.isStreamed, true);
  });
});

test('a whole body is given out at its end', () => {
  const frames: Frame[] = [];
  const reader = openSseAnswer(DECODER, (frame) => frames.push(frame));
  reader.push(Buffer.from('{}'));
  assert.deepEqual(frames, []);
  reader.end(true);
  assert.deepEqual(frames, [[{ type: 'content', text: 'a' }, { type: 'done' }]]);
});
