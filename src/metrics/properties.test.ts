/** What holds for any samples and any records, tried on many seeded ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildHealth, buildPlan, buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { Load } from '../model/load.ts';
import type { Plan } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import { REQUEST_METRICS } from './catalogue.ts';
import { distributionOf } from './distribution.ts';
import { histogramOf } from './histogram.ts';
import { quantile, sortSamples } from './quantile.ts';
import { createTargetTally, type TargetSummary } from './summary.ts';
import { createWindowTally } from './windows.ts';

const SETTINGS = { seed: 20260101, numRuns: 300 };

const samples = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 40 });
const ratio = fc.double({ min: 0, max: 1, noNaN: true });

/** Whole milliseconds, so that sums are exact in any order. */
const wait = fc.integer({ min: 0, max: 1500 });

interface Shape {
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  readonly startedAtMs: number;
  readonly dispatchDelayMs: number;
  readonly gaps: readonly number[];
  readonly tokensPerEvent: number;
  readonly tailMs: number;
  readonly isReported: boolean;
  readonly isWarmup: boolean;
  readonly promptIndex: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  outcome: fc.constantFrom('completed', 'completed', 'failed', 'cancelled'),
  startedAtMs: fc.integer({ min: 100, max: 5000 }),
  dispatchDelayMs: fc.integer({ min: 0, max: 20 }),
  gaps: fc.array(wait, { maxLength: 6 }),
  tokensPerEvent: fc.integer({ min: 1, max: 4 }),
  tailMs: wait,
  isReported: fc.boolean(),
  isWarmup: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  promptIndex: fc.integer({ min: 0, max: 2 }),
});

const shapes = fc.array(shape, { maxLength: 12 });

const OUTCOMES: Readonly<Record<Shape['outcome'], (id: number) => RequestRecord['outcome']>> = {
  completed: () => ({ kind: 'completed' }),
  cancelled: () => ({ kind: 'cancelled', by: 'end' }),
  failed: (id) => ({
    kind: 'failed',
    failure: {
      kind: id % 2 === 0 ? 'reset' : 'rate-limited',
      message: `request ${id}`,
      status: undefined,
      code: undefined,
      retryAfterMs: undefined,
      excerpt: undefined,
    },
  }),
};

/** A record of that shape, with every time `scale` times as long. */
function recordOf(given: Shape, id: number, scale = 1): RequestRecord {
  const tokenAtMs: number[] = [];
  let atMs = given.startedAtMs;
  for (const gap of given.gaps) {
    atMs += gap;
    tokenAtMs.push(atMs * scale);
  }
  const record = buildStreamedRecord({
    id,
    scheduledAtMs: (given.startedAtMs - given.dispatchDelayMs) * scale,
    startedAtMs: given.startedAtMs * scale,
    tokenAtMs,
    endedAtMs: (atMs + given.tailMs) * scale,
    phase: given.isWarmup ? 'warmup' : 'measure',
    outcome: OUTCOMES[given.outcome](id),
    promptIndex: given.promptIndex,
    promptName: `prompt ${given.promptIndex}`,
    modelAnswered: `model ${id % 3}`,
    usage: {
      ...buildRecord().usage,
      outputTokens: given.isReported ? given.gaps.length * given.tokensPerEvent : undefined,
    },
  });
  const events = record.events.map((event) => ({
    ...event,
    tokens: given.isReported ? given.tokensPerEvent : undefined,
  }));
  return { ...record, events };
}

const OPEN_LOOP: Load = {
  kind: 'open-loop',
  arrival: 'constant',
  ratePerSecond: 2,
  maxInFlight: undefined,
  stages: [],
};

function planOf(scale = 1): Plan {
  return buildPlan({
    load: OPEN_LOOP,
    objectives: [
      { metric: 'ttft', max: 700 * scale },
      { metric: 'stall', max: 900 * scale },
    ],
  });
}

function progressOf(scale = 1): TargetProgress {
  return {
    targetIndex: 0,
    measureStartAtMs: 1000 * scale,
    measureEndAtMs: 5000 * scale,
    drainEndAtMs: undefined,
    dropped: 1,
    threads: [buildHealth({ cpuRatio: 0.5, eventLoopDelayP99Ms: 1 })],
  };
}

function summaryOf(records: readonly RequestRecord[], scale = 1): TargetSummary {
  const tally = createTargetTally(planOf(scale), 0);
  for (const record of records) tally.add(record);
  return tally.summarize(progressOf(scale));
}

function assertNear(actual: number | undefined, expected: number | undefined, what: string): void {
  if (actual === undefined || expected === undefined) assert.equal(actual, expected, what);
  else
    assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${what}: ${actual}, ${expected}`);
}

test('a quantile never falls as q rises', () => {
  fc.assert(
    fc.property(samples, ratio, ratio, (list, a, b) => {
      const sorted = sortSamples(list);
      const low = quantile(sorted, Math.min(a, b));
      const high = quantile(sorted, Math.max(a, b));
      return low !== undefined && high !== undefined && low <= high;
    }),
    SETTINGS,
  );
});

test('a quantile lies between the smallest and the largest sample', () => {
  fc.assert(
    fc.property(samples, ratio, (list, q) => {
      const value = quantile(sortSamples(list), q);
      return value !== undefined && value >= Math.min(...list) && value <= Math.max(...list);
    }),
    SETTINGS,
  );
});

test('the q-quantile has a share q of the gaps between samples below it, and the rest above', () => {
  fc.assert(
    fc.property(samples, ratio, (list, q) => {
      const value = quantile(sortSamples(list), q) ?? Number.NaN;
      const gaps = list.length - 1;
      const below = list.filter((sample) => sample <= value).length;
      const above = list.filter((sample) => sample >= value).length;
      return below >= Math.floor(q * gaps) + 1 && above >= gaps - Math.ceil(q * gaps) + 1;
    }),
    SETTINGS,
  );
});

test('parts of a sample give the same distribution in whatever order they are merged', () => {
  fc.assert(
    fc.property(samples, samples, (left, right) => {
      assert.deepEqual(distributionOf([...left, ...right]), distributionOf([...right, ...left].reverse()));
    }),
    SETTINGS,
  );
});

test('a merged distribution counts all samples and spans both parts', () => {
  fc.assert(
    fc.property(samples, samples, (left, right) => {
      const [a, b] = [distributionOf(left), distributionOf(right)];
      const merged = distributionOf([...left, ...right]);
      assert.equal(merged.n, left.length + right.length);
      assert.equal(merged.min, Math.min(a.min ?? Number.NaN, b.min ?? Number.NaN));
      assert.equal(merged.max, Math.max(a.max ?? Number.NaN, b.max ?? Number.NaN));
      const [low, high] = [a.p50 ?? Number.NaN, b.p50 ?? Number.NaN].sort((x, y) => x - y);
      assert.ok(merged.p50 !== undefined && low !== undefined && high !== undefined);
      assert.ok(
        merged.p50 >= low - 1e-6 && merged.p50 <= high + 1e-6,
        'a merged median lies between those of the parts',
      );
    }),
    SETTINGS,
  );
});

test('a histogram counts every sample once, in bins that touch', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 20 }), (list, count) => {
      const bins = histogramOf(sortSamples(list), count);
      assert.equal(bins.length, count);
      assert.equal(
        bins.reduce((total, bin) => total + bin.count, 0),
        list.length,
      );
      assert.equal(bins.at(0)?.from, Math.min(...list));
      for (const [index, bin] of bins.entries()) assert.ok(index === 0 || bin.from === bins[index - 1]?.to);
    }),
    SETTINGS,
  );
});

test('the order in which records come changes nothing in the summary', () => {
  const shuffled = shapes.chain((list) => {
    const records = list.map((one, id) => recordOf(one, id));
    const reordered = fc.shuffledSubarray(records, { minLength: records.length, maxLength: records.length });
    return reordered.map((other) => [records, other] as const);
  });
  fc.assert(
    fc.property(shuffled, ([records, other]) => {
      assert.deepEqual(summaryOf(other), summaryOf(records));
    }),
    SETTINGS,
  );
});

test('warm-up requests change nothing in the summary', () => {
  fc.assert(
    fc.property(shapes, (list) => {
      const records = list.map((one, id) => recordOf(one, id));
      assert.deepEqual(summaryOf(records), summaryOf(records.filter((record) => record.phase === 'measure')));
    }),
    SETTINGS,
  );
});

test('the windows of two parts add up to those of the whole', () => {
  fc.assert(
    fc.property(shapes, shapes, (left, right) => {
      const tallyOf = (list: readonly Shape[]): ReturnType<typeof createWindowTally> => {
        const tally = createWindowTally();
        for (const one of list) tally.add(recordOf(one, 1), one.outcome === 'completed');
        return tally;
      };
      const untilMs = 30_000;
      const other = tallyOf(right).all(untilMs);
      const sums = tallyOf(left)
        .all(untilMs)
        .map((window, second) => {
          const add = other[second];
          assert.ok(add !== undefined);
          return {
            second,
            completed: window.completed + add.completed,
            failed: window.failed + add.failed,
            good: window.good + add.good,
            tokens: window.tokens + add.tokens,
            inFlight: window.inFlight + add.inFlight,
          };
        });
      assert.deepEqual(tallyOf([...left, ...right]).all(untilMs), sums);
    }),
    SETTINGS,
  );
});

test('windows hold every measured end and every token exactly once', () => {
  fc.assert(
    fc.property(shapes, (list) => {
      const tally = createWindowTally();
      for (const [id, one] of list.entries()) tally.add(recordOf(one, id), false);
      const windows = tally.all(0);
      const total = (of: (window: (typeof windows)[number]) => number): number =>
        windows.reduce((sum, w) => sum + of(w), 0);
      const measured = list.filter((one) => !one.isWarmup);
      assert.equal(
        total((window) => window.completed),
        measured.filter((one) => one.outcome === 'completed').length,
      );
      assert.equal(
        total((window) => window.failed),
        measured.filter((one) => one.outcome === 'failed').length,
      );
      assert.equal(
        total((window) => window.tokens),
        measured.reduce((sum, one) => sum + one.gaps.length * (one.isReported ? one.tokensPerEvent : 1), 0),
      );
    }),
    SETTINGS,
  );
});

test('with all times k times as long latencies are k times as long, and speeds k times as low', () => {
  fc.assert(
    fc.property(shape, fc.double({ min: 0.1, max: 10, noNaN: true }), (one, k) => {
      const [plain, scaled] = [recordOf(one, 1), recordOf(one, 1, k)];
      for (const { id, unit, samples: samplesOf } of REQUEST_METRICS) {
        const before = samplesOf(plain);
        const after = samplesOf(scaled);
        assert.equal(after.length, before.length, id);
        for (const [index, value] of before.entries()) {
          assertNear(after[index], unit === 'ms' ? value * k : value / k, `${id} × ${k}`);
        }
      }
    }),
    SETTINGS,
  );
});

test('with all times and limits k times as long throughput is k times as low, and shares stay', () => {
  fc.assert(
    // Powers of two scale without rounding, so that nothing moves over an edge of the window or a limit.
    fc.property(shapes, fc.constantFrom(0.25, 0.5, 2, 4), (list, k) => {
      const plain = summaryOf(list.map((one, id) => recordOf(one, id)));
      const scaled = summaryOf(
        list.map((one, id) => recordOf(one, id, k)),
        k,
      );
      for (const rates of ['throughput', 'fullThroughput'] as const) {
        for (const rate of ['requestsPerSecond', 'outputTokensPerSecond'] as const) {
          const value = plain[rates][rate];
          assertNear(scaled[rates][rate], value === undefined ? undefined : value / k, `${rates}.${rate}`);
        }
      }
      assertNear(scaled.goodput, plain.goodput === undefined ? undefined : plain.goodput / k, 'goodput');
      assert.deepEqual(
        [scaled.goodRatio, scaled.errorRate, scaled.requests, scaled.tokens],
        [plain.goodRatio, plain.errorRate, plain.requests, plain.tokens],
      );
    }),
    SETTINGS,
  );
});
