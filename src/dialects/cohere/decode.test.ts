import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/cohere');

/** Written by hand beside each recorded answer. Usage without `raw`, which usage.test.ts looks at. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(sse|body)$/.test(name));

  test('is recorded for every kind of event', () => assert.ok(names.length >= 20));

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
      const { frames } = read(Buffer.from(`data: {"type":"message-end","delta":{"finish_reason":"${raw}"}}\n\n`), true);
      assert.deepEqual(frames, [[{ type: 'finish', reason, raw }, { type: 'done' }]]);
    });
  }

  test('is given out with the read that completes it', () => {
    const frames: Frame[] = [];
    const reader = openAnswer(true, (frame) => frames.push(frame));
    reader.push(Buffer.from('event: content-delta\ndata: {"delta":{"message":{"content":{"text":"a"}}}}\n'));
    assert.deepEqual(frames, []);
    reader.push(Buffer.from('\n'));
    assert.deepEqual(frames, [[{ type: 'content', text: 'a' }]]);
  });

  test('that names a tool opens a new call, also at an index that was used', () => {
    const name = '{"delta":{"message":{"tool_calls":{"function":{"name":"f"}}}}}';
    const { frames } = read(Buffer.from(`data: ${name}\n\ndata: ${name}\n\n`), true);
    assert.deepEqual(
      frames.flat().map((part) => (part.type === 'tool-name' ? part.call : part.type)),
      [0, 1],
    );
  });

  test('that lists calls numbers them by their place, and later pieces find them', () => {
    const calls = '[{"function":{"name":"f"}},{"function":{"name":"g"}}]';
    const list = `{"delta":{"message":{"tool_calls":${calls}}}}`;
    const piece = (index: number): string =>
      `data: {"index":${index},"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}}\n\n`;
    const { frames } = read(Buffer.from(`data: ${list}\n\n${piece(0)}${piece(1)}`), true);
    assert.deepEqual(frames.slice(1), [
      [{ type: 'tool-arguments', call: 0, text: '{}' }],
      [{ type: 'tool-arguments', call: 1, text: '{}' }],
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
