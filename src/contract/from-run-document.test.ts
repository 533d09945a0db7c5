import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildEvent,
  buildInstants,
  buildPlan,
  buildRecord,
  buildRun,
  buildStreamedRecord,
  buildTarget,
} from '../../test/support/record-builder.ts';
import { REQUEST_METRICS } from '../metrics/catalogue.ts';
import { outputTokens } from '../metrics/tokens.ts';
import type { RequestRecord } from '../model/record.ts';
import { recordsOf } from './from-run-document.ts';
import type { RunDocument } from './run-document.ts';
import { toRunDocument } from './to-run-document.ts';

const failure = { kind: 'server', message: 'oops', status: 500, code: 'x', retryAfterMs: 5, excerpt: 'y' } as const;
const { usage } = buildRecord();

const RECORDS: readonly RequestRecord[] = [
  buildStreamedRecord({ id: 1, scheduledAtMs: 5, startedAtMs: 10, tokenAtMs: [110, 130, 130], endedAtMs: 131 }),
  buildRecord({ id: 2, phase: 'warmup', promptName: 'p', attempt: 2, retryOf: 1 }),
  buildRecord({ id: 3, outcome: { kind: 'failed', failure } }),
  buildRecord({ id: 4, outcome: { kind: 'cancelled', by: 'end' } }),
  buildRecord({
    id: 5,
    usage: { ...usage, outputTokens: undefined },
    counted: { inputTokens: 4, outputTokens: 9, tokenizer: 'o200k_base', isApproximate: true },
    events: [buildEvent({ atMs: 100, tokens: undefined }), buildEvent({ atMs: 120, tokens: undefined })],
  }),
  buildRecord({
    id: 6,
    instants: buildInstants({ startedAtMs: 1, toolNameAtMs: 50, toolArgumentsAtMs: 80, endedAtMs: 90 }),
    events: [
      buildEvent({ atMs: 50, kind: 'tool-name' }),
      buildEvent({ atMs: 60, kind: 'tool-arguments' }),
      buildEvent({ atMs: 80, kind: 'tool-arguments' }),
    ],
  }),
];

function documentOf(records: readonly RequestRecord[] | undefined): RunDocument {
  const run = buildRun({ plan: buildPlan({ targets: [buildTarget()] }) });
  const document = toRunDocument({ run, state: 'completed', durationMs: 1, targets: [], records });
  return JSON.parse(JSON.stringify(document)) as RunDocument;
}

test('every metric of every record comes out of its document as it went in', () => {
  const read = recordsOf(documentOf(RECORDS)) ?? [];
  assert.equal(read.length, RECORDS.length);
  const price = {
    ...{ inputUsd: 1, outputUsd: 2, cachedInputUsd: undefined, cacheWriteUsd: undefined },
    ...{ longCacheWriteUsd: undefined, reasoningUsd: undefined, tiers: [], perRequestUsd: 0.5 },
    ...{ source: 'user', asOf: undefined },
  };
  for (const [index, record] of RECORDS.entries()) {
    const back = read[index] as RequestRecord;
    assert.deepEqual(back.outcome, record.outcome);
    assert.deepEqual(
      [back.id, back.phase, back.attempt, back.targetIndex],
      [record.id, record.phase, record.attempt, 0],
    );
    assert.deepEqual(outputTokens(back), outputTokens(record));
    for (const metric of REQUEST_METRICS) {
      assert.deepEqual(metric.samples(back, price), metric.samples(record, price), `${metric.id} of ${record.id}`);
    }
  }
});

test('without requests there are no records', () => {
  assert.equal(recordsOf(documentOf(undefined)), undefined);
});
