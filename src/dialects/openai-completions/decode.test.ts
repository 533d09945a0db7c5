import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/openai-completions');

/** Written by hand beside each answer. Usage without `raw`, which openai-usage.test.ts looks at. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(sse|body)$/.test(name));

  test('stands there for every case', () => assert.ok(names.length >= 20));

  for (const name of names) {
    const expected = JSON.parse(readFileSync(join(FIXTURES, name.replace(/\.\w+$/, '.json')), 'utf8')) as Expected;
    test(`like ${name}: ${expected.source}`, () => {
      const { frames, isStreamed } = read(readFileSync(join(FIXTURES, name)));
      assert.deepEqual(withoutRaw(frames), expected.frames);
      assert.equal(isStreamed, expected.isStreamed);
    });
  }
});

describe('a frame', () => {
  test('is given out with the read that completes it', () => {
    const frames: Frame[] = [];
    const reader = openAnswer(true, (frame) => frames.push(frame));
    reader.push(Buffer.from('data: {"choices":[{"text":"a"}]}\n'));
    assert.deepEqual(frames, []);
    reader.push(Buffer.from('\n:'));
    assert.deepEqual(frames, [[{ type: 'content', text: 'a' }]]);
  });

  test('names the model once, until another answers', () => {
    assert.deepEqual(framesOf({ model: 'a' }, { model: 'a' }, { model: 'b' }, { model: '' }), [
      [{ type: 'model', model: 'a' }],
      [{ type: 'unknown' }],
      [{ type: 'model', model: 'b' }],
      [{ type: 'unknown' }],
    ]);
  });

  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['error', 'error'],
    ['abort', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finish_reason ${raw} finishes as ${reason}`, () => {
      assert.deepEqual(framesOf({ choices: [{ text: '', finish_reason: raw }] }), [[{ type: 'finish', reason, raw }]]);
    });
  }

  for (const nothing of [null, false, '', 0]) {
    test(`with error ${JSON.stringify(nothing)} has none`, () => {
      assert.deepEqual(framesOf({ error: nothing }), [[{ type: 'unknown' }]]);
    });
  }

  test('that cannot be read says nothing of its payload', () => {
    const { frames } = read(Buffer.from('data: {"secret\n\n'));
    assert.deepEqual(frames, [[{ type: 'malformed', message: 'an event of 8 characters is not JSON' }]]);
  });
});

function framesOf(...events: readonly object[]): readonly Frame[] {
  return read(Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))).frames;
}

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
    JSON.stringify(frames, (key, value: unknown) => (key === 'raw' && typeof value === 'object' ? undefined : value)),
  );
}
