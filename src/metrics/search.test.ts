import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRandom, type Random } from '../random.ts';
import { serialDependence } from './dependence.ts';
import { fewestToBeSure, standingOf } from './level-evidence.ts';
import {
  concludeSearch,
  type Move,
  nextMove,
  type SearchConclusion,
  type SearchOptions,
  type Trial,
} from './search.ts';

const P95 = { text: 'ttft.p95 ≤ 500 ms', allowed: 0.05 };

const OPTIONS: SearchOptions = {
  from: 1,
  to: undefined,
  isWhole: false,
  precision: 0.05,
  looks: 3,
  maxSteps: 60,
  rules: [P95],
};

/** So many of 1,000 requests missed: below 35 surely kept, above 66 surely missed. */
const of1000 = (level: number, misses: number): Trial => ({
  level,
  kind: 'measured',
  evidence: [{ n: 1_000, misses, dependence: 1 }],
});

interface Walk {
  readonly moves: readonly string[];
  readonly trials: readonly Trial[];
  readonly conclusion: SearchConclusion;
}

/** Follows a search to its end; `answer` is what a level gives the n-th time it is tried. */
function walk(options: SearchOptions, answer: (level: number, look: number) => Trial): Walk {
  const trials: Trial[] = [];
  const moves: string[] = [];
  for (;;) {
    const move: Move = nextMove(trials, options);
    if (move.kind === 'done') return { moves, trials, conclusion: move.conclusion };
    moves.push(`${move.reason} ${move.level}`);
    trials.push(answer(move.level, trials.filter(({ level }) => level === move.level).length + 1));
  }
}

const clear =
  (edge: number) =>
  (level: number): Trial =>
    of1000(level, level <= edge ? 0 : 500);

describe('without noise', () => {
  test('it climbs by doubling, then bisects by the geometric mean, and looks once where all is clear', () => {
    const { moves, conclusion } = walk(OPTIONS, clear(10));
    assert.deepEqual(moves, [
      'first 1',
      'climb 2',
      'climb 4',
      'climb 8',
      'climb 16',
      'bisect 11.3', // √(8 × 16)
      'bisect 9.51', // √(8 × 11.3)
      'bisect 10.4', // √(9.51 × 11.3)
      'bisect 9.95', // √(9.51 × 10.4); 10.4 ÷ 9.95 is 1.045
    ]);
    const { kind, kept, missed, surelyKept, surelyMissed } = conclusion;
    assert.deepEqual([kind, kept, missed, surelyKept, surelyMissed], ['found', 9.95, 10.4, 9.95, 10.4]);
  });

  test('whole levels end side by side', () => {
    const { moves, conclusion } = walk({ ...OPTIONS, isWhole: true, precision: 0 }, clear(11));
    assert.deepEqual(moves.slice(4), ['climb 16', 'bisect 11', 'bisect 13', 'bisect 12']);
    assert.deepEqual([conclusion.kind, conclusion.kept, conclusion.missed], ['found', 11, 12]);
  });

  test('the highest level allowed may be kept: the edge is open', () => {
    const { moves, conclusion } = walk({ ...OPTIONS, to: 10 }, clear(100));
    assert.deepEqual(moves.slice(-2), ['climb 8', 'climb 10']);
    assert.deepEqual([conclusion.kind, conclusion.kept, conclusion.missed], ['open', 10, undefined]);
  });

  test('the lowest may already miss', () => {
    const { moves, conclusion } = walk(OPTIONS, clear(0.5));
    assert.deepEqual([moves, conclusion.kind, conclusion.surelyMissed], [['first 1'], 'none', 1]);
  });

  test('an overloaded level is missed without another look', () => {
    const { conclusion } = walk(OPTIONS, (level) =>
      level <= 10 ? of1000(level, 0) : { level, kind: 'overloaded', evidence: [{ n: 3, misses: 0, dependence: 1 }] },
    );
    assert.deepEqual([conclusion.kind, conclusion.kept, conclusion.surelyMissed], ['found', 9.95, 10.4]);
  });

  test('steps may run out', () => {
    const { moves, conclusion } = walk({ ...OPTIONS, maxSteps: 5 }, clear(10));
    assert.equal(moves.length, 5);
    assert.deepEqual([conclusion.kind, conclusion.kept, conclusion.missed], ['unfinished', 8, 16]);
  });
});

describe('a client that is the limit', () => {
  const weak = (level: number): Trial => (level <= 10 ? of1000(level, 0) : { level, kind: 'void', evidence: [] });

  test('is never counted as the server’s: it is asked again, then said', () => {
    const { moves, conclusion } = walk(OPTIONS, weak);
    assert.deepEqual(moves.slice(4, 8), ['climb 16', 'repeat 16', 'repeat 16', 'bisect 11.3']);
    const { kind, kept, missed, surelyMissed } = conclusion;
    assert.deepEqual([kind, kept, missed, surelyMissed], ['client', 9.95, undefined, undefined]);
  });

  test('a disturbance that passes is forgotten', () => {
    const { moves, conclusion } = walk(OPTIONS, (level, look) =>
      level === 16 && look === 1 ? { level, kind: 'void', evidence: [] } : clear(10)(level),
    );
    assert.deepEqual(moves.slice(4, 7), ['climb 16', 'repeat 16', 'bisect 11.3']);
    assert.equal(conclusion.kind, 'found');
  });

  test('may not even drive the lowest level', () => {
    const { moves, conclusion } = walk(OPTIONS, (level) => ({ level, kind: 'void', evidence: [] }));
    assert.deepEqual([moves, conclusion.kind], [['first 1', 'repeat 1', 'repeat 1'], 'unmeasured']);
  });
});

describe('with noise', () => {
  test('levels at the edge are repeated until they are sure', () => {
    // P(X ≤ 40) of 1,000 is 0.081, P(X ≤ 80) of 2,000 is 0.020, P(X ≤ 120) of 3,000 is 0.0055: below 0.025 ÷ 3 at last.
    const { moves, conclusion } = walk(OPTIONS, (level) => of1000(level, level <= 10 ? 40 : 500));
    assert.deepEqual(moves.slice(9), ['repeat 9.95', 'repeat 9.95']);
    assert.deepEqual([conclusion.kept, conclusion.surelyKept], [9.95, 9.95]);
  });

  test('a level that turns out otherwise opens the search again', () => {
    // At 11.3 the first look has bad luck: 52 of 1,000 miss, then 30 and 30.
    const { moves, conclusion } = walk(OPTIONS, (level, look) => {
      if (level === 11.3) return of1000(level, look === 1 ? 52 : 30);
      return clear(12)(level);
    });
    assert.ok(moves.indexOf('repeat 11.3') > 0);
    assert.deepEqual(
      [conclusion.kind, (conclusion.kept ?? 0) > 11.3, (conclusion.missed ?? 99) < 12.7],
      ['found', true, true],
    );
  });

  test('an edge that stays unsure is reached from sure levels on both sides', () => {
    // Between 9 and 12 nobody can tell: exactly 5 % miss.
    const { conclusion } = walk(OPTIONS, (level) =>
      of1000(level, level < 9 ? 0 : level > 12 ? 500 : level <= 10 ? 50 : 51),
    );
    const { surelyKept = 0, surelyMissed = 0, kept = 0, missed = 0 } = conclusion;
    assert.ok(surelyKept === 8 && surelyMissed === 16, `${surelyKept} ${surelyMissed}`);
    assert.ok(kept >= 9 && missed <= 11.3 && kept < missed);
  });
});

test('a rule is kept surely when so few misses are rare at its limit', () => {
  // 0.95^94 = 0.00805 and 0.95^93 = 0.00848: below 0.025 ÷ 3 = 0.00833.
  assert.equal(fewestToBeSure(P95, 3), 94);
  const sure = (n: number, misses: number, dependence = 1): boolean =>
    standingOf(P95, [{ n, misses, dependence }], 3).isSure;
  assert.deepEqual([sure(93, 0), sure(94, 0)], [false, true]);
  // Requests that depend on each other are worth fewer.
  assert.deepEqual([sure(188, 0, 2), sure(186, 0, 2)], [true, false]);
  const { state, share } = standingOf(P95, [{ n: 60, misses: 3, dependence: 1 }], 3);
  assert.deepEqual([state, share], ['kept', 0.05]);
  assert.equal(standingOf(P95, [{ n: 60, misses: 4, dependence: 1 }], 3).state, 'missed');
  assert.equal(standingOf(P95, [], 3).state, 'unknown');
});

test('a rule that applies to no request keeps nothing', () => {
  const nothing: Trial = { level: 1, kind: 'measured', evidence: [{ n: 0, misses: 0, dependence: 1 }] };
  const { kind, levels } = concludeSearch([nothing, nothing, nothing], OPTIONS);
  assert.deepEqual([kind, levels[0]?.isSure], ['none', false]);
});

/**
 * A queue of one server: the time in it is exponential with the rate that is left over, so that P(T > t) = e^−(μ−λ)t. With μ = 20/s
 * and t = 0.5 s, 5 % miss at λ = 20 − ln 20 ÷ 0.5.
 */
const SERVICE_RATE = 20;
const LIMIT_S = 0.5;
const TRUE_EDGE = SERVICE_RATE - Math.log(20) / LIMIT_S;

function queueTrial(level: number, durationS: number, draw: () => number): Trial {
  const share = level >= SERVICE_RATE ? 1 : Math.exp(-(SERVICE_RATE - level) * LIMIT_S);
  const n = Math.round(level * durationS);
  let misses = 0;
  for (let request = 0; request < n; request++) if (draw() < share) misses++;
  return { level, kind: 'measured', evidence: [{ n, misses, dependence: 1 }] };
}

for (const [durationS, worstHeld, widestMedian] of [
  [10, 0.95, 0.5],
  [30, 0.95, 0.25],
  [120, 0.95, 0.15],
] as const) {
  test(`steps of ${durationS} s: the true edge lies in the interval of at least ${worstHeld * 100} % of searches`, () => {
    const searches = 400;
    let held = 0;
    const widths: number[] = [];
    for (let seed = 1; seed <= searches; seed++) {
      const random = createRandom(seed, 'search');
      const { conclusion } = walk(OPTIONS, (level) => queueTrial(level, durationS, () => random.next()));
      const { surelyKept = 0, surelyMissed = Infinity } = conclusion;
      if (surelyKept <= TRUE_EDGE && TRUE_EDGE <= surelyMissed) held++;
      widths.push((surelyMissed - surelyKept) / TRUE_EDGE);
    }
    const median = (values: number[]): number => values.sort((a, b) => a - b)[searches / 2] ?? Infinity;
    assert.ok(held / searches >= worstHeld, `${held} of ${searches}`);
    assert.ok(median(widths) <= widestMedian, `${median(widths)}`);
  });
}

/** The same queue request by request (Lindley's recursion): neighbours wait behind each other, so that they are worth less. */
function queueingTrial(level: number, durationS: number, random: Random): Trial {
  const times: number[] = [];
  for (let [waitS, request] = [0, 0]; request < level * durationS; request++) {
    const timeS = waitS + random.exponential() / SERVICE_RATE;
    times.push(timeS);
    waitS = Math.max(0, timeS - random.exponential() / level);
  }
  const misses = times.filter((timeS) => timeS > LIMIT_S).length;
  return { level, kind: 'measured', evidence: [{ n: times.length, misses, dependence: serialDependence(times) }] };
}

for (const [durationS, least] of [
  [30, 0.91],
  [120, 0.93],
] as const) {
  test(`requests that queue behind each other, ${durationS} s a step: the interval holds the edge in ${least * 100} %`, () => {
    const searches = 200;
    let held = 0;
    for (let seed = 1; seed <= searches; seed++) {
      const random = createRandom(seed, 'queue');
      const { conclusion } = walk(OPTIONS, (level) => queueingTrial(level, durationS, random));
      const { surelyKept = 0, surelyMissed = Infinity } = conclusion;
      if (surelyKept <= TRUE_EDGE && TRUE_EDGE <= surelyMissed) held++;
    }
    assert.ok(held / searches >= least, `${held} of ${searches}`);
  });
}
