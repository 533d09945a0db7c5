import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInstants, buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import { ALIASES, type Alias, createAliasTally } from './alias.ts';

/** Started at 0; an empty chunk at 50, tokens at 100, 110 and 140, the end at 150. */
const RECORD = buildStreamedRecord({
  ...{ startedAtMs: 0, tokenAtMs: [100, 110, 140], endedAtMs: 150 },
  ...{
    instants: buildInstants({ firstChunkAtMs: 50, firstTokenAtMs: 100, lastTokenAtMs: 140, endedAtMs: 150 }),
  },
});

function means(alias: Alias): Record<string, number | undefined> {
  const tally = createAliasTally(alias);
  tally.add(RECORD);
  tally.add({ ...RECORD, phase: 'warmup' });
  tally.add(buildRecord({ outcome: { kind: 'cancelled', by: 'user' } }));
  return Object.fromEntries(tally.summarize().map(({ metric, values }) => [metric.name, values.mean]));
}

test('the same events under the definitions of others', () => {
  // vLLM counts the empty chunk: TPOT is (140 − 50) ÷ 2.
  assert.deepEqual(means('vllm'), { ttft: 50, tpot: 45, itl: 20, e2el: 140 });
  assert.deepEqual(means('aiperf'), {
    time_to_first_token: 100,
    inter_token_latency: 20,
    inter_chunk_latency: 20,
    request_latency: 140,
    output_token_throughput_per_user: 50,
  });
  // guidellm's TPOT has the first token in it: 140 ÷ 3.
  assert.deepEqual(means('guidellm'), {
    time_to_first_token_ms: 100,
    inter_token_latency_ms: 20,
    time_per_output_token_ms: 140 / 3,
    request_latency: 150,
  });
  assert.equal(ALIASES.length, 4);
});
