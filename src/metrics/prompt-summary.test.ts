import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { RequestRecord } from '../model/record.ts';
import { NOTHING_ASKED } from '../model/workload.ts';
import { createPromptTally, type PromptSummary } from './prompt-summary.ts';

const USAGE = buildRecord().usage;
const FAILED: RequestRecord['outcome'] = {
  kind: 'failed',
  failure: {
    kind: 'server',
    message: 'HTTP 500',
    status: 500,
    code: undefined,
    retryAfterMs: undefined,
    excerpt: undefined,
  },
};

function summariesOf(records: readonly RequestRecord[]): readonly PromptSummary[] {
  const tally = createPromptTally();
  for (const record of records) tally.add(record);
  return tally.summarize();
}

test('each named prompt has its own counts and distributions', () => {
  const [first, second, ...more] = summariesOf([
    // TTFT 100, E2E 600; 5 tokens in 500 ms: 10 a second
    buildStreamedRecord({
      promptIndex: 0,
      promptName: 'short',
      startedAtMs: 0,
      tokenAtMs: [100, 300, 400, 500, 590],
      endedAtMs: 600,
    }),
    // TTFT 200, E2E 1200; 2 tokens in 1 s
    buildStreamedRecord({
      promptIndex: 0,
      promptName: 'short',
      startedAtMs: 1000,
      tokenAtMs: [1200, 1300],
      endedAtMs: 2200,
      usage: { ...USAGE, inputTokens: 30, outputTokens: 2 },
    }),
    buildStreamedRecord({ promptIndex: 1, promptName: 'long', startedAtMs: 0, tokenAtMs: [700], endedAtMs: 700 }),
  ]);
  assert.deepEqual(more, []);
  assert.deepEqual([first?.name, first?.completed, first?.failed], ['short', 2, 0]);
  assert.deepEqual(
    [first?.ttft, first?.e2e, first?.tokensPerSecond, first?.inputTokens, first?.outputTokens].map((of) => [
      of?.n,
      of?.mean,
    ]),
    [
      [2, 150], // 100 and 200
      [2, 900], // 600 and 1200
      [2, 6], // 10 and 2
      [2, 20], // 10 and 30
      [2, 3.5], // 5 and 2
    ],
  );
  assert.deepEqual([second?.name, second?.completed, second?.ttft.mean], ['long', 1, 700]);
});

test('prompts stand in the order of their source, whichever ended first', () => {
  const records = [2, 0, 10, 1].map((promptIndex) => buildRecord({ promptIndex, promptName: `prompt ${promptIndex}` }));
  assert.deepEqual(
    summariesOf(records).map(({ name }) => name),
    ['prompt 0', 'prompt 1', 'prompt 2', 'prompt 10'],
  );
});

test('requests of one context tier belong together, however many prompts it has', () => {
  const records = [
    [1, '1k context', 1_000],
    [2, '0 context', 0],
    [3, '1k context', 1_000],
    [0, '0 context', 0],
  ] as const;
  assert.deepEqual(
    summariesOf(
      records.map(([promptIndex, promptName, contextTokens]) =>
        buildRecord({ promptIndex, promptName, asked: { ...NOTHING_ASKED, contextTokens } }),
      ),
    ).map(({ name, completed }) => [name, completed]),
    [
      ['0 context', 2],
      ['1k context', 2],
    ],
  );
});

test('prompts of the same name stay apart', () => {
  const records = [0, 1].map((promptIndex) => buildRecord({ promptIndex, promptName: 'same' }));
  assert.deepEqual(
    summariesOf(records).map(({ name, completed }) => [name, completed]),
    [
      ['same', 1],
      ['same', 1],
    ],
  );
});

test('failed requests are counted and add no sample; cancelled ones leave no count', () => {
  const [summary] = summariesOf([
    buildRecord({ promptName: 'a', outcome: FAILED }),
    buildRecord({ promptName: 'a', outcome: { kind: 'cancelled', by: 'user' } }),
  ]);
  assert.deepEqual(
    [summary?.completed, summary?.failed, summary?.ttft.n, summary?.inputTokens.n, summary?.outputTokens.n],
    [0, 1, 0, 0, 0],
  );
});

test('a request adds samples only to what it knows', () => {
  const usage = { ...USAGE, inputTokens: undefined, outputTokens: undefined };
  const [summary] = summariesOf([
    buildStreamedRecord({ promptName: 'a', startedAtMs: 0, tokenAtMs: [], endedAtMs: 5, usage }),
  ]);
  assert.deepEqual(
    [summary?.e2e.n, summary?.ttft.n, summary?.tokensPerSecond.n, summary?.inputTokens.n, summary?.outputTokens.n],
    [1, 0, 0, 0, 0],
  );
});

test('requests of unnamed prompts change nothing', () => {
  assert.deepEqual(summariesOf([buildRecord()]), []);
});
