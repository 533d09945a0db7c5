import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, freshSeed, freshUuid, type Random } from './random.ts';

const TWO_TO_32 = 4_294_967_296;

function numbers(random: Random, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.next());
}

for (const [seed, stream, words] of [
  // sfc32 after twelve rounds, seeded by FNV-1a; worked out with a second implementation, in Python.
  [1, 'arrivals/0', [3_756_751_177, 3_077_586_549, 4_288_251_291, 3_637_004_880]],
  [1, 'arrivals/1', [2_806_326_733, 2_713_193_978]],
  [42, 'warmup', [1_485_004_050, 2_707_627_267, 1_748_416_201]],
] as const) {
  test(`seed ${seed} and stream ${stream} begin with the numbers they always began with`, () => {
    assert.deepEqual(
      numbers(createRandom(seed, stream), words.length).map((share) => share * TWO_TO_32),
      words,
    );
  });
}

test('the same seed and stream give the same numbers', () => {
  assert.deepEqual(numbers(createRandom(9, 'x'), 1_000), numbers(createRandom(9, 'x'), 1_000));
});

test('taking numbers from one stream moves no other', () => {
  const alone = numbers(createRandom(9, 'arrivals/0'), 10);
  const beside = createRandom(9, 'arrivals/0');
  const other = createRandom(9, 'jitter/0');
  const mixed = Array.from({ length: 10 }, () => {
    other.next();
    other.exponential();
    return beside.next();
  });
  assert.deepEqual(mixed, alone);
});

test('neighbouring seeds and streams have nothing in common', () => {
  // The correlation of two independent lists of 10 000 has a standard deviation of 1 ÷ √10000 = 0.01; four of them.
  const reference = numbers(createRandom(1, 'arrivals/0'), 10_000);
  for (const other of [createRandom(2, 'arrivals/0'), createRandom(1, 'arrivals/1'), createRandom(11, 'rrivals/0')]) {
    const pairs = numbers(other, 10_000).map((value, index) => (value - 0.5) * ((reference[index] ?? 0) - 0.5));
    // A uniform on 0 … 1 has variance 1 ÷ 12.
    const correlation = (pairs.reduce((sum, value) => sum + value, 0) / 10_000) * 12;
    assert.ok(Math.abs(correlation) < 0.04, `correlation ${correlation}`);
  }
});

test('numbers lie in [0, 1) and fill ten equal bins evenly', () => {
  const drawn = numbers(createRandom(3, 'uniform'), 10_000);
  assert.ok(drawn.every((value) => value >= 0 && value < 1));
  const bins = new Array<number>(10).fill(0);
  for (const value of drawn) bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1;
  const chiSquare = bins.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  // 9 degrees of freedom: 27.88 is exceeded once in a thousand.
  assert.ok(chiSquare < 27.88, `χ² ${chiSquare}`);
});

test('an exponential is minus the logarithm of what is left of 1, so never infinite', () => {
  const uniform = createRandom(5, 'x').next();
  assert.equal(createRandom(5, 'x').exponential(), -Math.log(1 - uniform));
  const random = createRandom(6, 'x');
  // 32 random bits leave at least 2⁻³² of 1: at most 32 × ln 2 = 22.2.
  for (let draw = 0; draw < 10_000; draw++) {
    const value = random.exponential();
    assert.ok(value >= 0 && value < 22.2);
  }
});

test('a fresh seed is a whole number of 32 bits, and hardly ever the same', () => {
  const seeds = Array.from({ length: 100 }, () => freshSeed());
  assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < TWO_TO_32));
  assert.ok(new Set(seeds).size > 95);
});

test('a fresh UUID is one of version 4, and never the same', () => {
  assert.match(freshUuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(freshUuid(), freshUuid());
});
