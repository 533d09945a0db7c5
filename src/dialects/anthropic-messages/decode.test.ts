import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/anthropic-messages');

/** Written by hand beside each recorded answer. Usage without `raw`, which usage.test.ts looks at. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(sse|body)$/.test(name));

  test('is recorded for every kind of event', () => assert.ok(names.length >= 25));

  for (const name of names) {
    const expected = JSON.parse(readFileSync(join(FIXTURES, name.replace(/\.\w+$/, '.json')), 'utf8')) as Expected;
    test(`like ${name}: ${expected.source}`, () => {
      const { frames, isStreamed } = read(readFileSync(join(FIXTURES, name)), name.endsWith('.sse'));
      assert.deepEqual(withoutRaw(frames), expected.frames);
      assert.equal(isStreamed, expected.isStreamed);
    });
  }
});

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
      const { frames } = read(Buffer.from(`data: {"type":"message_delta","delta":{"stop_reason":"${raw}"}}\n\n`), true);
      assert.deepEqual(frames, [[{ type: 'finish', reason, raw }]]);
    });
  }

  test('is given out with the read that completes it', () => {
    const frames: Frame[] = [];
    const reader = openAnswer(true, (frame) => frames.push(frame));
    reader.push(Buffer.from('event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"a"}}\n'));
    assert.deepEqual(frames, []);
    reader.push(Buffer.from('\n'));
    assert.deepEqual(frames, [[{ type: 'content', text: 'a' }]]);
  });

  test('keeps the usage as it was sent, the latest value of each field', () => {
    const start =
      '{"type":"message_start","message":{"usage":{"input_tokens":4,"output_tokens":1,"service_tier":"x"}}}';
    const delta = '{"type":"message_delta","delta":{},"usage":{"input_tokens":null,"output_tokens":9}}';
    const { frames } = read(Buffer.from(`data: ${start}\n\ndata: ${delta}\n\n`), true);
    const raws = frames.flat().map((part) => (part.type === 'usage' ? part.usage.raw : part.type));
    assert.deepEqual(raws, [
      { input_tokens: 4, output_tokens: 1, service_tier: 'x' },
      { input_tokens: 4, output_tokens: 9, service_tier: 'x' },
    ]);
  });

  test('that cannot be read says nothing of its payload', () => {
    const { frames } = read(Buffer.from('data: {"secret\n\n'), true);
    assert.deepEqual(frames, [[{ type: 'malformed', message: 'an event of 8 characters is not JSON' }]]);
  });
});

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
