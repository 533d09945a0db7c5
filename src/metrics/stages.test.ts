import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { Load, LoadStage } from '../model/load.ts';
import type { RequestRecord } from '../model/record.ts';
import { createStageTally, type StageSummary } from './stages.ts';

const STAGES: readonly LoadStage[] = [
  { from: 2, to: 2, durationMs: 2_000 },
  { from: 2, to: 6, durationMs: 1_000 },
];
const OPEN: Load = {
  kind: 'open-loop',
  arrival: 'constant',
  ratePerSecond: 6,
  stages: STAGES,
  maxInFlight: undefined,
};
const CLOSED: Load = { kind: 'closed-loop', concurrency: 6, stages: STAGES, requestDelayMs: 0 };

function stagesOf(load: Load, records: readonly RequestRecord[], endMs: number): readonly StageSummary[] {
  const tally = createStageTally(load);
  for (const record of records) tally.add(record);
  const tokens = records.flatMap(({ events }) => events.map(({ atMs }) => ({ atMs, tokens: 1 })));
  return tally.summarize({ startMs: 1_000, endMs, tokens });
}

/** Answered after 300 ms with two tokens, the first after 100. */
function answered(scheduledAtMs: number | undefined, startedAtMs: number): RequestRecord {
  return buildStreamedRecord({
    ...(scheduledAtMs === undefined ? {} : { scheduledAtMs }),
    startedAtMs,
    tokenAtMs: [startedAtMs + 100, startedAtMs + 200],
    endedAtMs: startedAtMs + 300,
  });
}

test('a request belongs to the stage in which it was due, and counts as sent where it was', () => {
  const records = [
    answered(1_000, 1_000),
    answered(1_500, 1_500),
    answered(2_900, 3_050), // Due in the first stage, sent in the second.
    answered(3_100, 3_100),
    answered(3_900, 3_900), // Its first token comes at 4,000, after the second stage.
  ];
  const [first, second, rest] = stagesOf(OPEN, records, 4_500);
  const shape = (stage: StageSummary | undefined): unknown => [
    stage?.startMs,
    stage?.durationMs,
    stage?.asked,
    stage?.achieved,
    stage?.sent,
    stage?.completed,
    stage?.outputTokensPerSecond,
  ];
  // 2 sent in 2 s; 4 tokens in 2 s.
  assert.deepEqual(shape(first), [0, 2_000, 2, 1, 3, 3, 2]);
  // 2 to 6 is 4 on the mean; 3 sent in 1 s; 2 tokens of the late one and 2 of the next.
  assert.deepEqual(shape(second), [2_000, 1_000, 4, 3, 2, 2, 4]);
  // What holds after the stages: half a second without requests, with two tokens.
  assert.deepEqual(shape(rest), [3_000, 1_500 - 1_000, 6, 0, 0, 0, 4]);
  // From the schedule: 100, 100 and 250.
  assert.deepEqual([first?.ttft.n, first?.ttft.p50, first?.ttft.max], [3, 100, 250]);
});

test('of a closed loop the clients that were busy are held against those asked for', () => {
  // Two clients busy all through the first stage but for 400 ms of one; one request in flight for half of the second.
  const span = (startedAtMs: number, endedAtMs: number): RequestRecord =>
    buildStreamedRecord({ startedAtMs, endedAtMs, tokenAtMs: [endedAtMs] });
  const stages = stagesOf(CLOSED, [span(1_000, 3_000), span(1_000, 2_600), span(3_000, 3_500)], 4_000);
  assert.deepEqual(
    stages.map(({ asked, achieved }) => [asked, achieved]),
    [
      [2, 1.8],
      [4, 0.5],
    ],
  );
});

test('a measured phase that ended within a stage has a part of it, and none of the next', () => {
  const stages = stagesOf(OPEN, [answered(1_000, 1_000)], 1_500);
  assert.deepEqual(
    stages.map(({ durationMs, asked, achieved }) => [durationMs, asked, achieved]),
    [[500, 2, 2]],
  );
});

test('failed attempts are counted, retries are not sent anew, and unknown tokens stay unknown', () => {
  const failed = (attempt: number, startedAtMs: number): RequestRecord => {
    const { instants, ...rest } = buildRecord({ attempt });
    return {
      ...rest,
      instants: { ...instants, startedAtMs, endedAtMs: startedAtMs + 10 },
      outcome: {
        kind: 'failed',
        failure: {
          kind: 'server',
          message: 'HTTP 500',
          status: 500,
          code: undefined,
          retryAfterMs: undefined,
          excerpt: undefined,
        },
      },
      events: [],
    };
  };
  const [first] = stagesOf(CLOSED, [failed(1, 1_100), failed(2, 1_200)], 3_000);
  assert.deepEqual([first?.sent, first?.completed, first?.failed, first?.outputTokensPerSecond], [1, 0, 2, undefined]);
  assert.equal(first?.ttft.p50, undefined);
});

test('a load without stages has none', () => {
  assert.deepEqual(stagesOf({ ...CLOSED, stages: [] }, [answered(undefined, 1_000)], 2_000), []);
  assert.deepEqual(stagesOf({ kind: 'trace', speed: 1, maxInFlight: undefined }, [answered(0, 0)], 2_000), []);
});
