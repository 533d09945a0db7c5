import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAge, readSince } from './age.ts';

const OF = { flag: '--since', command: 'report list' };
const NOW = '2026-03-10T12:00:00.000Z';

test('ages have a unit', () => {
  assert.equal(readAge('90d', '--older-than', 'x'), 90 * 86_400_000);
  assert.equal(readAge('1.5h', '--older-than', 'x'), 5_400_000);
  assert.equal(readAge('2w', '--older-than', 'x'), 14 * 86_400_000);
  for (const wrong of ['90', 'd', '-1d', '3x', '']) {
    assert.throws(() => readAge(wrong, '--older-than', 'x'), { code: 'FLAG_INVALID' }, wrong);
  }
});

test('a moment is an age before now, or a date in UTC unless it names a zone', () => {
  assert.equal(readSince('36h', NOW, OF), '2026-03-09T00:00:00.000Z');
  assert.equal(readSince('2026-01-31', NOW, OF), '2026-01-31T00:00:00.000Z');
  assert.equal(readSince('2026-01-31 10:30', NOW, OF), '2026-01-31T10:30:00.000Z');
  assert.equal(readSince('2026-01-31T10:30:00+02:00', NOW, OF), '2026-01-31T08:30:00.000Z');
  for (const wrong of ['yesterday', '31.1.2026', '2026-13-01']) {
    assert.throws(() => readSince(wrong, NOW, OF), { code: 'FLAG_INVALID' }, wrong);
  }
});
