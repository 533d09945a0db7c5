import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEvent, buildRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord } from '../model/record.ts';
import { type CountEvidence, createCountTally, tokenEntries } from './token-evidence.ts';
import type { ValidityEntry } from './validity-entry.ts';

interface Counts {
  readonly reported?: number;
  readonly reasoning?: number;
  readonly counted?: number;
  readonly tokenizer?: string;
  readonly isApproximate?: boolean;
  readonly more?: Partial<RequestRecord>;
}

function recordOf({
  reported,
  reasoning,
  counted,
  tokenizer = 'o200k_base',
  isApproximate = false,
  more,
}: Counts): RequestRecord {
  const { usage } = buildRecord();
  return buildRecord({
    events: [buildEvent({ tokens: undefined })],
    usage: { ...usage, outputTokens: reported, reasoningTokens: reasoning },
    counted: counted === undefined ? undefined : { inputTokens: 1, outputTokens: counted, tokenizer, isApproximate },
    ...more,
  });
}

function evidenceOf(...records: readonly Counts[]): CountEvidence {
  const tally = createCountTally();
  for (const record of records) tally.add(recordOf(record));
  return tally.evidence();
}

function entryOf(id: string, ...records: readonly Counts[]): ValidityEntry | undefined {
  return tokenEntries(evidenceOf(...records)).find((entry) => entry.id === id);
}

test('evidence says where each count comes from', () => {
  assert.deepEqual(
    evidenceOf(
      { reported: 5 },
      { counted: 6, tokenizer: 'b' },
      { counted: 7, tokenizer: 'a', isApproximate: true },
      {},
      { more: { events: [], isStreamed: false } },
      { reported: 10, counted: 8, tokenizer: 'b' },
    ),
    {
      completed: 6,
      reported: 2,
      counted: 2,
      tokenizers: ['a', 'b'],
      isApproximate: true,
      difference: { answers: 1, reported: 10, counted: 8 },
    },
  );
});

test('hidden reasoning is left out of the difference, for nobody can count it; shown reasoning is not', () => {
  const shown = { events: [buildEvent({ kind: 'reasoning' }), buildEvent()] };
  assert.deepEqual(
    evidenceOf({ reported: 100, reasoning: 60, counted: 39 }, { reported: 50, reasoning: 20, counted: 50, more: shown })
      .difference,
    { answers: 2, reported: 90, counted: 89 },
  );
});

test('when all counts are reported and nothing was counted there is nothing to say', () => {
  assert.deepEqual(tokenEntries(evidenceOf({ reported: 3 })), []);
  assert.deepEqual(tokenEntries(evidenceOf()), []);
});

test('answers without counts are a lower bound when nobody counted', () => {
  const entry = entryOf('token-source', { reported: 3 }, {});
  assert.equal(entry?.level, 'note');
  assert.equal(entry?.text, '1 of 2 answers came without token counts');
  assert.match(entry?.hint ?? '', /lower bound/);
});

test('answers that a tokenizer counted say so, and by which', () => {
  const own = entryOf('token-source', { reported: 3 }, { counted: 4 });
  assert.equal(own?.text, '1 of 2 answers came without token counts: o200k_base counted 1 of them');
  assert.match(own?.hint ?? '', /chat template/);
  const other = entryOf('token-source', { counted: 4, isApproximate: true }, {});
  assert.equal(
    other?.text,
    '2 of 2 answers came without token counts: o200k_base counted 1 of them; 1 were not counted',
  );
  assert.match(other?.hint ?? '', /--tokenizer tokenizer.json/);
});

for (const [what, counts, level, text] of [
  ['the same', { reported: 1000, counted: 1000 }, 'ok', 'counted 1000'],
  // 5 % of 1,000 is 50
  ['at 5 %', { reported: 1050, counted: 1000 }, 'ok', 'counted 1000 (5 % more)'],
  ['above 5 %', { reported: 1051, counted: 1000 }, 'note', 'counted 1000 (5.1 % more)'],
  ['below by more than 5 %', { reported: 949, counted: 1000 }, 'note', 'counted 1000 (5.1 % less)'],
  ['two tokens of a short answer', { reported: 12, counted: 10 }, 'ok', 'counted 10 (20 % more)'],
  ['three tokens of a short answer', { reported: 13, counted: 10 }, 'note', 'counted 10 (30 % more)'],
  ['nothing was counted', { reported: 3, counted: 0 }, 'note', 'counted 0'],
  // 25 % of 1,000 is 250
  ['another tokenizer, at 25 %', { reported: 1250, counted: 1000, isApproximate: true }, 'ok', '(25 % more)'],
  ['another tokenizer, above', { reported: 1251, counted: 1000, isApproximate: true }, 'note', '(25.1 % more)'],
] as const) {
  test(`the difference of ${what} is ${level}`, () => {
    const entry = entryOf('token-difference', counts);
    assert.equal(entry?.level, level);
    assert.ok(entry?.text.startsWith(`the provider reported ${counts.reported} output tokens where o200k_base`));
    assert.ok(entry?.text.endsWith(text), entry?.text);
    assert.equal(entry?.hint !== undefined, level === 'note');
  });
}
