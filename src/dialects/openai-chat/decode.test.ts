import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/openai-chat');

/** Written by hand beside each recorded answer. Usage without `raw`, which usage.test.ts looks at. */
interface Expected {
  /** Whose answer it is like. */
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const cases = readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.sse'))
    .map((name) => name.replace(/\.sse$/, ''));

  test('is recorded for every kind of server', () => assert.ok(cases.length >= 40));

  for (const name of cases) {
    const expected = JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Expected;
    test(`like ${name}: ${expected.source}`, () => {
      const { frames, isStreamed } = read(readFileSync(join(FIXTURES, `${name}.sse`)));
      assert.deepEqual(withoutRaw(frames), expected.frames);
      assert.equal(isStreamed, expected.isStreamed);
    });
  }
});

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
      const reader = openAnswer(true, () => undefined);
      reader.push(Buffer.from(bytes));
      assert.equal(reader.isStreamed, isStreamed);
    });
  }

  test('is decided once', () => {
    const reader = openAnswer(true, () => undefined);
    reader.push(Buffer.from('data: 1\n\n'));
    reader.push(Buffer.from('{'));
    assert.equal(reader.isStreamed, true);
  });
});

describe('a frame', () => {
  test('is given out with the read that completes it', () => {
    const frames: Frame[] = [];
    const reader = openAnswer(true, (frame) => frames.push(frame));
    reader.push(Buffer.from('data: {"choices":[{"delta":{"content":"a"}}]}\n'));
    assert.deepEqual(frames, []);
    reader.push(Buffer.from('\n:'));
    assert.deepEqual(frames, [[{ type: 'content', text: 'a' }]]);
  });

  test('of a JSON body is given out at its end', () => {
    const frames: Frame[] = [];
    const reader = openAnswer(true, (frame) => frames.push(frame));
    reader.push(Buffer.from('{"choices":[{"message":{"content":"a"}}]}'));
    assert.deepEqual(frames, []);
    reader.end();
    assert.deepEqual(frames, [[{ type: 'content', text: 'a' }, { type: 'done' }]]);
  });

  test('names the model once, until another answers', () => {
    const chunk = (model: string): string => `data: {"model":"${model}","choices":[]}\n\n`;
    const { frames } = read(Buffer.from(chunk('a') + chunk('a') + chunk('b') + chunk('')));
    assert.deepEqual(frames, [
      [{ type: 'model', model: 'a' }],
      [{ type: 'unknown' }],
      [{ type: 'model', model: 'b' }],
      [{ type: 'unknown' }],
    ]);
  });

  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['tool_calls', 'tool_calls'],
    ['function_call', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['error', 'error'],
    ['abort', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finish_reason ${raw} finishes as ${reason}`, () => {
      const { frames } = read(Buffer.from(`data: {"choices":[{"delta":{},"finish_reason":"${raw}"}]}\n\n`));
      assert.deepEqual(frames, [[{ type: 'finish', reason, raw }]]);
    });
  }

  for (const nothing of ['null', 'false', '""', '0']) {
    test(`with error ${nothing} has none`, () => {
      const { frames } = read(Buffer.from(`data: {"error":${nothing}}\n\n`));
      assert.deepEqual(frames, [[{ type: 'unknown' }]]);
    });
  }

  for (const something of ['{}', 'true', '[]', '1']) {
    test(`with error ${something} has one, although without words`, () => {
      const { frames } = read(Buffer.from(`data: {"error":${something}}\n\n`));
      const [[part] = []] = frames;
      assert.equal(part?.type, 'error');
      assert.ok(part.message.length > 0);
    });
  }

  test('that cannot be read says nothing of its payload', () => {
    const { frames } = read(Buffer.from('data: {"secret\n\n'));
    assert.deepEqual(frames, [[{ type: 'malformed', message: 'an event of 8 characters is not JSON' }]]);
  });

  test('counts a usage block as a total when text has come without one', () => {
    const text = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';
    const last = 'data: {"choices":[{"delta":{"content":"b"}}],"usage":{"prompt_tokens":1,"completion_tokens":9}}\n\n';
    const types = read(Buffer.from(text + last)).frames.map((frame) => frame.map(({ type }) => type));
    assert.deepEqual(types, [['content'], ['content', 'usage']]);
  });
});

function read(bytes: Uint8Array): { readonly frames: readonly Frame[]; readonly isStreamed: boolean } {
  const frames: Frame[] = [];
  const reader = openAnswer(true, (frame) => frames.push(frame));
  reader.push(bytes);
  reader.end();
  return { frames, isStreamed: reader.isStreamed };
}

/** As JSON would hold them: what is undefined is not there. */
function withoutRaw(frames: readonly Frame[]): unknown {
  return JSON.parse(
    JSON.stringify(frames, (key, value: unknown) => (key === 'raw' && isObject(value) ? undefined : value)),
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object';
}
