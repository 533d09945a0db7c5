import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/tgi');

/** Written by hand beside each recorded answer. Usage without `raw`. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(sse|body)$/.test(name));

  test('is recorded for every habit', () => assert.ok(names.length >= 20));

  for (const name of names) {
    const expected = JSON.parse(readFileSync(join(FIXTURES, name.replace(/\.\w+$/, '.json')), 'utf8')) as Expected;
    test(`like ${name}: ${expected.source}`, () => {
      const { frames, isStreamed } = read(readFileSync(join(FIXTURES, name)));
      assert.deepEqual(withoutRaw(frames), expected.frames);
      assert.equal(isStreamed, expected.isStreamed);
    });
  }
});

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
      assert.deepEqual(readEvent({ details: { finish_reason: raw } }), [[{ type: 'finish', reason, raw }]]);
    });
  }

  for (const nothing of [null, false, '', 0]) {
    test(`with error ${JSON.stringify(nothing)} has none`, () => {
      assert.deepEqual(readEvent({ error: nothing }), [[{ type: 'unknown' }]]);
    });
  }

  test('without a token, but with the whole text, has content', () => {
    assert.deepEqual(readEvent({ generated_text: 'One' }), [[{ type: 'content', text: 'One' }, { type: 'done' }]]);
  });

  test('that cannot be read says nothing of its payload', () => {
    const { frames } = read(Buffer.from('data:{"secret\n\n'));
    assert.deepEqual(frames, [[{ type: 'malformed', message: 'an event of 8 characters is not JSON' }]]);
  });

  test('keeps the counts as they came, without the lists of tokens', () => {
    const details = { finish_reason: 'length', generated_tokens: 3, seed: 7, input_length: 4 };
    const [[, part] = []] = readEvent({ details: { ...details, prefill: [{ id: 1 }], tokens: [{ id: 2 }] } });
    assert.deepEqual(part, {
      type: 'usage',
      usage: {
        inputTokens: 4,
        cachedInputTokens: undefined,
        outputTokens: 3,
        reasoningTokens: undefined,
        raw: details,
      },
    });
  });
});

function readEvent(event: object): readonly Frame[] {
  return read(Buffer.from(`data:${JSON.stringify(event)}\n\n`)).frames;
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
