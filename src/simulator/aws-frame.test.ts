import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAwsHeaders, encodeAwsMessage } from './aws-frame.ts';

test('a message without headers and payload is its lengths and their two sums', () => {
  // The vector of AWS's own suite for this encoding.
  assert.equal(
    encodeAwsMessage(encodeAwsHeaders({}), Buffer.alloc(0)).toString('hex'),
    '000000100000000005c248eb7d98c8ff',
  );
});

test('a header is a name, the type of strings and a value, each with its length', () => {
  const message = encodeAwsMessage(encodeAwsHeaders({ ':a': 'bé' }), Buffer.from('{}'));
  // 12 of prelude and its sum, 9 of the header, 2 of payload, 4 of the last sum.
  assert.equal(message.length, 27);
  assert.equal(message.readUInt32BE(0), 27);
  assert.equal(message.readUInt32BE(4), 9);
  assert.equal(message.toString('hex', 12, 21), '023a6107000362c3a9');
  assert.equal(message.toString('utf8', 21, 23), '{}');
});
