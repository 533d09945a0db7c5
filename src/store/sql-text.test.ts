import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeNul, unescapeNul } from './sql-text.ts';

test('NUL is written as SUB 0, and SUB as SUB 1', () => {
  assert.equal(escapeNul('a\0b\x1a0'), 'a\x1a0b\x1a10');
  assert.equal(escapeNul('plain \\0 "ä" \n'), 'plain \\0 "ä" \n');
});

test('any text comes back as it was, and never holds NUL', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\0', '\x1a', '0', '1', 'a') }),
  );
  fc.assert(
    fc.property(text, (each) => {
      const escaped = escapeNul(each);
      assert.ok(!escaped.includes('\0'));
      assert.equal(unescapeNul(escaped), each);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});
