import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { preparedAnswers } from '../../test/support/answers.ts';
import { deliver, everyByte } from '../../test/support/raw-server.ts';
import { createSseFramer, type SseFrame } from './sse.ts';

/** Short for what a frame is: its data, `:` for a comment, `error: …`. */
type Short = string;

const rows: readonly (readonly [behaviour: string, text: string, frames: readonly Short[]])[] = [
  ['LF ends a line', 'data: a\n\ndata: b\n\n', ['a', 'b']],
  ['CRLF ends a line', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
  ['CR ends a line', 'data: a\r\rdata: b\r\r', ['a', 'b']],
  ['line ends may be mixed', 'data: a\r\n\ndata: b\n\rdata: c\r\r\n', ['a', 'b', 'c']],
  ['the space after the colon may be missing', 'data:a\n\n', ['a']],
  ['one space is stripped, no more', 'data:  a \n\n', [' a ']],
  ['several data lines are joined by a line feed', 'data: a\ndata:\ndata: b\n\n', ['a\n\nb']],
  ['a comment is a frame of its own', ': OPENROUTER PROCESSING\n\n:\n\n', [':', ':']],
  ['a comment within an event does not end it', 'data: a\n: ping\ndata: b\n\n', [':', 'a\nb']],
  ['an event without data is nothing', 'event: ping\n\nid: 1\nretry: 3\n\n', []],
  ['empty data is nothing', 'data:\n\ndata\n\ndata: \n\n', []],
  ['other fields are left out', 'event: message\nid: 7\ndata: a\nretry: 10\nnonsense\n\n', ['a']],
  ['the name of a field is exact', 'Data: a\ndata : b\n data: c\ndatum: d\n\n', []],
  ['a field without a colon has an empty value', 'data: a\ndata\n\n', ['a\n']],
  ['a colon in the value belongs to it', 'data: a: b:c\n\n', ['a: b:c']],
  ['the marker is data like any other', 'data:[DONE]\n\nevent: data\ndata: [DONE]\n\n', ['[DONE]', '[DONE]']],
  ['what comes after the marker is still read', 'data: [DONE]\n\ndata: a\n\n', ['[DONE]', 'a']],
  ['the end of the body ends an event without a blank line', 'data: a\n', ['a']],
  ['the end of the body ends a line without a newline', 'data: a\n\ndata: b', ['a', 'b']],
  ['the end of the body ends a comment', ': bye', [':']],
  ['the end of the body ends an error field', 'error: gone', ['error: gone']],
  ['a field named error is an error at once', 'error: {"a":1}\ndata: [DONE]\n\n', ['error: {"a":1}', '[DONE]']],
  ['an event named error is an error', 'event: error\ndata: a\ndata: b\n\ndata: c\n\n', ['error: a\nb', 'c']],
  ['the last name of an event counts', 'event: error\nevent: message\ndata: a\n\n', ['a']],
  ['an error without data does not name the next event', 'event: error\n\ndata: a\n\n', ['a']],
  ['a byte order mark at the start is skipped', '\uFEFFdata: a\n\n', ['a']],
  ['a byte order mark before an empty line is skipped', '\uFEFF\ndata: a\n\n', ['a']],
  ['a byte order mark anywhere else is text', 'data: \uFEFFa\n\n\uFEFFdata: b\n\n', ['\uFEFFa']],
  ['text is UTF-8 of any width', 'data: é€😀\n\n', ['é€😀']],
  ['an empty body has no frames', '', []],
  ['empty lines alone have no frames', '\n\r\n\r\r\n\n', []],
];

describe('server-sent events', () => {
  for (const [behaviour, text, frames] of rows) {
    test(behaviour, () => {
      const bytes = Buffer.from(text);
      assert.deepEqual(read(bytes, []), frames);
      assert.deepEqual(read(bytes, everyByte(bytes)), frames);
      for (const cut of everyByte(bytes)) assert.deepEqual(read(bytes, [cut]), frames, `cut at ${cut}`);
    });
  }

  test('bytes that are not UTF-8 do not stop the stream', () => {
    const bytes = Buffer.concat([Buffer.from('data: a'), Buffer.from([0xff, 0xc3]), Buffer.from('\n\ndata: b\n\n')]);
    assert.deepEqual(read(bytes, []), ['a\uFFFD\uFFFD', 'b']);
  });

  test('a frame is given out as soon as its blank line has begun', () => {
    const frames: Short[] = [];
    const framer = createSseFramer((frame) => frames.push(short(frame)));
    framer.push(Buffer.from('data: a\r\n'));
    assert.deepEqual(frames, []);
    framer.push(Buffer.from('\r'));
    assert.deepEqual(frames, ['a']);
    framer.push(Buffer.from('\ndata: b\r\r'));
    assert.deepEqual(frames, ['a', 'b']);
  });

  test('an event keeps its name, and does not give it to the next', () => {
    const names: (string | undefined)[] = [];
    const framer = createSseFramer((frame) => names.push(frame.type === 'data' ? frame.name : frame.type));
    framer.push(
      Buffer.from('event: output\ndata: a\n\ndata: b\n\nevent: ping\n\ndata: c\n\nevent: error\ndata: d\n\n'),
    );
    assert.deepEqual(names, ['output', undefined, undefined, 'error']);
  });

  test('an empty read changes nothing', () => {
    const frames: Short[] = [];
    const framer = createSseFramer((frame) => frames.push(short(frame)));
    for (const piece of ['data: a\r', '', '\ndata: b\r', '', '\n']) framer.push(Buffer.from(piece));
    framer.end();
    assert.deepEqual(frames, ['a\nb']);
  });

  test('a line of a megabyte in reads of a kilobyte comes whole', () => {
    const bytes = Buffer.from(`data: ${'x'.repeat(1_048_576)}\n\n`);
    const cuts = Array.from({ length: 1_024 }, (_, index) => (index + 1) * 1_024);
    assert.deepEqual(
      read(bytes, cuts).map((data) => data.length),
      [1_048_576],
    );
  });
});

describe('recorded streams', () => {
  const streams = preparedAnswers('openai-chat').filter(({ name }) => name.endsWith('.sse'));

  test('are there', () => assert.ok(streams.length >= 30));

  for (const { name, bytes } of streams) {
    test(`${name} gives the same frames however its bytes are cut and lent`, () => {
      const whole = JSON.stringify(read(bytes));
      const positions = everyByte(bytes);
      assert.equal(JSON.stringify(read(bytes, positions)), whole, 'byte by byte');
      for (const cut of positions) assert.equal(JSON.stringify(read(bytes, [cut])), whole, `cut at ${cut}`);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
          assert.equal(JSON.stringify(read(bytes, cuts)), whole);
        }),
        { seed: 20260101, numRuns: 60 },
      );
    });
  }
});

/** With cuts, the bytes are only lent; without, they come whole and stay as they are. */
function read(bytes: Uint8Array, cuts?: readonly number[]): readonly Short[] {
  const frames: Short[] = [];
  const framer = createSseFramer((frame) => frames.push(short(frame)));
  if (cuts === undefined) framer.push(bytes);
  else deliver(bytes, cuts, (piece) => framer.push(piece));
  framer.end();
  return frames;
}

function short(frame: SseFrame): Short {
  if (frame.type === 'comment') return ':';
  return frame.type === 'error' ? `error: ${frame.data}` : frame.data;
}
