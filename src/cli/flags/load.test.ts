import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../errors.ts';
import type { Load, TimeLaw } from '../../model/load.ts';
import { durationOfLoad, readCancellation, readLoad, readWarmup } from './load.ts';
import type { PlanFlags } from './run-flags.ts';

type LoadFlags = Partial<PlanFlags>;

const flagsOf = (flags: LoadFlags): PlanFlags => ({ stream: true, ...flags });

function refusal(ask: () => unknown): AppError {
  try {
    ask();
  } catch (error) {
    assert.ok(error instanceof AppError);
    return error;
  }
  return assert.fail('it was taken');
}

const OPEN = {
  kind: 'open-loop',
  arrival: 'constant',
  ratePerSecond: 50,
  stages: [],
  maxInFlight: undefined,
} as const satisfies Load;
const CLOSED = { kind: 'closed-loop', concurrency: 1, stages: [], requestDelayMs: 0 } as const satisfies Load;
const RAMP = [{ from: 0, to: 200, durationMs: 60_000 }];

const LOADS: readonly (readonly [LoadFlags, Load])[] = [
  [{}, CLOSED],
  [{ rate: '50' }, OPEN],
  [
    { rate: '50', arrival: 'gamma:2.5' },
    { ...OPEN, arrival: { kind: 'gamma', cv: 2.5 } },
  ],
  [
    { rate: '50', arrival: 'burst' },
    { ...OPEN, arrival: { kind: 'burst', size: 10 } },
  ],
  [
    { rate: '50', arrival: 'burst:32' },
    { ...OPEN, arrival: { kind: 'burst', size: 32 } },
  ],
  [{ ramp: '0..200/60s' }, { ...OPEN, ratePerSecond: 200, stages: RAMP }],
  [
    { ramp: '0..200/60s', rate: '200' },
    { ...OPEN, ratePerSecond: 200, stages: RAMP },
  ],
  [{ ramp: 'rate=0..200/1m' }, { ...OPEN, ratePerSecond: 200, stages: RAMP }],
  [{ ramp: 'concurrency=0..200/60' }, { ...CLOSED, concurrency: 200, stages: RAMP }],
  [
    { ramp: '0..200/60s', concurrency: '200' },
    { ...CLOSED, concurrency: 200, stages: RAMP },
  ],
  [
    { ramp: '9..2.5/500ms', arrival: 'poisson', maxInFlight: '7' },
    {
      kind: 'open-loop',
      arrival: 'poisson',
      ratePerSecond: 2.5,
      stages: [{ from: 9, to: 2.5, durationMs: 500 }],
      maxInFlight: 7,
    },
  ],
  [
    { stage: ['rate=50,duration=30s', 'duration=1m, rate=10..50'] },
    {
      ...OPEN,
      stages: [
        { from: 50, to: 50, durationMs: 30_000 },
        { from: 10, to: 50, durationMs: 60_000 },
      ],
    },
  ],
  [
    { stage: ['concurrency=8,duration=20s', 'concurrency=8..0,duration=4s'], requestDelay: '1s' },
    {
      kind: 'closed-loop',
      concurrency: 0,
      stages: [
        { from: 8, to: 8, durationMs: 20_000 },
        { from: 8, to: 0, durationMs: 4_000 },
      ],
      requestDelayMs: 1_000,
    },
  ],
];

for (const [flags, load] of LOADS) {
  test(`${JSON.stringify(flags)} is that load`, () => assert.deepEqual(readLoad(flagsOf(flags)), load));
}

test('prompts with times of arrival are a trace, as fast as asked', () => {
  assert.deepEqual(readLoad(flagsOf({}), true), { kind: 'trace', speed: 1, maxInFlight: undefined });
  assert.deepEqual(readLoad(flagsOf({ speed: '2.5', maxInFlight: '9' }), true), {
    kind: 'trace',
    speed: 2.5,
    maxInFlight: 9,
  });
});

for (const [flags, message] of [
  [{ rate: '5', concurrency: '5' }, '--concurrency cannot stand beside --rate'],
  [{ rate: '5', requestDelay: '1s' }, '--request-delay cannot stand beside --rate'],
  [{ ramp: '0..5/1s', requestDelay: '1s' }, '--request-delay cannot stand beside --ramp'],
  [{ concurrency: '2', arrival: 'poisson' }, '--arrival cannot stand beside --concurrency'],
  [{ ramp: 'concurrency=1..2/1s', maxInFlight: '3' }, '--max-in-flight cannot stand beside --ramp concurrency=…'],
  [{ rate: '5', ramp: '0..200/60s' }, '--rate 5 cannot stand beside --ramp 0..200/60s'],
  [{ rate: '200', ramp: 'concurrency=0..200/60s' }, '--rate 200 cannot stand beside --ramp concurrency=0..200/60s'],
  [{ stage: ['rate=5,duration=1s'], rate: '5' }, '--stage cannot stand beside --rate'],
  [{ stage: ['rate=5,duration=1s'], ramp: '0..5/1s' }, '--stage cannot stand beside --ramp'],
  [{ stage: ['rate=5,duration=1s'], duration: '5s' }, '--stage cannot stand beside --duration'],
  [
    { stage: ['rate=5,duration=1s', 'concurrency=5,duration=1s'] },
    '--stage rate=… cannot stand beside --stage concurrency=…',
  ],
] as const) {
  test(`${JSON.stringify(flags)}: ${message}`, () => {
    const { code, message: said } = refusal(() => readLoad(flagsOf(flags)));
    assert.deepEqual([code, said], ['FLAGS_CONFLICT', message]);
  });
}

test('a speed needs a trace', () => {
  const { code, message } = refusal(() => readLoad(flagsOf({ speed: '2' })));
  assert.deepEqual([code, message], ['FLAG_MISSING', '--trace is missing']);
});

for (const name of ['rate', 'concurrency', 'arrival', 'ramp', 'requestDelay', 'cooldown'] as const) {
  test(`${name} makes no sense beside a trace`, () => {
    assert.equal(refusal(() => readLoad(flagsOf({ [name]: '1' }), true)).code, 'FLAGS_CONFLICT');
  });
}

for (const [flags, start] of [
  [{ rate: '5', arrival: 'pareto' }, '--arrival: "pareto" is not constant, poisson, gamma:CV or burst:N'],
  [{ rate: '5', arrival: 'poisson:2' }, '--arrival: "poisson:2" is not'],
  [{ rate: '5', arrival: 'gamma' }, '--arrival: gamma needs the coefficient of variation'],
  [{ rate: '5', arrival: 'gamma:0' }, '--arrival gamma: "0" is not a number above 0'],
  [{ rate: '5', arrival: 'gamma:21' }, '--arrival: a coefficient of variation of 21 is above 20'],
  [{ rate: '5', arrival: 'burst:0' }, '--arrival burst: "0" is not a whole number from 1'],
  [{ ramp: '0..5' }, '--ramp: "0..5" is not like'],
  [{ ramp: '5/1s' }, '--ramp: "5/1s" is not like'],
  [{ ramp: '5..5/1s' }, '--ramp: "5..5/1s" stays where it is; write --rate 5'],
  [{ ramp: '0..5/0s' }, '--ramp: must be above 0'],
  [{ ramp: '-1..5/1s' }, '--ramp: "-1..5" is neither'],
  [{ ramp: 'concurrency=1..2.5/1s' }, '--ramp: "1..2.5": clients are whole numbers'],
  [{ stage: ['rate=5'] }, '--stage: "rate=5" is not like'],
  [{ stage: ['duration=5s'] }, '--stage: "duration=5s" is not like'],
  [{ stage: ['rate=5,duration=1s,duration=2s'] }, '--stage: "rate=5,duration=1s,duration=2s" is not like'],
  [{ stage: ['rate=5,concurrency=2,duration=1s'] }, '--stage: "rate=5,concurrency=2,duration=1s" is not like'],
  [{ stage: ['rate=x,duration=1s'] }, '--stage: "x" is neither a rate nor a range like 10..50'],
  [{ stage: ['rate=5,duration=soon'] }, '--stage: "soon" is not a duration'],
  [{ stage: ['rate=0,duration=1s'] }, '--stage: at 0 nothing is ever sent'],
] as const) {
  test(`${JSON.stringify(flags)} is refused: ${start}`, () => {
    const { code, message } = refusal(() => readLoad(flagsOf(flags)));
    assert.equal(code, 'FLAG_INVALID');
    assert.ok(message.startsWith(start), message);
  });
}

for (const [load, isCounted, durationMs] of [
  [OPEN, false, undefined],
  [{ ...OPEN, stages: RAMP }, false, 60_000],
  [{ ...OPEN, stages: RAMP }, true, undefined],
  [{ ...OPEN, ratePerSecond: 0, stages: RAMP }, true, 60_000], // Or it would wait for its last requests for ever.
  [{ kind: 'trace', speed: 1, maxInFlight: undefined }, false, undefined],
] as const) {
  test(`${JSON.stringify(load)}${isCounted ? ', counted,' : ''} lasts ${durationMs} ms by itself`, () => {
    assert.equal(durationOfLoad(load, isCounted), durationMs);
  });
}

for (const [warmup, plan] of [
  [undefined, { warmupRequests: 1, warmupMs: undefined }],
  ['0', { warmupRequests: 0, warmupMs: undefined }],
  ['20', { warmupRequests: 20, warmupMs: undefined }],
  ['10s', { warmupRequests: 1, warmupMs: 10_000 }],
  ['500ms', { warmupRequests: 1, warmupMs: 500 }],
] as const) {
  test(`a warm-up of ${warmup}`, () => {
    assert.deepEqual(readWarmup(flagsOf(warmup === undefined ? {} : { warmup })), plan);
  });
}

for (const warmup of ['-1', 'some', '0s', '1.5', '10 parsecs']) {
  test(`a warm-up of ${warmup} is refused`, () => {
    assert.equal(refusal(() => readWarmup(flagsOf({ warmup }))).code, 'FLAG_INVALID');
  });
}

const CANCELLATIONS: readonly (readonly [string, number, TimeLaw])[] = [
  ['0.1', 0.1, { kind: 'constant', ms: 500 }],
  ['10%:2s', 0.1, { kind: 'constant', ms: 2_000 }],
  ['1:0ms', 1, { kind: 'constant', ms: 0 }],
  ['0.25:200ms..2s', 0.25, { kind: 'uniform', fromMs: 200, toMs: 2_000 }],
  ['0.25:1s±300ms', 0.25, { kind: 'normal', meanMs: 1_000, deviationMs: 300 }],
  ['0.25:1s+-300ms', 0.25, { kind: 'normal', meanMs: 1_000, deviationMs: 300 }],
];

for (const [text, ratio, after] of CANCELLATIONS) {
  test(`--cancel-rate ${text}`, () => assert.deepEqual(readCancellation(text, '--cancel-rate'), { ratio, after }));
}

for (const text of ['0', '1.5', '101%', 'some', '0.1:', '0.1:soon', '0.1:2s..1s', '']) {
  test(`--cancel-rate "${text}" is refused`, () => {
    const { code, message } = refusal(() => readCancellation(text, '--cancel-rate'));
    assert.equal(code, 'FLAG_INVALID');
    assert.ok(message.startsWith('--cancel-rate: '));
  });
}
