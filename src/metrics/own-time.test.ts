import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownTimeMs } from './own-time.ts';

const span = (startMs: number, endMs: number) => ({ startMs, endMs });

for (const [what, spans, own] of [
  ['nothing', [], 0],
  ['one request', [span(10, 30)], 20],
  ['two with a pause between', [span(50, 60), span(10, 30)], 30],
  ['two that overlap', [span(10, 30), span(20, 50)], 40],
  ['one within another', [span(10, 50), span(20, 30)], 40],
  ['beyond the window on both sides', [span(-10, 5), span(95, 120)], 10], // 0 … 5 and 95 … 100
  ['outside the window', [span(-20, -10), span(110, 120)], 0],
] as const) {
  test(`${what} in a window from 0 to 100 is ${own} ms of own time`, () => {
    assert.equal(ownTimeMs(spans, span(0, 100)), own);
  });
}
