import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseOf, uniformOf } from '../../test/support/noise.ts';
import { buildPlan, buildRecord, buildStreamedRecord } from '../../test/support/record-builder.ts';
import { compareTargets, DEFAULT_MIN_EFFECT, type MetricComparison } from './comparison.ts';
import { createSampleTally, type TargetSamples } from './target-samples.ts';

const RULES = { minEffect: DEFAULT_MIN_EFFECT, random: uniformOf(1) };

function samplesOf(
  series: Readonly<Record<string, readonly number[]>>,
  counts: Partial<TargetSamples> = {},
): TargetSamples {
  const n = Math.max(0, ...Object.values(series).map((values) => values.length));
  return {
    series: new Map(Object.entries(series)),
    started: n,
    completed: n,
    failed: 0,
    meanCostUsd: undefined,
    meanOutputTokens: undefined,
    ...counts,
  };
}

function find(rows: readonly MetricComparison[], id: string): MetricComparison {
  const row = rows.find((one) => one.id === id);
  assert.ok(row !== undefined, `${id} in ${rows.map((one) => one.id).join(' ')}`);
  return row;
}

/** TTFTs around 300 ms whose logarithm spreads by `spread`. */
function ttfts(noise: () => number, n: number, { factor = 1, spread = 0.25 } = {}): readonly number[] {
  return Array.from({ length: n }, () => 300 * factor * Math.exp(spread * noise()));
}

function compareTtft(a: readonly number[], b: readonly number[]): readonly MetricComparison[] {
  return compareTargets(samplesOf({ ttft: a }), samplesOf({ ttft: b }), RULES);
}

test('2,000 comparisons of equal runs call a regression of anything in less than 5 %', () => {
  const noise = noiseOf(11);
  let regressed = 0;
  for (let trial = 0; trial < 2_000; trial++) {
    const rows = compareTtft(ttfts(noise, 80), ttfts(noise, 80));
    if (rows.some((row) => row.verdict === 'regressed')) regressed++;
  }
  assert.ok(regressed < 100, `${regressed} of 2,000`);
});

test('a shift of 10 % with 400 samples is found in more than 95 %', () => {
  const noise = noiseOf(12);
  const trials = 300;
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const rows = compareTtft(ttfts(noise, 400), ttfts(noise, 400, { factor: 1.1 }));
    if (find(rows, 'ttft.p50').verdict === 'regressed') found++;
  }
  assert.ok(found > 0.95 * trials, `${found} of ${trials}`);
});

test('equal runs whose requests depend on each other are no regression either', () => {
  const noise = noiseOf(13);
  const drifting = (): readonly number[] => {
    let level = noise();
    return Array.from({ length: 300 }, () => {
      level = 0.9 * level + Math.sqrt(0.19) * noise();
      return 300 * Math.exp(0.2 * level);
    });
  };
  let regressed = 0;
  for (let trial = 0; trial < 300; trial++) {
    if (compareTtft(drifting(), drifting()).some((row) => row.verdict === 'regressed')) regressed++;
  }
  assert.ok(regressed < 15, `${regressed} of 300`);
});

test('the interval of a change covers the true one', () => {
  const noise = noiseOf(14);
  for (const n of [30, 300]) {
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const { relativeInterval } = find(
        compareTtft(ttfts(noise, n), ttfts(noise, n, { factor: 1.2, spread: 0.4 })),
        'ttft.p50',
      );
      if (relativeInterval !== undefined && relativeInterval.low <= 0.2 && relativeInterval.high >= 0.2) covered++;
    }
    // 95 % less three standard errors of 400 trials.
    assert.ok(covered >= 400 * 0.917, `n ${n}: ${covered} of 400`);
  }
});

test('direction comes from the catalogue', () => {
  const noise = noiseOf(15);
  const slow = ttfts(noise, 400);
  const fast = slow.map((value) => value * 0.7);
  const rows = compareTargets(
    samplesOf({ ttft: slow, tokensPerSecond: fast }),
    samplesOf({ ttft: fast, tokensPerSecond: slow }),
    RULES,
  );
  assert.equal(find(rows, 'ttft.p50').verdict, 'improved');
  assert.equal(find(rows, 'tokensPerSecond.p50').verdict, 'improved');
  const back = compareTargets(samplesOf({ tokensPerSecond: slow }), samplesOf({ tokensPerSecond: fast }), RULES);
  assert.equal(find(back, 'tokensPerSecond.p50').verdict, 'regressed');
});

test('a sure change below the smallest effect is none', () => {
  const noise = noiseOf(16);
  const a = ttfts(noise, 20_000, { spread: 0.1 });
  const b = ttfts(noise, 20_000, { spread: 0.1, factor: 1.02 });
  const row = find(compareTtft(a, b), 'ttft.p50');
  assert.equal(row.verdict, 'no-change');
  assert.ok((row.adjustedP ?? 1) < 0.001);
  const strict = compareTargets(samplesOf({ ttft: a }), samplesOf({ ttft: b }), { ...RULES, minEffect: 0.01 });
  assert.equal(find(strict, 'ttft.p50').verdict, 'regressed');
});

test('a median that moved too little, of requests that moved enough as a whole, says so', () => {
  // 100 to 199.75 ms in no order; all become 12 ms slower, but those near the median less.
  const a = Array.from({ length: 400 }, (_, index) => 100 + ((index * 37) % 400) * 0.25);
  const b = a.map((value) => value + 12 - 5.6 * Math.exp(-(((value - 150) / 20) ** 2)));
  const row = find(compareTtft(a, b), 'ttft.p50');
  assert.equal(row.verdict, 'regressed');
  assert.ok((row.relative ?? 1) < 0.05);
  assert.match(row.reason ?? '', /^the median moved less, but the requests as a whole by \d/);
});

test('too few samples: inconclusive, with what it would take', () => {
  const noise = noiseOf(17);
  const [a, b] = [ttfts(noise, 40), ttfts(noise, 40)];
  const rows = compareTargets(
    samplesOf({ ttft: a }, { meanCostUsd: 0.002 }),
    samplesOf({ ttft: b }, { meanCostUsd: 0.004 }),
    RULES,
  );
  const median = find(rows, 'ttft.p50');
  assert.equal(median.verdict, 'inconclusive');
  const samples = median.needed?.samples ?? 0;
  assert.ok(samples > 200 && samples < 5_000, String(samples));
  assert.ok(Math.abs((median.needed?.usd ?? 0) - (samples - 40) * 0.006) < 1e-9);
  // No interval of a p95 rests on 40 samples.
  const tail = find(rows, 'ttft.p95');
  assert.equal(tail.relativeInterval, undefined);
  assert.equal(tail.needed?.samples, 72);
});

test('constant values: equal is no change, another one a change', () => {
  const same = Array.from({ length: 30 }, () => 100);
  assert.equal(find(compareTtft(same, same), 'ttft.p50').verdict, 'no-change');
  const other = same.map(() => 110);
  assert.equal(find(compareTtft(same, other), 'ttft.p50').verdict, 'regressed');
  assert.equal(find(compareTtft(same, other), 'ttft.p50').relative?.toFixed(12), '0.100000000000');
});

test('error rates are judged by the difference, in percentage points', () => {
  const counts = (failed: number): TargetSamples =>
    samplesOf({}, { started: 1_000, completed: 1_000 - failed, failed });
  const verdict = (a: number, b: number): string =>
    find(compareTargets(counts(a), counts(b), RULES), 'errorRate').verdict;
  assert.equal(verdict(0, 40), 'regressed');
  assert.equal(verdict(40, 0), 'improved');
  // Twice as many, but not by a percentage point.
  assert.equal(verdict(1, 2), 'no-change');
  assert.equal(verdict(0, 0), 'no-change');
  assert.equal(verdict(50, 62), 'inconclusive');
});

test('cost is compared by its mean; a free run stays free', () => {
  const noise = noiseOf(18);
  const cost = (factor: number): readonly number[] =>
    Array.from({ length: 200 }, () => factor * (0.01 + 0.001 * noise()));
  const rows = compareTargets(samplesOf({ cost: cost(1) }), samplesOf({ cost: cost(1.3) }), RULES);
  assert.equal(find(rows, 'cost.mean').verdict, 'regressed');
  const free = Array.from({ length: 200 }, () => 0);
  const none = compareTargets(samplesOf({ cost: free }), samplesOf({ cost: free }), RULES);
  assert.equal(find(none, 'cost.mean').verdict, 'no-change');
});

test('a metric that only one side has is inconclusive, one that neither has is not there', () => {
  const noise = noiseOf(19);
  const rows = compareTargets(samplesOf({ ttft: ttfts(noise, 50) }), samplesOf({}), RULES);
  assert.equal(find(rows, 'ttft.p50').reason, 'B has no samples of it');
  assert.equal(
    rows.some((row) => row.metric === 'e2e'),
    false,
  );
});

test('in open loop TTFT and E2E count from schedule', () => {
  const noise = noiseOf(20);
  const side = samplesOf({ ttft: ttfts(noise, 20), ttftScheduled: ttfts(noise, 20) });
  assert.deepEqual(
    compareTargets(side, side, RULES).map((row) => row.id),
    ['ttftScheduled.p50', 'ttftScheduled.p95', 'errorRate'],
  );
});

test('samples are gathered in the order of starts, without warm-up and without pooled gaps', () => {
  const tally = createSampleTally(buildPlan(), 0);
  tally.add(buildStreamedRecord({ id: 3, startedAtMs: 50, tokenAtMs: [80, 90], endedAtMs: 90 }));
  tally.add(buildStreamedRecord({ id: 1, startedAtMs: 10, tokenAtMs: [20, 45, 55], endedAtMs: 55 }));
  tally.add(buildRecord({ id: 2, phase: 'warmup' }));
  tally.add(buildRecord({ id: 4, outcome: { kind: 'cancelled', by: 'end' } }));
  const samples = tally.samples();
  assert.deepEqual(samples.series.get('ttft'), [10, 30]);
  assert.equal(samples.series.has('tbt'), false);
  assert.deepEqual([samples.started, samples.completed, samples.failed], [3, 2, 0]);
  assert.equal(samples.meanOutputTokens, 2.5);
});

/** Values in no order, so that neighbours are no more alike than others. */
function mixed(parts: readonly (readonly [number, number])[]): readonly number[] {
  const all = parts.flatMap(([count, value]) => Array.from({ length: count }, (_, index) => value + index / 1_000));
  return all.map((_, index) => all[(index * 137) % all.length] as number);
}

test('a median that moves against the whole decides nothing', () => {
  // The median rises from 100 to 120, but in two of three pairs the request of B is the faster.
  const a = mixed([
    [160, 90],
    [80, 100],
    [160, 300],
  ]);
  const b = mixed([
    [180, 80],
    [220, 120],
  ]);
  const row = find(compareTtft(a, b), 'ttft.p50');
  assert.ok((row.relative ?? 0) > 0.15 && (row.adjustedP ?? 1) < 0.001 && (row.shift?.value ?? 0) < 0);
  assert.equal(row.verdict, 'inconclusive');
});

test('no change takes an interval that is within the limit on both sides', () => {
  const level = (value: number, width: number): readonly number[] =>
    Array.from({ length: 100 }, (_, index) => value + (((index * 37) % 100) - 49.5) * width);
  const of = (b: readonly number[]): MetricComparison => find(compareTtft(level(100, 0.4), b), 'ttft.p50');
  const lower = of(level(97, 0.4));
  assert.ok((lower.relativeInterval?.low ?? 0) < -0.05 && (lower.relativeInterval?.high ?? 1) < 0.05);
  assert.equal(lower.verdict, 'inconclusive');
  const higher = of(level(103, 0.4));
  assert.ok((higher.relativeInterval?.low ?? -1) > -0.05 && (higher.relativeInterval?.high ?? 0) > 0.05);
  assert.equal(higher.verdict, 'inconclusive');
});
