import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildHealth, buildPlan, buildStreamedRecord } from '../../test/support/record-builder.ts';
import type { Load } from '../model/load.ts';
import type { RunState } from '../model/run.ts';
import { curvesOf, DEFAULT_LATENCY, type SweepStep } from './load-curve.ts';
import { createTargetTally } from './summary.ts';

interface Shape {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  /** Requests, one a `gapMs`, each taking `e2eMs`. */
  readonly gapMs: number;
  readonly e2eMs: number;
  readonly state?: RunState;
  readonly isSlow?: boolean;
  readonly load?: Load;
}

// Clients that pause: these requests come as they are wanted, not as fast as answers let them.
const CLOSED: Load = { kind: 'closed-loop', concurrency: 1, requestDelayMs: 1, stages: [] };

function stepOf({ step, values, gapMs, e2eMs, state = 'completed', isSlow = false, load = CLOSED }: Shape): SweepStep {
  const plan = buildPlan({ load, warmupRequests: 1 });
  const tally = createTargetTally(plan, 0);
  for (let index = 0; index * gapMs < 10_000; index++) {
    const startedAtMs = index * gapMs;
    tally.add(
      buildStreamedRecord({
        id: index,
        startedAtMs,
        ...(load.kind === 'closed-loop' ? {} : { scheduledAtMs: startedAtMs }),
        tokenAtMs: [startedAtMs + e2eMs / 2, startedAtMs + e2eMs],
        endedAtMs: startedAtMs + e2eMs,
      }),
    );
  }
  const summary = tally.summarize({
    targetIndex: 0,
    measureStartAtMs: 0,
    measureEndAtMs: 10_000,
    drainEndAtMs: 10_000,
    dropped: 0,
    threads: [buildHealth({ cpuRatio: isSlow ? 0.99 : 0.1, eventLoopDelayP99Ms: 1 })],
  });
  const group = { id: 'g', kind: 'sweep', step, steps: undefined, values, asked: {} } as const;
  return { runId: `g.${step}`, group, plan, state, targets: [summary] };
}

const along = { axes: ['concurrency'], latency: DEFAULT_LATENCY };

/** 1, 2, 4 and 8 requests a second in no time, then 10 a second in a long one. */
const STEPS: readonly SweepStep[] = [
  stepOf({ step: 1, values: { concurrency: 1 }, gapMs: 1_000, e2eMs: 100 }),
  stepOf({ step: 2, values: { concurrency: 2 }, gapMs: 500, e2eMs: 100 }),
  stepOf({ step: 3, values: { concurrency: 4 }, gapMs: 250, e2eMs: 100 }),
  stepOf({ step: 4, values: { concurrency: 8 }, gapMs: 125, e2eMs: 110 }),
  stepOf({ step: 5, values: { concurrency: 16 }, gapMs: 100, e2eMs: 1_000 }),
];

test('a curve goes upwards along its axis, and its knee is among its points', () => {
  const [curve, ...others] = curvesOf(STEPS.toReversed(), along);
  assert.ok(curve !== undefined && others.length === 0);
  assert.deepEqual(
    curve.points.map(({ step, latencyMs }) => [step.group.values['concurrency'], latencyMs]),
    [
      [1, 100],
      [2, 100],
      [4, 100],
      [8, 110],
      [16, 1_000],
    ],
  );
  assert.equal(curve.knee.kind === 'found' ? curve.knee.point.step.runId : '', 'g.4');
});

test('a step whose client is invalid, or that was broken off, has no part in the knee', () => {
  const slow = stepOf({ step: 4, values: { concurrency: 8 }, gapMs: 125, e2eMs: 110, isSlow: true });
  const broken = stepOf({ step: 4, values: { concurrency: 8 }, gapMs: 125, e2eMs: 110, state: 'interrupted' });
  for (const step of [slow, broken]) {
    const [curve] = curvesOf([...STEPS.slice(0, 3), step, ...STEPS.slice(4)], along);
    assert.equal(curve?.points.length, 5);
    assert.equal(curve?.knee.kind === 'found' ? curve.knee.point.step.runId : '', 'g.3');
  }
  const [few] = curvesOf([slow, ...STEPS.slice(0, 3)], along);
  assert.deepEqual(few?.knee, { kind: 'none', reason: 'few-points' });
});

test('the last axis goes along the curve, and there is one for each value of the others', () => {
  const values = [
    { out: 8, concurrency: 1 },
    { out: 8, concurrency: 2 },
    { out: 9, concurrency: 1 },
  ];
  const steps = values.map((each, index) => stepOf({ step: index + 1, values: each, gapMs: 500, e2eMs: 10 }));
  const curves = curvesOf(steps, { axes: ['out', 'concurrency'], latency: DEFAULT_LATENCY });
  assert.deepEqual(
    curves.map(({ held, points }) => [held, points.map(({ step }) => step.runId)]),
    [
      [{ out: 8 }, ['g.1', 'g.2']],
      [{ out: 9 }, ['g.3']],
    ],
  );
});

test('an open loop counts latency from the schedule, and tells when requests pile up', () => {
  const load: Load = { kind: 'open-loop', arrival: 'constant', ratePerSecond: 20, maxInFlight: undefined, stages: [] };
  const steady = stepOf({ step: 1, values: { rate: 20 }, gapMs: 50, e2eMs: 400, load });
  const latency = { metric: 'ttft', statistic: 'p95' } as const;
  const [curve] = curvesOf([steady], { axes: ['rate'], latency });
  assert.deepEqual([curve?.points[0]?.latencyMs, curve?.points[0]?.isOverSaturated], [200, false]);
  const closed = curvesOf([STEPS[0] as SweepStep], along)[0]?.points[0];
  assert.equal(closed?.isOverSaturated, undefined);
});
