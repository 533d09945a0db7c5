import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../errors.ts';
import { combinationsOf, flagsOf, readAxes, refuseTwofold, withLoadValue } from './axes.ts';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return `${error.code} ${error.message}`;
  }
  throw new assert.AssertionError({ message: 'it was taken' });
}

for (const [text, values] of [
  ['rate=1..64:x2', [1, 2, 4, 8, 16, 32, 64]],
  // The factor leaps over the end, which is a step all the same.
  ['rate=1..50:x2', [1, 2, 4, 8, 16, 32, 50]],
  ['rate=0.5..2:x2', [0.5, 1, 2]],
  ['rate=0.1..0.4:+0.1', [0.1, 0.2, 0.3, 0.4]],
  ['rate=0..3:+1', undefined],
  ['concurrency=8..64:+24', [8, 32, 56, 64]],
  ['concurrency=1,2,4,8', [1, 2, 4, 8]],
  [' rps = 3 ', [3]],
  ['concurrency=1, 4..16:x2,  100', [1, 4, 8, 16, 100]],
  ['rate=8,1', [8, 1]],
] as const) {
  test(`--over ${text}`, () => {
    if (values === undefined)
      assert.match(
        refusal(() => readAxes([text])),
        /rate takes numbers above 0, not 0/,
      );
    else assert.deepEqual(readAxes([text])[0]?.values, values);
  });
}

for (const [text, problem] of [
  ['rate', /is not like rate=1..64:x2; axes: rate, concurrency/],
  ['speed=1', /is not like rate=1..64:x2/],
  ['rate=', /is not like rate/],
  ['rate=1..8', /does not say its steps: 1..8:x2 doubles, 1..8:\+8 adds 8/],
  ['rate=8..1:x2', /must go upwards/],
  ['rate=1..8:x1', /would never get there/],
  ['rate=1..8:+0', /would never get there/],
  ['rate=1..8:/2', /is neither a number nor a range/],
  ['rate=1,,2', /"" in "rate=1,,2" is neither/],
  ['rate=-1', /is neither a number nor a range/],
  ['rate=0', /numbers above 0, not 0/],
  ['concurrency=1.5', /whole numbers from 1, not 1.5/],
  ['rate=2,4,2', /2 is there twice/],
  ['rate=1..1e9:+1', /is neither/],
  ['rate=1..1000:+1', /501 steps; the most are 500/],
] as const) {
  test(`--over ${text} is refused`, () => {
    assert.match(
      refusal(() => readAxes([text])),
      problem,
    );
  });
}

test('axes that cannot go together are refused, and so is none', () => {
  assert.match(
    refusal(() => readAxes(undefined)),
    /FLAG_MISSING --over is missing/,
  );
  assert.match(
    refusal(() => readAxes(['rate=1', 'rate=2'])),
    /rate is there twice/,
  );
  assert.match(
    refusal(() => readAxes(['rate=1', 'concurrency=2'])),
    /either a rate or a concurrency/,
  );
});

test('several axes make a product, the last one changing fastest', () => {
  assert.deepEqual(combinationsOf(readAxes(['max-tokens=16,32', 'rate=1,2'])), [
    { 'max-tokens': 16, rate: 1 },
    { 'max-tokens': 16, rate: 2 },
    { 'max-tokens': 32, rate: 1 },
    { 'max-tokens': 32, rate: 2 },
  ]);
});

test('a flag that an axis sets is refused', () => {
  const axes = readAxes(['max-tokens=16,32', 'rate=1,2']);
  assert.match(
    refusal(() => refuseTwofold(axes, { maxTokens: '5' })),
    /--max-tokens cannot stand beside --over max-tokens/,
  );
  assert.match(
    refusal(() => refuseTwofold(axes, { concurrency: '5' })),
    /--concurrency cannot stand beside --over rate/,
  );
  refuseTwofold(axes, { duration: '5s' });
});

test('lengths of made prompts are axes beside what else --synthetic says', () => {
  const [values] = combinationsOf(readAxes(['in=128..512:x2', 'out=16']));
  assert.deepEqual(values, { in: 128, out: 16 });
  assert.deepEqual(flagsOf({ in: 128, out: 16 }), { synthetic: 'in=128,out=16' });
  assert.deepEqual(flagsOf({ in: 128 }, { synthetic: 'out=5..9' }), { synthetic: 'in=128,out=5..9' });
  assert.deepEqual(flagsOf({ rate: 3 }, { synthetic: 'in=1' }), { rate: '3' });
  const axes = readAxes(['in=128,256']);
  refuseTwofold(axes, { synthetic: 'out=9' });
  assert.match(
    refusal(() => refuseTwofold(axes, { synthetic: 'out=9, in=4' })),
    /--synthetic in= cannot stand beside --over in/,
  );
});

test('a load takes the value of its own axis only', () => {
  const closed = { kind: 'closed-loop', concurrency: 1, requestDelayMs: 7, stages: [] } as const;
  assert.deepEqual(withLoadValue(closed, 'concurrency', 9), { ...closed, concurrency: 9 });
  assert.match(
    refusal(() => withLoadValue(closed, 'rate', 9)),
    /FLAGS_CONFLICT --over rate cannot stand beside this load/,
  );
});
