import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { awsEvent, awsMessage, awsMessageOf, awsStreamOf } from '../../test/support/aws-event-stream.ts';
import { sdkCodec } from '../../test/support/aws-sdk.ts';
import { deliver, everyByte } from '../../test/support/raw-server.ts';
import { createAwsEventStreamFramer } from './aws-event-stream.ts';

/** The same with payloads as text, since bytes are only lent. */
type Seen = readonly (string | undefined)[];

/** `{}` with `:event-type: a`, the checksums by Python's zlib: 12 bytes of prelude, 1 + 11 + 1 + 2 + 1 of header, 2 of payload, 4. */
const BY_HAND = Buffer.from(
  ['00000022', '00000010', 'c394b369', '0b3a6576656e742d74797065', '07', '0001', '61', '7b7d', 'e3688202'].join(''),
  'hex',
);

const rows: readonly (readonly [behaviour: string, bytes: Buffer, seen: readonly Seen[]])[] = [
  ['a message is an event when nothing else is said', BY_HAND, [['event', 'a', '{}']]],
  [
    'messages follow each other without anything between',
    awsStreamOf('event a {"b":1}\nevent c é€😀\nevent a '),
    [
      ['event', 'a', '{"b":1}'],
      ['event', 'c', 'é€😀'],
      ['event', 'a', ''],
    ],
  ],
  [
    'an exception has its name in a header of its own',
    awsStreamOf('exception throttlingException {"message":"slow"}'),
    [['exception', 'throttlingException', '{"message":"slow"}']],
  ],
  ['an error has a code and a message', awsStreamOf('error 500 oh no'), [['error', '500', 'oh no']]],
  ['an error may say nothing', awsMessage({ ':message-type': 'error' }, ''), [['error', undefined, undefined]]],
  ['a message without headers is an event', awsMessage({}, 'x'), [['event', '', 'x']]],
  [
    'another kind of message is malformed, and the next one is read',
    Buffer.concat([awsMessage({ ':message-type': 'ping' }, ''), BY_HAND]),
    [
      ['malformed', 'a message is neither event, exception nor error'],
      ['event', 'a', '{}'],
    ],
  ],
  [
    'headers of all types are passed over',
    awsMessageOf(
      Buffer.concat([
        ...['016101', '016200', '01630201', '0164030102', '01650401020304', '0166050102030405060708'].map(hex),
        ...['016706000201ff', `016808${'00'.repeat(8)}`, `016909${'00'.repeat(16)}`, '016a070001ff'].map(hex),
        // A header of a known name that is no text says nothing.
        ...[`0d${Buffer.from(':message-type').toString('hex')}00`, '0b3a6576656e742d747970650700017a'].map(hex),
      ]),
      'p',
    ),
    [['event', 'z', 'p']],
  ],
  ...(['0161', '01', '016107', '01610700', '0161070002ff', '01610a', '016105ff', 'ff61'] as const).map(
    (block) =>
      [
        `headers ${block} cannot be read, but what follows can`,
        Buffer.concat([awsMessageOf(hex(block), '{}'), BY_HAND]),
        [
          ['malformed', 'the headers of a message cannot be read'],
          ['event', 'a', '{}'],
        ],
      ] as const,
  ),
  [
    'a payload that was changed on its way is malformed, and the next message is read',
    Buffer.concat([awsStreamOf('damaged a {}'), BY_HAND]),
    [
      ['malformed', 'a message of 89 bytes is damaged: its checksum is wrong'],
      ['event', 'a', '{}'],
    ],
  ],
  [
    'a length that was changed leaves nothing to read',
    Buffer.concat([BY_HAND, hex('00000023'), BY_HAND.subarray(4), BY_HAND]),
    [
      ['event', 'a', '{}'],
      ['malformed', 'the beginning of a message is damaged: its checksum is wrong'],
    ],
  ],
  ...(
    [
      [25_165_825, 0, 'it announces 25165825 bytes'],
      [200_000, 131_073, 'it announces 131073 bytes of headers'],
      [15, 0, '15 bytes have no room for 0 bytes of headers'],
      [20, 5, '20 bytes have no room for 5 bytes of headers'],
      [0, 0, '0 bytes have no room for 0 bytes of headers'],
    ] as const
  ).map(
    ([length, headers, problem]) =>
      [
        `lengths ${length} and ${headers} are refused before anything is kept`,
        Buffer.concat([prelude(length, headers), BY_HAND]),
        [['malformed', `the beginning of a message is damaged: ${problem}`]],
      ] as const,
  ),
  ['an empty body has no messages', Buffer.alloc(0), []],
  [
    'a body that ends within a message says so',
    Buffer.concat([BY_HAND, BY_HAND.subarray(0, -1)]),
    [['event', 'a', '{}'], ['cut-off']],
  ],
  ['a body that ends within a prelude says so', BY_HAND.subarray(0, 11), [['cut-off']]],
  ['the smallest message has no headers and no payload', hex('000000100000000005c248eb7d98c8ff'), [['event', '', '']]],
];

describe('an AWS event stream', () => {
  for (const [behaviour, bytes, seen] of rows) {
    test(behaviour, () => {
      assert.deepEqual(read(bytes), seen);
      assert.deepEqual(read(bytes, everyByte(bytes)), seen, 'byte by byte');
      for (const cut of everyByte(bytes)) assert.deepEqual(read(bytes, [cut]), seen, `cut at ${cut}`);
    });
  }

  test('may hold messages as long as AWS allows, but keeps no room before a prelude holds', () => {
    const payload = Buffer.alloc(24 * 1024 * 1024 - 16, 'x');
    const bytes = awsMessage({}, payload);
    let length = 0;
    const framer = createAwsEventStreamFramer((message) => {
      if (message.type === 'event') length = message.payload.length;
    });
    deliver(bytes, [1_000, 1_000_000], (piece) => framer.push(piece));
    assert.equal(length, 25_165_808);
  });

  test('is the same however its bytes are cut and lent', () => {
    const bytes = Buffer.concat(
      rows.filter(([, , seen]) => seen.every(([type]) => type === 'event')).map((row) => row[1]),
    );
    const whole = read(bytes);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
        assert.deepEqual(read(bytes, cuts), whole);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });

  test('never throws, whatever bytes come and whatever is changed in good ones', () => {
    const good = Buffer.concat([awsEvent('a', '{"b":1}'), awsEvent('c', 'd')]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(good.length), fc.nat(255), (noise, place, change) => {
        read(Buffer.from(noise), [Math.min(noise.length, 5)]);
        const bad = Buffer.concat([good, noise]);
        bad[place] = (bad[place] ?? 0) ^ change;
        read(bad, [place]);
      }),
      { seed: 20260101, numRuns: 1_000 },
    );
  });
});

describe('the codec of the AWS SDK', () => {
  const codec = sdkCodec();

  test('reads what the tests write', () => {
    const { headers, body } = codec.decode(awsEvent('contentBlockDelta', '{"é":1}'));
    assert.equal(headers[':event-type']?.value, 'contentBlockDelta');
    assert.equal(Buffer.from(body).toString(), '{"é":1}');
  });

  test('writes what is read here', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 20, unit: 'grapheme' }), fc.string({ unit: 'binary' })), {
          maxLength: 8,
        }),
        fc.array(fc.nat(2_000), { maxLength: 10 }),
        (messages, cuts) => {
          const bytes = Buffer.concat(
            messages.map(([name, payload], place) =>
              codec.encode({
                headers: {
                  ':event-type': { type: 'string', value: name },
                  ':content-type': { type: 'string', value: 'application/json' },
                  ':message-type': { type: 'string', value: place % 3 === 2 ? 'exception' : 'event' },
                  flag: { type: 'boolean', value: place % 2 === 0 },
                  count: { type: 'integer', value: place },
                  at: { type: 'timestamp', value: new Date(1e12 + place) },
                },
                body: Buffer.from(payload),
              }),
            ),
          );
          const seen = messages.map(([name, payload], place) => [
            place % 3 === 2 ? 'exception' : 'event',
            name,
            Buffer.from(payload).toString(),
          ]);
          assert.deepEqual(
            read(
              bytes,
              cuts.filter((cut) => cut <= bytes.length),
            ),
            seen,
          );
        },
      ),
      { seed: 20260101, numRuns: 200 },
    );
  });

  test('refuses what is refused here', () => {
    for (const bytes of [awsStreamOf('damaged a {}'), Buffer.concat([hex('00000023'), BY_HAND.subarray(4)])])
      assert.throws(() => codec.decode(bytes), /checksum|length/);
  });
});

function read(bytes: Buffer, cuts?: readonly number[]): readonly Seen[] {
  const seen: Seen[] = [];
  const framer = createAwsEventStreamFramer((message) => {
    if (message.type === 'malformed') seen.push([message.type, message.problem]);
    else if (message.type === 'error') seen.push([message.type, message.code, message.message]);
    else if (message.type === 'cut-off') seen.push([message.type]);
    else seen.push([message.type, message.name, Buffer.from(message.payload).toString()]);
  });
  if (cuts === undefined) framer.push(bytes);
  else deliver(bytes, cuts, (piece) => framer.push(piece));
  framer.end();
  return seen;
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}

function prelude(length: number, headersLength: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(length);
  bytes.writeUInt32BE(headersLength, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  return bytes;
}
