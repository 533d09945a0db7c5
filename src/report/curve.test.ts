import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPlot } from './curve.ts';

const size = { columns: 40, unit: 'requests/s' };

test('points stand where their numbers are, from 0 to the right', () => {
  const lines = renderPlot(
    [
      { x: 5, y: 10, mark: 'a' },
      { x: 10, y: 20, mark: 'b' },
    ],
    size,
  );
  // A margin of 5, an axis, and 32 columns: the middle is the 17th of them.
  assert.equal(lines[0], `20 ms │${' '.repeat(31)}b`);
  assert.equal(lines[9], `10 ms │${' '.repeat(16)}a`);
  assert.equal(lines[10], `      └${'─'.repeat(32)}`);
  assert.equal(lines[11], '       0                  10 requests/s');
  assert.equal(lines[5], '15 ms │');
});

test('latencies that differ tenfold are shown by their logarithm', () => {
  const lines = renderPlot(
    [10, 100, 1_000].map((y, index) => ({ x: index + 1, y, mark: 'o' })),
    size,
  );
  assert.match(lines[5] ?? '', /^100 ms │ +o$/);
});

test('one point is no curve', () => {
  assert.deepEqual(renderPlot([{ x: 1, y: 1, mark: 'o' }], size), []);
});
