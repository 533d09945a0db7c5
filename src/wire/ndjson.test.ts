import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deliver, everyByte } from '../../test/support/raw-server.ts';
import { createNdjsonFramer } from './ndjson.ts';

const rows: readonly (readonly [behaviour: string, text: string, lines: readonly string[]])[] = [
  ['LF ends a line', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ['CRLF ends a line', '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
  ['line ends may be mixed', '1\r\n2\n3\r\n', ['1', '2', '3']],
  ['CR alone ends none: it is white space to JSON', '{"a":\r1}\n', ['{"a":\r1}']],
  ['blank lines are passed over', '\n\r\n1\n\n \t\n\r\n2\n\n', ['1', '2']],
  ['white space around a line is stripped', '  {"a": " b "}\t\n', ['{"a": " b "}']],
  ['the end of the body ends a line without a newline', '1\n{"a":2}', ['1', '{"a":2}']],
  ['the end of the body ends a line that ends in CR', '1\n2\r', ['1', '2']],
  ['a byte order mark at the start is skipped', '\uFEFF{"a":1}\n2\n', ['{"a":1}', '2']],
  ['a byte order mark before a blank line is skipped', '\uFEFF\r\n1\n', ['1']],
  ['a byte order mark within a line is text', '{"a":"\uFEFFb"}\n', ['{"a":"\uFEFFb"}']],
  ['text is UTF-8 of any width', '"é€😀"\n"ü"', ['"é€😀"', '"ü"']],
  ['an escaped line feed does not end a line', '{"a":"b\\nc"}\n', ['{"a":"b\\nc"}']],
  ['other separators of Unicode end none', '"a\u2028b\u0085c"\n', ['"a\u2028b\u0085c"']],
  ['an empty body has no lines', '', []],
  ['blank lines alone have no lines', '\n\r\n \n', []],
  ['white space alone at the end is no line', '1\n  ', ['1']],
];

describe('lines of JSON', () => {
  for (const [behaviour, text, lines] of rows) {
    test(behaviour, () => {
      const bytes = Buffer.from(text);
      assert.deepEqual(read(bytes), lines);
      assert.deepEqual(read(bytes, everyByte(bytes)), lines, 'byte by byte');
      for (const cut of everyByte(bytes)) assert.deepEqual(read(bytes, [cut]), lines, `cut at ${cut}`);
    });
  }

  test('are the same however their bytes are cut and lent', () => {
    const text = rows.map(([, row]) => row).join('\n');
    const bytes = Buffer.from(text);
    const whole = read(bytes);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
        assert.deepEqual(read(bytes, cuts), whole);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });

  test('that are not UTF-8 do not stop the stream', () => {
    const bytes = Buffer.concat([Buffer.from('a'), Buffer.from([0xff, 0xc3]), Buffer.from('\nb\n')]);
    assert.deepEqual(read(bytes), ['a\uFFFD\uFFFD', 'b']);
    assert.deepEqual(read(bytes, everyByte(bytes)), ['a\uFFFD\uFFFD', 'b']);
  });

  test('are given out by the read that ends them', () => {
    const lines: string[] = [];
    const framer = createNdjsonFramer((line) => lines.push(line));
    framer.push(Buffer.from('1'));
    framer.push(Buffer.from(''));
    assert.deepEqual(lines, []);
    framer.push(Buffer.from('2\n3\n4'));
    assert.deepEqual(lines, ['12', '3']);
    framer.end();
    assert.deepEqual(lines, ['12', '3', '4']);
    framer.end();
    assert.deepEqual(lines, ['12', '3', '4']);
  });

  test('of a megabyte in reads of a kilobyte come whole', () => {
    const bytes = Buffer.from(`"${'x'.repeat(1_048_576)}"\n1\n`);
    const cuts = Array.from({ length: 1_024 }, (_, index) => (index + 1) * 1_024);
    assert.deepEqual(
      read(bytes, cuts).map((line) => line.length),
      [1_048_578, 1],
    );
  });
});

/** With cuts, the bytes are only lent; without, they come whole and stay as they are. */
function read(bytes: Uint8Array, cuts?: readonly number[]): readonly string[] {
  const lines: string[] = [];
  const framer = createNdjsonFramer((line) => lines.push(line));
  if (cuts === undefined) framer.push(bytes);
  else deliver(bytes, cuts, (piece) => framer.push(piece));
  framer.end();
  return lines;
}
