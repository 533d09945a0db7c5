import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../random.ts';
import { isOverSaturated, type LoadSample, samplesOfWindows } from './saturation.ts';

/** Steady at 10 in flight up to 8 s; from there so many arrive and pile up, evenly, until 16 s. */
const between = (arrivals: number, growth: number): readonly LoadSample[] => [
  { atMs: 0, started: 10, inFlight: 10 },
  { atMs: 8_000, started: 10 + arrivals, inFlight: 10 },
  { atMs: 12_000, started: 10 + 1.5 * arrivals, inFlight: 10 + growth / 2 },
  { atMs: 16_000, started: 10 + 2 * arrivals, inFlight: 10 + growth },
];

test('more than 5 % of the arrivals and 3.5 deviations of them must pile up', () => {
  // 100 arrivals: 5 + 3.5 × √200 = 54.5.
  assert.equal(isOverSaturated(between(100, 54)), false);
  assert.equal(isOverSaturated(between(100, 55)), true);
  // 10,000 arrivals: 500 + 3.5 × √20,000 = 995.0, a little less.
  assert.equal(isOverSaturated(between(10_000, 994)), false);
  assert.equal(isOverSaturated(between(10_000, 995)), true);
});

test('a backlog that runs down is none, and little proves nothing', () => {
  assert.equal(isOverSaturated(between(400, -200)), false);
  assert.equal(isOverSaturated(between(19, 0)), undefined);
  // 81 of 100 not answered: 19 answers.
  assert.equal(isOverSaturated(between(100, 81)), undefined);
  assert.equal(isOverSaturated([]), undefined);
});

test('answers that come faster and faster are those of a load that has not settled', () => {
  // In flight 0 → 40 → 60, arrivals 100: 30 answers, then 70; 1.1 × 30 + 2 × √30 is 44.
  const samples = [
    { atMs: 0, started: 0, inFlight: 0 },
    { atMs: 8_000, started: 100, inFlight: 100 },
    { atMs: 12_000, started: 150, inFlight: 140 },
    { atMs: 16_000, started: 200, inFlight: 140 },
  ];
  assert.equal(isOverSaturated(samples), false);
});

test('seconds become samples of all that started, within the span', () => {
  const window = { completed: 2, failed: 1, good: 2, tokens: 0 };
  const windows = [4, 5, 6].map((inFlight, second) => ({ ...window, second, inFlight }));
  // Ended 3, 6, 9.
  assert.deepEqual(samplesOfWindows(windows, { fromMs: 1_500, toMs: 3_000 }), [
    { atMs: 2_000, started: 11, inFlight: 5 },
    { atMs: 3_000, started: 15, inFlight: 6 },
  ]);
});

interface Server {
  readonly rate: number;
  readonly slots: number;
  readonly serviceS: (random: Random) => number;
}

/** Poisson arrivals from an empty start, each served by the first free of `slots`; a sample a second for a minute. */
function simulate({ rate, slots, serviceS }: Server, seed: number): readonly LoadSample[] {
  const random = createRandom(seed, 'queue');
  const freeAt = new Array<number>(slots).fill(0);
  const requests: { readonly from: number; readonly to: number }[] = [];
  for (let atS = random.exponential() / rate; atS < 60; atS += random.exponential() / rate) {
    const slot = freeAt.indexOf(Math.min(...freeAt));
    const to = Math.max(atS, freeAt[slot] ?? 0) + serviceS(random);
    freeAt[slot] = to;
    requests.push({ from: atS, to });
  }
  return Array.from({ length: 60 }, (_, second) => {
    const started = requests.filter(({ from }) => from <= second + 1);
    return {
      atMs: (second + 1) * 1_000,
      started: started.length,
      inFlight: started.filter(({ to }) => to > second + 1).length,
    };
  });
}

/** How often a look after so many seconds says yes. */
function alarms(server: Server, seconds: readonly number[]): number {
  let count = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const samples = simulate(server, seed);
    if (seconds.some((second) => isOverSaturated(samples.slice(0, second)) === true)) count++;
  }
  return count;
}

const EVERY_SECOND = Array.from({ length: 56 }, (_, index) => index + 5);
const exponential = (random: Random): number => random.exponential();
/** Log-normal of median 2 s and a heavy tail, by the sum of twelve uniforms. */
const heavy = (random: Random): number => {
  let normal = -6;
  for (let draw = 0; draw < 12; draw++) normal += random.next();
  return 2 * Math.exp(0.8 * normal);
};

for (const [what, server] of [
  ['half the limit', { rate: 10, slots: 20, serviceS: exponential }],
  ['no limit, all answers of the same 8 s', { rate: 20, slots: 1_000, serviceS: () => 8 }],
  ['no limit, answers of very different lengths', { rate: 20, slots: 1_000, serviceS: heavy }],
] as const) {
  test(`of a simulated server, looked at every second: ${what} raises no alarm`, () => {
    assert.equal(alarms(server, EVERY_SECOND), 0);
  });
}

for (const [what, rate, after, least] of [
  ['half above the limit, after half a minute', 30, 30, 40],
  ['half above the limit, after a minute', 30, 59, 60],
  ['twice the limit, after 20 s', 40, 20, 58],
] as const) {
  test(`of a simulated server: ${what} raises it in ${least} of 60`, () => {
    const raised = alarms({ rate, slots: 20, serviceS: exponential }, [after]);
    assert.ok(raised >= least, `${raised}`);
  });
}
