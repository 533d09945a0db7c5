import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LentText } from '../dialects/dialect.ts';
import { AnswerTally } from './answer-tally.ts';

test('a lent text counts like a frame that holds it', () => {
  const anyText = fc.record({
    type: fc.constantFrom<LentText['type']>('content', 'reasoning'),
    text: fc.oneof(fc.constantFrom('a', ' the', 'é', '\uFFFD'), fc.string({ minLength: 1, maxLength: 6 })),
    isDone: fc.nat(20).map((chance) => chance === 0),
    waitMs: fc.nat(1),
  });
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 60 }), (texts) => {
      const lent = new AnswerTally();
      const framed = new AnswerTally();
      let atMs = 5;
      for (const { type, text, isDone, waitMs } of texts) {
        atMs += waitMs;
        if (isDone) for (const tally of [lent, framed]) tally.add([{ type: 'done' }], atMs, true);
        framed.add([{ type, text }], atMs, true);
        const bytes = Buffer.from(`<${text}>`);
        const isAscii = bytes.every((byte) => byte < 0x80);
        lent.addText({ type, bytes, start: 1, end: bytes.length - 1, isAscii }, atMs);
      }
      assert.deepEqual(seen(lent), seen(framed));
    }),
    { seed: 20261125, numRuns: 300 },
  );
});

test('bytes that are no UTF-8 count as the characters that stand for them', () => {
  const tally = new AnswerTally();
  const bytes = Buffer.from([0xe2, 0x82, 0xac]);
  tally.addText({ type: 'content', bytes, start: 0, end: 2, isAscii: false }, 1);
  tally.addText({ type: 'content', bytes, start: 2, end: 3, isAscii: false }, 2);
  assert.equal(tally.answerText(), '\uFFFD\uFFFD');
  assert.deepEqual(
    tally.events().map((event) => event.bytes),
    [3, 3],
  );
});

function seen(tally: AnswerTally): unknown {
  const texts = [tally.answerText(), tally.reasoningText()];
  return [tally.instants(), tally.events(), texts, tally.hasOutput, tally.trouble(), tally.lacksCounts()];
}
