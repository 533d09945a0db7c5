import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../../test/support/answers.ts';
import { openAnswer } from './decode.ts';

describe('a frame', () => {
  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['TOOL_CALL', 'tool_calls'],
    ['ERROR', 'error'],
    ['TIMEOUT', 'error'],
    ['USER_CANCEL', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finish_reason ${raw} finishes as ${reason}`, () => {
      const event = { type: 'message-end', delta: { finish_reason: raw } };
      assert.deepEqual(readEvents(openAnswer, event), [[{ type: 'finish', reason, raw }, { type: 'done' }]]);
    });
  }

  test('that names a tool opens a new call, also at an index that was used', () => {
    const name = '{"delta":{"message":{"tool_calls":{"function":{"name":"f"}}}}}';
    assert.deepEqual(
      readEvents(openAnswer, name, name)
        .flat()
        .map((part) => (part.type === 'tool-name' ? part.call : part.type)),
      [0, 1],
    );
  });

  test('that lists calls numbers them by their place, and later pieces find them', () => {
    const calls = '[{"function":{"name":"f"}},{"function":{"name":"g"}}]';
    const list = `{"delta":{"message":{"tool_calls":${calls}}}}`;
    const piece = (index: number): string =>
      `{"index":${index},"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}}`;
    assert.deepEqual(readEvents(openAnswer, list, piece(0), piece(1)).slice(1), [
      [{ type: 'tool-arguments', call: 0, text: '{}' }],
      [{ type: 'tool-arguments', call: 1, text: '{}' }],
    ]);
  });
});
