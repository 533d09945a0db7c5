import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderRows } from './csv-rows.ts';

test('numbers keep their last digit, texts stand in quotes, and a missing value is told from an empty text', () => {
  const text = renderRows(
    ['a', 'b', 'c', 'd'],
    [
      { a: 0.1 + 0.2, b: '', c: null, d: true },
      { a: -0, b: 'x"y\r\nz' },
    ],
  );
  assert.equal(text, '0.30000000000000004,"",,true\n-0,"x""y\r\nz",,\n');
});

test('what a spreadsheet could take for a formula gets one apostrophe, and so does a text that has one', () => {
  const risky = ['=1', '+1', '-1', '@a', '\t=1', '\r=1', "'=1", '＝1'];
  const cells = renderRows(
    ['a'],
    risky.map((a) => ({ a })),
  );
  assert.equal(cells, risky.map((each) => `"'${each}"\n`).join(''));
  assert.equal(renderRows(['a'], [{ a: 'a=1' }, { a: -1.5 }]), '"a=1"\n-1.5\n');
});
