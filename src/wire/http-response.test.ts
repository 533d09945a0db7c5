import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deliver, everyByte } from '../../test/support/raw-server.ts';
import { createResponseParser } from './http-response.ts';

/** What the parser said, one word a call; body bytes that follow each other are one. */
type Event = string;

/** The bytes, with `|` for CRLF; the end of the connection is told after them. */
type Row = readonly [behaviour: string, bytes: string, events: readonly Event[]];

const OK = 'HTTP/1.1 200 OK|';
const NOT_HTTP = 'malformed: it does not begin with an HTTP/1.1 status line';
const NO_SIZE = 'malformed: a chunk has no size';
const TOO_LONG = 'malformed: one of its lines is too long';

const framing: readonly Row[] = [
  ['a body of a given length', `${OK}Content-Length: 5||hello`, ['200', 'body hello', 'end, keep']],
  ['a body of no length', `${OK}Content-Length: 0||`, ['200', 'end, keep']],
  ['a length with zeros in front', `${OK}Content-Length: 005||hello`, ['200', 'body hello', 'end, keep']],
  ['a body without a length ends with the connection', `${OK}|all of|it`, ['200', 'body all of\r\nit', 'end, close']],
  ['a body without a length may be empty', `${OK}|`, ['200', 'end, close']],
  ['chunks', `${OK}Transfer-Encoding: chunked||5|hello|1| |0||`, ['200', 'body hello ', 'end, keep']],
  ['chunk sizes are hexadecimal of either case', chunked('a|0123456789|A|abcdefghij'), body('0123456789abcdefghij')],
  ['chunk sizes with zeros in front', chunked('0005|hello'), body('hello')],
  ['chunk extensions are left out', chunked('5;a=b;c="d"|hello|1 ;x|!'), body('hello!')],
  ['blanks after a chunk size', chunked('5 \t|hello'), body('hello')],
  ['a chunk may hold line ends', chunked('4|\r\n\r\n'), body('\r\n\r\n')],
  ['chunks of no bytes at all', chunked(''), ['200', 'end, keep']],
  [
    'trailers are left out',
    `${OK}Transfer-Encoding: chunked||1|a|0|Expires: never|X: y||`,
    ['200', 'body a', 'end, keep'],
  ],
  ['transfer-encoding beats content-length', `${OK}Content-Length: 99|${chunkedHead()}1|a|0||`, body('a')],
  [
    'chunked is the last of several encodings, in any case',
    `${OK}Transfer-Encoding: gzip, Chunked ||1|a|0||`,
    body('a'),
  ],
  ['204 has no body, whatever it says', 'HTTP/1.1 204 No Content|Content-Length: 5||', ['204', 'end, keep']],
  ['304 has no body, whatever it says', `HTTP/1.1 304 Not Modified|${chunkedHead()}`, ['304', 'end, keep']],
  ['lines of LF alone', `${OK}${chunkedHead()}3|a|\n|0||`.replaceAll('|', '\n'), body('a\n\n')],
  ['the same length twice', `${OK}Content-Length: 5|Content-Length: 5||hello`, ['200', 'body hello', 'end, keep']],
  ['the same length twice in one field', `${OK}Content-Length: 5, 5||hello`, ['200', 'body hello', 'end, keep']],
];

const heads: readonly Row[] = [
  ['empty lines before the status line', '|||HTTP/1.1 204 x||', ['204', 'end, keep']],
  ['a status line without a phrase', 'HTTP/1.1 204||', ['204', 'end, keep']],
  ['a status line with an empty phrase', 'HTTP/1.1 204 ||', ['204', 'end, keep']],
  [
    'interim answers come before the final one',
    `HTTP/1.1 100 Continue||HTTP/1.1 103 Early Hints|Link: </a>||${OK}Content-Length: 1||a`,
    ['200', 'body a', 'end, keep'],
  ],
  ['101 was never asked for, and is final', 'HTTP/1.1 101 Switching Protocols||raw', ['101', 'body raw', 'end, close']],
  [
    'several answers on one connection',
    `${OK}Content-Length: 1||aHTTP/1.1 404 Not Found|${chunkedHead()}1|b|0||HTTP/1.1 204 x|||HTTP/1.1 503 x||c`,
    ['200', 'body a', 'end, keep', '404', 'body b', 'end, keep', '204', 'end, keep', '503', 'body c', 'end, close'],
  ],
  ['HTTP/1.1 is kept', `${OK}Content-Length: 0||`, ['200', 'end, keep']],
  ['HTTP/1.1 that says close is not', `${OK}Connection: Close|Content-Length: 0||`, ['200', 'end, close']],
  ['close among others counts', `${OK}Connection: x, close|Content-Length: 0||`, ['200', 'end, close']],
  ['HTTP/1.0 is not kept', 'HTTP/1.0 200 OK|Content-Length: 0||', ['200', 'end, close']],
  [
    'HTTP/1.0 that says keep-alive is',
    'HTTP/1.0 200 OK|Connection: Keep-Alive|Content-Length: 0||',
    ['200', 'end, keep'],
  ],
];

const refused: readonly Row[] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.9|', [NOT_HTTP]],
  ['another protocol that never ends a line', 'S', [NOT_HTTP]],
  ['TLS', '\x15\x03\x01\x00\x02\x02', [NOT_HTTP]],
  ['HTTP/2', 'HTTP/2 200||', [NOT_HTTP]],
  ['HTTP/0.9', '<html>', [NOT_HTTP]],
  ['a status of two digits', 'HTTP/1.1 20 OK||', [NOT_HTTP]],
  ['a status of four digits', 'HTTP/1.1 2000 OK||', [NOT_HTTP]],
  ['a status line of another case', 'HTTp/1.1 200 OK||', [NOT_HTTP]],
  ['bytes after an answer that are none', `${OK}Content-Length: 1||ab`, ['200', 'body a', 'end, keep', NOT_HTTP]],
  ['a chunk size that is no number', `${OK}${chunkedHead()}xyz|`, ['200', NO_SIZE]],
  ['an empty chunk size', `${OK}${chunkedHead()}|`, ['200', NO_SIZE]],
  ['a negative chunk size', `${OK}${chunkedHead()}-1|`, ['200', NO_SIZE]],
  ['a chunk size with 0x', `${OK}${chunkedHead()}0x5|`, ['200', NO_SIZE]],
  ['a chunk size beyond any memory', `${OK}${chunkedHead()}fffffffffffff|`, ['200', NO_SIZE]],
  [
    'a chunk longer than its size',
    `${OK}${chunkedHead()}1|ab|`,
    ['200', 'body a', 'malformed: a chunk is longer than its size says'],
  ],
  ['a length that is no number', `${OK}Content-Length: 5x||`, ['malformed: its content-length 5x is no number']],
  ['a negative length', `${OK}Content-Length: -5||`, ['malformed: its content-length -5 is no number']],
  ['an empty length', `${OK}Content-Length:||`, ['malformed: its content-length  is no number']],
  [
    'two different lengths',
    `${OK}Content-Length: 5|Content-Length: 6||`,
    ['malformed: its content-length 5, 6 is no number'],
  ],
  ['an unknown encoding', `${OK}Transfer-Encoding: gzip||`, ['malformed: its transfer-encoding gzip is unknown']],
  [
    'chunked that is not the last encoding',
    `${OK}Transfer-Encoding: chunked, gzip||`,
    ['malformed: its transfer-encoding chunked, gzip is unknown'],
  ],
  [
    'an encoding that only ends in chunked',
    `${OK}Transfer-Encoding: xchunked||`,
    ['malformed: its transfer-encoding xchunked is unknown'],
  ],
];

const unfinished: readonly Row[] = [
  ['within its head', `${OK}Content-Len`, []],
  ['after an interim answer', 'HTTP/1.1 100 Continue||', []],
  ['within a body of a given length', `${OK}Content-Length: 5||hell`, ['200', 'body hell']],
  ['within a chunk', `${OK}${chunkedHead()}5|hell`, ['200', 'body hell']],
  ['after the last byte of a chunk', `${OK}${chunkedHead()}5|hello`, ['200', 'body hello']],
  ['before the last chunk', `${OK}${chunkedHead()}5|hello|`, ['200', 'body hello']],
  ['within the trailers', `${OK}${chunkedHead()}1|a|0|`, ['200', 'body a']],
];

const groups: readonly (readonly [group: string, rows: readonly Row[]])[] = [
  ['the end of a body', framing],
  ['heads', heads],
  ['what is refused', refused],
  ['an answer cut off', unfinished],
];

for (const [group, rows] of groups) {
  describe(group, () => {
    for (const [behaviour, text, events] of rows) {
      test(behaviour, () => {
        const bytes = bytesOf(text);
        assert.deepEqual(read(bytes, []), events);
        assert.deepEqual(read(bytes, everyByte(bytes)), events, 'byte by byte');
        for (const cut of everyByte(bytes)) assert.deepEqual(read(bytes, [cut]), events, `cut at ${cut}`);
      });
    }
  });
}

test('any answers in a row are read the same however their bytes are cut', () => {
  const parts = [...framing, ...heads].filter(([, , events]) => events.at(-1) === 'end, keep');
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(1_000), { maxLength: 20 }),
      (rows, places) => {
        const bytes = bytesOf(rows.map(([, text]) => text).join(''));
        const cuts = places.map((place) => place % bytes.length);
        assert.deepEqual(
          read(bytes, cuts),
          rows.flatMap(([, , events]) => events),
        );
      },
    ),
    { seed: 20260101, numRuns: 300 },
  );
});

describe('header fields', () => {
  test('have lower-case names and values without blanks around', () => {
    assert.deepEqual(headersOf('X-Request-ID:abc|Server: \t nginx/1 \t|Empty:|'), [
      ['x-request-id', 'abc'],
      ['server', 'nginx/1'],
      ['empty', ''],
    ]);
  });

  test('that are repeated are joined by a comma', () => {
    assert.deepEqual(headersOf('Via: a|via: b|VIA: c|'), [['via', 'a, b, c']]);
  });

  test('without a name or a colon are left out', () => {
    assert.deepEqual(headersOf('nonsense|: nameless|A: b:c|'), [['a', 'b:c']]);
  });

  test('keep the bytes that are not ASCII', () => {
    assert.deepEqual(headersOf('A: caf\xe9|'), [['a', 'caf\xe9']]);
  });

  test('of an interim answer do not stand in the final one', () => {
    assert.deepEqual(headersOf('A: b|', 'HTTP/1.1 103 Early Hints|Link: </a>||'), [['a', 'b']]);
  });
});

describe('limits', () => {
  const long = (bytes: number): string => 'x'.repeat(bytes);

  test('a head of 64 KiB passes', () => {
    assert.deepEqual(read(bytesOf(`${OK}A: ${long(65_000)}|Content-Length: 0||`), []), ['200', 'end, keep']);
  });

  test('a line over 64 KiB is refused before it ends', () => {
    const bytes = bytesOf(`${OK}A: ${long(65_534)}`);
    assert.deepEqual(read(bytes, []), [TOO_LONG]);
    assert.deepEqual(read(bytes, [20, 30_000, 65_536]), [TOO_LONG]);
  });

  test('a head over 64 KiB in short lines is refused', () => {
    assert.deepEqual(read(bytesOf(`${OK}${`A: ${long(1_000)}|`.repeat(70)}|`), []), [
      'malformed: its head is over 64 KiB',
    ]);
  });

  test('the head of one answer does not count for the next', () => {
    const answer = `${OK}A: ${long(40_000)}|Content-Length: 0||`;
    assert.deepEqual(read(bytesOf(answer + answer), []), ['200', 'end, keep', '200', 'end, keep']);
  });

  test('a chunk size line over 1 KiB is refused before it ends', () => {
    const bytes = bytesOf(`${OK}${chunkedHead()}1;${long(1_023)}`);
    assert.deepEqual(read(bytes, []), ['200', TOO_LONG]);
    assert.deepEqual(read(bytes, [100, 500, 1_000]), ['200', TOO_LONG]);
  });

  test('nothing is said after a refusal', () => {
    const events: Event[] = [];
    const parser = parserInto(events);
    parser.push(bytesOf('nonsense|'));
    parser.push(bytesOf(`${OK}Content-Length: 0||`));
    assert.equal(parser.close(), false);
    assert.deepEqual(events, [NOT_HTTP]);
  });
});

test('a body is lent as it comes, without waiting for its end', () => {
  const events: Event[] = [];
  const parser = parserInto(events);
  parser.push(bytesOf(`${OK}${chunkedHead()}5|he`));
  assert.deepEqual(events, ['200', 'body he']);
  parser.push(bytesOf('llo'));
  assert.deepEqual(events, ['200', 'body hello']);
  parser.push(bytesOf('|0||'));
  assert.deepEqual(events, ['200', 'body hello', 'end, keep']);
});

test('the end of an answer says how many bytes of its read come after it', () => {
  const left = (...reads: readonly string[]): readonly number[] => {
    const counts: number[] = [];
    const parser = createResponseParser({
      onHeaders: () => undefined,
      onBody: () => undefined,
      onEnd: (_isReusable, bytesLeft) => counts.push(bytesLeft),
      onMalformed: () => undefined,
    });
    for (const read of reads) parser.push(bytesOf(read));
    parser.close();
    return counts;
  };
  assert.deepEqual(left(`${OK}Content-Length: 2||ab`), [0]);
  assert.deepEqual(left(`${OK}Content-Length: 2||abHTTP`), [4]);
  assert.deepEqual(left(`${OK}Content-Length: 0||H`), [1]);
  assert.deepEqual(left(`${OK}${chunkedHead()}1|a|0||`), [0]);
  assert.deepEqual(left(`${OK}${chunkedHead()}1|a|0||||`), [4]);
  assert.deepEqual(left('HTTP/1.1 204 x||', 'HTTP/1.1 204 x||\n'), [0, 1]);
  assert.deepEqual(left(`${OK}|open`, 'more'), [0]);
});

function chunkedHead(): string {
  return 'Transfer-Encoding: chunked||';
}

function chunked(chunks: string): string {
  return `${OK}${chunkedHead()}${chunks}${chunks === '' ? '' : '|'}0||`;
}

function body(text: string): readonly Event[] {
  return ['200', `body ${text}`, 'end, keep'];
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text.replaceAll('|', '\r\n'), 'latin1');
}

function read(bytes: Uint8Array, cuts: readonly number[]): readonly Event[] {
  const events: Event[] = [];
  const parser = parserInto(events);
  // A read stands in a larger buffer, before what is left of an earlier one: here what looks like more of the answer.
  let reads = 0;
  deliver(bytes, cuts, (piece) => {
    const stale = STALE[(piece.length + reads++) % STALE.length] ?? '';
    parser.push(Buffer.concat([piece, bytesOf(stale)]), piece.length);
  });
  const before = events.length;
  assert.equal(parser.close(), events.length > before);
  return events;
}

const STALE = ['5|stale||0||', '|5|stale|', '\n|', 'f|'];

function parserInto(events: Event[]): ReturnType<typeof createResponseParser> {
  return createResponseParser({
    onHeaders: (status) => events.push(String(status)),
    onBody: (bytes, start, end) => {
      assert.ok(end > start);
      const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
      const last = events.at(-1) ?? '';
      if (last.startsWith('body ')) events[events.length - 1] = last + text;
      else events.push(`body ${text}`);
    },
    onEnd: (isReusable) => events.push(isReusable ? 'end, keep' : 'end, close'),
    onMalformed: (problem) => events.push(`malformed: ${problem}`),
  });
}

function headersOf(fields: string, before = ''): readonly (readonly [string, string])[] {
  let found: ReadonlyMap<string, string> = new Map();
  const parser = createResponseParser({
    onHeaders: (_status, headers) => {
      found = headers;
    },
    onBody: () => undefined,
    onEnd: () => undefined,
    onMalformed: (problem) => assert.fail(problem),
  });
  parser.push(bytesOf(`${before}${OK}${fields}|`));
  return [...found];
}
