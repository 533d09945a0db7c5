import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeHalves, escapeNul, unescapeHalves, unescapeNul } from './sql-text.ts';

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

test('half of a character is written as its digits', () => {
  assert.equal(escapeHalves('a\ud83dz\udc00'), 'a\x1aud83dz\x1audc00');
  assert.equal(escapeHalves('\x1aud83d'), '\x1auud83d');
  assert.equal(escapeHalves('whole: \u{1f469}, SUB \x1a'), 'whole: \u{1f469}, SUB \x1a');
  // As versions before wrote it, which escaped nothing.
  assert.equal(unescapeHalves('\x1aunder'), '\x1aunder');
});

test('any text comes back as it was, and is written in UTF-8', () => {
  const text = fc.string({ unit: fc.constantFrom('\ud83d', '\udc00', '\x1a', 'u', 'd83d', '\0', '😀') });
  fc.assert(
    fc.property(text, (each) => {
      const escaped = escapeNul(escapeHalves(each));
      assert.ok(escaped.isWellFormed());
      assert.equal(unescapeHalves(unescapeNul(escaped)), each);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});
