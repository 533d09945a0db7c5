import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextLog } from './text-log.ts';

test('a text is what its pieces are, as strings or as bytes', () => {
  const log = new TextLog();
  assert.equal(log.toString(), '');
  assert.equal(log.add('é€'), 5);
  log.addBytes(Buffer.from('xx abc yy'), 3, 6);
  assert.equal(log.add(''), 0);
  assert.equal(log.toString(), 'é€abc');
});

test('halves of a character that come apart are one again', () => {
  const log = new TextLog();
  log.add('a\ud83d');
  assert.equal(log.add('\ude00b'), 4);
  log.addBytes(Buffer.from('c'), 0, 1);
  assert.equal(log.toString(), 'a😀bc');
});

test('any pieces make their sum', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 20 }), (pieces) => {
      const log = new TextLog();
      for (const piece of pieces) assert.equal(log.add(piece), Buffer.byteLength(piece));
      assert.equal(log.toString(), pieces.join(''));
    }),
    { seed: 20261125 },
  );
});
