import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../dialect.ts';
import { openAnswer } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/streams/openai-responses');

/** Written by hand beside each answer. Usage without `raw`, which usage.test.ts looks at. */
interface Expected {
  readonly source: string;
  readonly isStreamed: boolean;
  readonly frames: readonly Frame[];
}

describe('an answer', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(sse|body)$/.test(name));

  test('stands there for every case', () => assert.ok(names.length >= 30));

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
    reader.push(Buffer.from('data: {"type":"response.output_text.delta","delta":"a"}\n'));
    assert.deepEqual(frames, []);
    reader.push(Buffer.from('\n:'));
    assert.deepEqual(frames, [[{ type: 'content', text: 'a' }]]);
  });

  test('names the model once, until another answers', () => {
    const frames = framesOf(
      ...['a', 'a', 'b', ''].map((model) => ({ type: 'response.in_progress', response: { model } })),
    );
    assert.deepEqual(frames, [
      [{ type: 'model', model: 'a' }],
      [{ type: 'unknown' }],
      [{ type: 'model', model: 'b' }],
      [{ type: 'unknown' }],
    ]);
  });

  test('that cannot be read says nothing of its payload', () => {
    const { frames } = read(Buffer.from('data: {"secret\n\n'));
    assert.deepEqual(frames, [[{ type: 'malformed', message: 'an event of 8 characters is not JSON' }]]);
  });

  for (const nothing of [null, false, '', 0]) {
    test(`with error ${JSON.stringify(nothing)} has none`, () => {
      assert.deepEqual(framesOf({ error: nothing }), [[{ type: 'unknown' }]]);
    });
  }
});

describe('the end', () => {
  const ends: readonly (readonly [event: string, status: string | undefined, reason: string, raw: string])[] = [
    ['response.completed', 'completed', 'stop', 'completed'],
    ['response.completed', undefined, 'stop', 'completed'],
    ['response.completed', 'in_progress', 'stop', 'completed'],
    ['response.completed', 'incomplete', 'other', 'incomplete'],
    ['response.completed', 'cancelled', 'other', 'cancelled'],
    ['response.incomplete', undefined, 'other', 'incomplete'],
    ['response.failed', undefined, 'error', 'failed'],
  ];
  for (const [type, status, reason, raw] of ends) {
    test(`by ${type} with status ${status} is ${reason}`, () => {
      const parts = framesOf({ type, response: { status } }).flat();
      assert.deepEqual(
        parts.filter((part) => part.type !== 'error'),
        [{ type: 'finish', reason, raw }, { type: 'done' }],
      );
      assert.equal(parts.length, raw === 'failed' ? 3 : 2);
    });
  }

  test('told by an error beside the response is told once', () => {
    assert.deepEqual(framesOf({ type: 'response.failed', error: { message: 'm' }, response: null }), [
      [
        { type: 'error', message: 'm', code: undefined },
        { type: 'finish', reason: 'error', raw: 'failed' },
        { type: 'done' },
      ],
    ]);
  });

  test('keeps the reason of an incomplete answer over calls', () => {
    const [, end] = framesOf(
      { type: 'response.function_call_arguments.delta', delta: '{' },
      { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } },
    );
    assert.deepEqual(end?.[0], { type: 'finish', reason: 'length', raw: 'max_output_tokens' });
  });

  test('is tool_calls also when the call’s item never began', () => {
    const [, end] = framesOf(
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      { type: 'response.completed', response: {} },
    );
    assert.deepEqual(end?.[0], { type: 'finish', reason: 'tool_calls', raw: 'completed' });
  });
});

describe('text that is sent again', () => {
  const delta = { type: 'response.output_text.delta', delta: 'a' };
  const again: readonly (readonly [where: string, event: object])[] = [
    ['at the end of its part', { type: 'response.output_text.done', text: 'a' }],
    [
      'at the end of its item',
      {
        type: 'response.output_item.done',
        output_index: 7,
        item: { type: 'message', content: [{ type: 'output_text', text: 'a' }] },
      },
    ],
  ];
  for (const [where, event] of again) {
    test(`${where} counts once`, () => assert.deepEqual(framesOf(delta, event)[1], [{ type: 'unknown' }]));
    test(`${where} counts when it came nowhere else`, () =>
      assert.deepEqual(framesOf(event), [[{ type: 'content', text: 'a' }]]));
  }

  test('at the end of the answer counts once, wherever its items stand there', () => {
    const call = { type: 'function_call', id: 'b', call_id: 'c', name: 'f', arguments: '{}' };
    const [, , end] = framesOf(
      { type: 'response.output_item.added', output_index: 0, item: { ...call, id: 'a', arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'a', delta: '{}' },
      { type: 'response.completed', response: { output: [{ type: 'reasoning', summary: [] }, call] } },
    );
    assert.deepEqual(end, [{ type: 'finish', reason: 'tool_calls', raw: 'completed' }, { type: 'done' }]);
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
