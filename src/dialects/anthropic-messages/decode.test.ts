import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../../test/support/answers.ts';
import { openAnswer } from './decode.ts';

describe('a frame', () => {
  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with stop_reason ${raw} finishes as ${reason}`, () => {
      const event = { type: 'message_delta', delta: { stop_reason: raw } };
      assert.deepEqual(readEvents(openAnswer, event), [[{ type: 'finish', reason, raw }]]);
    });
  }

  test('keeps the usage as it was sent, the latest value of each field', () => {
    const start =
      '{"type":"message_start","message":{"usage":{"input_tokens":4,"output_tokens":1,"service_tier":"x"}}}';
    const delta = '{"type":"message_delta","delta":{},"usage":{"input_tokens":null,"output_tokens":9}}';
    const frames = readEvents(openAnswer, start, delta);
    const raws = frames.flat().map((part) => (part.type === 'usage' ? part.usage.raw : part.type));
    assert.deepEqual(raws, [
      { input_tokens: 4, output_tokens: 1, service_tier: 'x' },
      { input_tokens: 4, output_tokens: 9, service_tier: 'x' },
    ]);
  });
});
