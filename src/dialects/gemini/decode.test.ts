import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/gemini');

/** Written by hand beside each recorded answer. Usage without `raw`, which usage.test.ts looks at. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(sse|body)$/.test(name));

  test('is recorded for every habit', () => assert.ok(names.length >= 25));

  for (const name of names) {
    const expected = JSON.parse(readFileSync(join(FIXTURES, name.replace(/\.\w+$/, '.json')), 'utf8')) as Expected;
    test(`like ${name}: ${expected.source}`, () => {
      const { frames, isStreamed } = read(readFileSync(join(FIXTURES, name)));
      assert.deepEqual(withoutRaw(frames), expected.frames);
      assert.equal(isStreamed, expected.isStreamed);
    });
  }
});

describe('a chunk', () => {
  test('names the model once, until another answers', () => {
    const frames = readChunks(
      { modelVersion: 'a' },
      { modelVersion: 'a' },
      { modelVersion: 'b' },
      { modelVersion: '' },
    );
    assert.deepEqual(frames, [
      [{ type: 'model', model: 'a' }],
      [{ type: 'unknown' }],
      [{ type: 'model', model: 'b' }],
      [{ type: 'unknown' }],
    ]);
  });

  const finishes: readonly (readonly [raw: string, reason: string])[] = [
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
    ['MODEL_ARMOR', 'content_filter'],
    ['IMAGE_SAFETY', 'content_filter'],
    ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
    ['IMAGE_RECITATION', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['UNEXPECTED_TOOL_CALL', 'error'],
    ['TOO_MANY_TOOL_CALLS', 'error'],
    ['MISSING_THOUGHT_SIGNATURE', 'error'],
    ['MALFORMED_RESPONSE', 'error'],
    ['LANGUAGE', 'other'],
    ['OTHER', 'other'],
    ['CONTINUATION', 'other'],
    ['constructor', 'other'],
  ];
  for (const [raw, reason] of finishes) {
    test(`with finishReason ${raw} finishes as ${reason}`, () => {
      const frames = readChunks({ candidates: [{ finishReason: raw }] });
      assert.deepEqual(frames, [[{ type: 'finish', reason, raw }]]);
    });
  }

  test('with an unspecified finishReason does not finish', () => {
    const frames = readChunks({ candidates: [{ finishReason: 'FINISH_REASON_UNSPECIFIED' }] });
    assert.deepEqual(frames, [[{ type: 'unknown' }]]);
  });

  test('that stops for another reason after a call keeps that reason', () => {
    const call = { content: { parts: [{ functionCall: { name: 'f' } }] } };
    const [, last] = readChunks({ candidates: [call] }, { candidates: [{ finishReason: 'MAX_TOKENS' }] });
    assert.deepEqual(last, [{ type: 'finish', reason: 'length', raw: 'MAX_TOKENS' }]);
  });

  test('numbers the calls of all candidates', () => {
    const call = (name: string): object => ({ content: { parts: [{ functionCall: { name } }] } });
    const [frame = []] = readChunks({ candidates: [call('f'), call('g')] });
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
    assert.deepEqual(readChunks({ candidates: [{ content: { parts: [piece] } }] }), [[{ type: 'unknown' }]]);
  });

  for (const nothing of [null, false, '', 0]) {
    test(`with error ${JSON.stringify(nothing)} has none`, () => {
      assert.deepEqual(readChunks({ error: nothing }), [[{ type: 'unknown' }]]);
    });
  }

  test('that cannot be read says nothing of its payload', () => {
    const { frames } = read(Buffer.from('data: {"secret\n\n'));
    assert.deepEqual(frames, [[{ type: 'malformed', message: 'an event of 8 characters is not JSON' }]]);
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
    const frames = readChunks(textChunk('a', 1), textChunk('', 3), textChunk('b', 4));
    assert.deepEqual(frames.map(tokensOf), [1, undefined, 3]);
  });
});

function countsOf(totals: readonly (number | undefined)[]): readonly (number | undefined)[] {
  return readChunks(...totals.map((total) => textChunk('a', total))).map(tokensOf);
}

function textChunk(text: string, candidatesTokenCount: number | undefined): object {
  return { candidates: [{ content: { parts: [{ text }] } }], usageMetadata: { candidatesTokenCount } };
}

function tokensOf(frame: Frame): number | undefined {
  return frame.find((part) => part.type === 'token-count')?.tokens;
}

function readChunks(...chunks: readonly object[]): readonly Frame[] {
  return read(Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))).frames;
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
