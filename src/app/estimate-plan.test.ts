import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import type { Load } from '../model/load.ts';
import type { Plan } from '../model/plan.ts';
import type { Price } from '../model/price.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import {
  type EstimateInput,
  estimateTarget,
  type PromptSize,
  type Span,
  smallestWorkableUsd,
  type TargetEstimate,
  totalOf,
} from './estimate-plan.ts';

const PRICE: Price = {
  inputUsd: 1,
  outputUsd: 10,
  cachedInputUsd: undefined,
  cacheWriteUsd: undefined,
  longCacheWriteUsd: undefined,
  reasoningUsd: undefined,
  tiers: [],
  perRequestUsd: 0,
  source: 'user',
  asOf: undefined,
};

const PRICED = buildTarget({ profile: { ...EMPTY_PROFILE, price: PRICE } });

const PROMPT: PromptSize = { inputTokens: 100, bodyBytes: 600, maxTokens: 50 };

function estimate(plan: Partial<Plan>, input: Partial<EstimateInput> = {}): TargetEstimate {
  return estimateTarget({
    plan: buildPlan({ targets: [PRICED], warmupRequests: 2, ...plan }),
    target: PRICED,
    prompts: [PROMPT],
    experience: undefined,
    ...input,
  });
}

/** Sums of dollars leave crumbs in the seventeenth figure. */
function rounded(span: Span): Span {
  const round = (value: number | undefined): number | undefined => value && Number(value.toPrecision(12));
  return { low: round(span.low), expected: round(span.expected), worst: round(span.worst) };
}

const times = (requests: number | undefined, durationMs?: number): Pick<Plan, 'stop'> => ({
  stop: { requests, durationMs },
});

test('a counted run has so many calls and its warm-up, and at worst each with all its retries', () => {
  assert.deepEqual(estimate(times(10)).calls, { low: 12, expected: 12, worst: 12 });
  const retry = { maxRetries: 2, delayMs: 1 };
  assert.deepEqual(estimate({ ...times(10), retry }).calls, { low: 12, expected: 12, worst: 36 });
});

describe('the cost of 10 requests and 2 warm-ups of 100 tokens in and at most 50 out, at $1 and $10', () => {
  test('is at least one token of output each, at most all bytes as tokens and the whole limit', () => {
    const { costUsd, inputTokens, outputTokens, dearestRequestUsd } = estimate(times(10));
    // 12 × (100 + 10) = 1,320; 12 × (100 + 50 × 10) = 7,200; 12 × (600 + 500) = 13,200 millionths.
    assert.deepEqual(rounded(costUsd), { low: 0.001_32, expected: 0.007_2, worst: 0.013_2 });
    assert.deepEqual(inputTokens, { low: 1_200, expected: 1_200, worst: 7_200 });
    assert.deepEqual(outputTokens, { low: 12, expected: 600, worst: 600 });
    assert.equal(dearestRequestUsd, 0.001_1);
  });

  test('goes by an earlier run where there is one', () => {
    const experience = { runId: 'run-7', inputTokens: 120, outputTokens: 20, e2eMs: 500 };
    const { costUsd, durationMs, assumptions } = estimate(times(10), { experience });
    // 12 × (120 + 200) = 3,840 millionths; 12 calls of 0.5 s, one after the other.
    assert.equal(rounded(costUsd).expected, 0.003_84);
    assert.equal(durationMs.expected, 6_000);
    assert.deepEqual(assumptions, ['answers as long as in run-7']);
  });

  test('says what it assumes where there is none', () => {
    assert.match(estimate(times(10)).assumptions.join(), /answers of 50 tokens, for no earlier run/);
    const unlimited = estimate(times(10), { prompts: [{ ...PROMPT, maxTokens: undefined }] });
    assert.match(unlimited.assumptions.join(), /answers of 256 tokens/);
  });

  test('is unknown where the price is, and open above where the limit is', () => {
    const free = estimate(times(10), { target: buildTarget() });
    assert.deepEqual(free.costUsd, { low: undefined, expected: undefined, worst: undefined });
    const unlimited = estimate(times(10), { prompts: [{ ...PROMPT, maxTokens: undefined }] });
    assert.deepEqual([unlimited.costUsd.worst, unlimited.outputTokens.worst], [undefined, undefined]);
    assert.equal(unlimited.costUsd.low, 0.001_32);
    assert.equal(estimate(times(10), { prompts: [{ ...PROMPT, inputTokens: undefined }] }).costUsd.low, undefined);
  });
});

test('at worst prompts come round in turn, the rest of a round and the warm-up are the largest', () => {
  const prompts = [10, 1_000, 100].map((bodyBytes) => ({ ...PROMPT, bodyBytes, maxTokens: 0 }));
  // Seven: two rounds of 1,110 and one of 1,000; two warm-ups of 1,000.
  assert.equal(estimate(times(7), { prompts }).inputTokens.worst, 5_220);
});

test('an open loop has as many calls as its rate says, and Poisson more or fewer', () => {
  const load = {
    kind: 'open-loop',
    arrival: 'constant',
    ratePerSecond: 4,
    maxInFlight: undefined,
    stages: [],
  } as const;
  const constant = estimate({ load, ...times(undefined, 25_000) });
  assert.deepEqual(constant.calls, { low: 102, expected: 102, worst: 102 });
  assert.deepEqual(constant.durationMs, { low: 25_000, expected: 25_000, worst: 25_000 });
  // 100 ± 4 × 10.
  const poisson = estimate({ load: { ...load, arrival: 'poisson' }, ...times(undefined, 25_000) });
  assert.deepEqual(poisson.calls, { low: 62, expected: 102, worst: 142 });
  const counted = estimate({ load, ...times(8) });
  assert.equal(counted.durationMs.expected, 2_500); // 10 calls at 4 a second.
});

test('a closed loop that only time limits has an unknown number of calls, unless an earlier run tells', () => {
  const load = { kind: 'closed-loop', concurrency: 4, requestDelayMs: 0, stages: [] } as const;
  const unknown = estimate({ load, ...times(undefined, 10_000) });
  assert.deepEqual(unknown.calls, { low: undefined, expected: undefined, worst: undefined });
  assert.match(unknown.assumptions.join(), /only time limits/);
  const experience = { runId: 'run-7', inputTokens: 100, outputTokens: 20, e2eMs: 500 };
  const known = estimate({ load, ...times(undefined, 10_000) }, { experience });
  assert.deepEqual(known.calls, { low: undefined, expected: 82, worst: undefined });
});

test('totals are sums, and unknown as soon as one part is', () => {
  const one = estimate(times(10));
  assert.deepEqual(
    totalOf([one, one], ({ calls }) => calls),
    { low: 24, expected: 24, worst: 24 },
  );
  const unpriced = estimate(times(10), { target: buildTarget() });
  assert.equal(totalOf([one, unpriced], ({ costUsd }) => costUsd).worst, undefined);
});

test('the smallest workable budget pays the warm-up’s first and one measured request of each target', () => {
  const plan = buildPlan({ warmupRequests: 2 });
  const one = estimate(times(10));
  assert.equal(smallestWorkableUsd(plan, [one, one]), 0.004_4);
  assert.equal(smallestWorkableUsd({ ...plan, warmupRequests: 0 }, [one]), 0.001_1);
  assert.equal(smallestWorkableUsd(plan, [estimate(times(10), { target: buildTarget() })]), undefined);
});

test('a load that changes has the calls of its integral, and its warm-up and cool-down at the levels beside it', () => {
  // 0 to 200/s in 60 s is 6,000, 30 s at 200/s are 6,000 more; 5 s of cool-down are 1,000, and the warm-up of a ramp from 0 is one client.
  const stages = [{ from: 0, to: 200, durationMs: 60_000 }];
  const load = { kind: 'open-loop', arrival: 'constant', ratePerSecond: 200, stages, maxInFlight: undefined } as const;
  const stop = { requests: undefined, durationMs: 90_000 };
  const counted = estimate({ load, stop, cooldownMs: 5_000 });
  assert.deepEqual(counted.calls, { low: 13_002, expected: 13_002, worst: 13_002 });
  assert.equal(counted.durationMs.expected, 95_000);
  const timed = estimate({ load, stop, warmupRequests: 1, warmupMs: 10_000 });
  assert.deepEqual(timed.calls, { low: 12_001, expected: 12_001, worst: undefined });
  assert.equal(timed.durationMs.expected, 100_000);
  assert.match(timed.assumptions.join(), /before or after what is measured/);
  // From 100/s on, the warm-up has 10 s of that.
  const level = { ...load, stages: [{ from: 100, to: 200, durationMs: 60_000 }] };
  const warm = estimate({ load: level, stop, warmupRequests: 1, warmupMs: 10_000 });
  // 9,000 of the ramp, 6,000 after it, 1,000 and the first request before it.
  assert.deepEqual(warm.calls, { low: 16_001, expected: 16_001, worst: 16_001 });
});

test('arrivals by chance may be more or fewer, the more so the more they cluster', () => {
  const load = { kind: 'open-loop', ratePerSecond: 40, stages: [], maxInFlight: undefined } as const;
  const stop = { requests: undefined, durationMs: 10_000 };
  const spread = (arrival: Load & { kind: 'open-loop' }): readonly (number | undefined)[] => {
    const { low, expected, worst } = estimate({ load: arrival, stop, warmupRequests: 0 }).calls;
    return [low, expected, worst];
  };
  // 400 on the mean: ±10 of a burst; ±4 × √400 by Poisson; 4 × 2 × √400 + 2² for gamma:2.
  assert.deepEqual(spread({ ...load, arrival: 'constant' }), [400, 400, 400]);
  assert.deepEqual(spread({ ...load, arrival: { kind: 'burst', size: 10 } }), [390, 400, 410]);
  assert.deepEqual(spread({ ...load, arrival: 'poisson' }), [320, 400, 480]);
  assert.deepEqual(spread({ ...load, arrival: { kind: 'gamma', cv: 2 } }), [236, 400, 564]);
});
