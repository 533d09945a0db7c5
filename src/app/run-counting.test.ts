import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord } from '../model/record.ts';
import { RunCounting, type RunCountingParts } from './run-counting.ts';

const THREAD = new URL('../counting-thread.ts', import.meta.url);
const TEXT = { prompt: 'p p', reasoning: 'Hm', answer: 'Hello, world!' };
const UNREPORTED = { ...buildRecord().usage, inputTokens: undefined, outputTokens: undefined };
const EVENTS = [{ atMs: 1, kind: 'content', tokens: undefined, bytes: 1, isCoalesced: false }] as const;
const RESET: RequestRecord['outcome'] = {
  kind: 'failed',
  failure: {
    kind: 'reset',
    message: '',
    status: undefined,
    code: undefined,
    retryAfterMs: undefined,
    excerpt: undefined,
  },
};

interface Rig {
  readonly counting: RunCounting;
  readonly warnings: readonly string[];
}

function rigOf(plan: Partial<RunCountingParts['plan']>, maxCharacters?: number): Rig {
  const warnings: string[] = [];
  const counting = new RunCounting({
    plan: buildPlan(plan),
    threadUrl: THREAD,
    log: { warn: (line) => warnings.push(line), info: () => undefined, debug: () => undefined },
    ...(maxCharacters === undefined ? {} : { maxCharacters }),
  });
  return { counting, warnings };
}

const recordOf = (more: Partial<RequestRecord>): RequestRecord =>
  buildRecord({ text: TEXT, events: EVENTS, usage: UNREPORTED, ...more });

const ALWAYS = { when: 'always', tokenizer: 'estimate' } as const;
const MISSING = { when: 'missing', tokenizer: 'estimate' } as const;
const REPORTED = { ...UNREPORTED, inputTokens: 3, outputTokens: 2 };

for (const { what, when, record, isCounted } of [
  { what: 'an answer without usage', when: MISSING, record: {}, isCounted: true },
  { what: 'an answer with usage', when: MISSING, record: { usage: REPORTED }, isCounted: false },
  { what: 'an answer with usage, when all are', when: ALWAYS, record: { usage: REPORTED }, isCounted: true },
  { what: 'half an answer', when: MISSING, record: { outcome: RESET }, isCounted: true },
  {
    what: 'a request that broke off before any answer',
    when: ALWAYS,
    record: { outcome: RESET, text: { ...TEXT, reasoning: '', answer: '' } },
    isCounted: false,
  },
  { what: 'a request whose texts were not kept', when: ALWAYS, record: { text: undefined }, isCounted: false },
] satisfies readonly { what: string; when: object; record: Partial<RequestRecord>; isCounted: boolean }[]) {
  test(`${what} is ${isCounted ? '' : 'not '}counted`, async () => {
    const { counting } = rigOf({ tokenCounting: when });
    counting.take(recordOf({ id: 8, ...record }));
    const { counts } = await counting.run();
    // 2 × 0.25 rounds to 1; 0.5 to 1 and 10 × 0.25 + 2 × 0.55 = 3.6 to 4.
    const counted = { inputTokens: 1, outputTokens: 5, tokenizer: 'estimate', isApproximate: true };
    assert.deepEqual(counts, isCounted ? [{ requestId: 8, counted }] : []);
  });
}

test('a record goes on without its texts, unless they are to be saved', () => {
  const record = recordOf({});
  assert.deepEqual(rigOf({}).counting.take(record), { ...record, text: undefined });
  assert.equal(rigOf({ saveText: true }).counting.take(record), record);
});

test('texts that would fill the memory are let go, and their number is said; a known prompt takes no room', async () => {
  // 3 + 15 characters, then 15 more, then 15 that are too many.
  const { counting, warnings } = rigOf({ tokenCounting: MISSING }, 35);
  for (const id of [1, 2, 3]) counting.take(recordOf({ id }));
  const { counts } = await counting.run();
  assert.deepEqual(
    counts.map(({ requestId }) => requestId),
    [1, 2],
  );
  assert.deepEqual(warnings, ['1 requests were not counted: their texts would fill the memory']);
});

test('progress is there while it lasts, and a stop is said with what it left out', async () => {
  const { counting, warnings } = rigOf({ tokenCounting: MISSING });
  counting.take(recordOf({ id: 1 }));
  assert.equal(counting.view(), undefined);
  const running = counting.run();
  assert.deepEqual(counting.view(), { done: 0, total: 1 });
  counting.stop();
  assert.deepEqual(await running, { counts: [], trouble: undefined });
  assert.equal(counting.view(), undefined);
  assert.deepEqual(warnings, ['interrupted: 0 of 1 requests were counted']);
});
