import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawFrom, parseDistribution } from './distribution.ts';
import { createRandom, type Random } from './random.ts';

function randomOf(...values: readonly number[]): Random {
  const left = [...values];
  return () => {
    const value = left.shift();
    if (value === undefined) throw new Error('one draw too many');
    return value;
  };
}

test('a fixed distribution is its value and takes no random number', () => {
  assert.equal(drawFrom(parseDistribution('12.5'), randomOf()), 12.5);
});

test('a uniform distribution lies between its ends', () => {
  // 20 + (80 − 20) × 0.25 = 35
  assert.equal(drawFrom(parseDistribution('uniform:20..80'), randomOf(0.25)), 35);
});

test('a lognormal distribution is its median one sigma up when the normal draw is one', () => {
  // 1 − u = e^−½ gives the radius √(−2 × −½) = 1, and cos 0 = 1: z = 1, so 50 × e^0.4 = 74.5912…
  const drawn = drawFrom(parseDistribution('lognormal:50,0.4'), randomOf(1 - Math.exp(-0.5), 0));
  assert.ok(Math.abs(drawn - 74.591_234_88) < 1e-6, String(drawn));
});

test('many lognormal draws have the median asked for and the mean that follows from sigma', () => {
  const random = createRandom(1, 1, 'ttft');
  const count = 40_000;
  const drawn = Array.from({ length: count }, () => drawFrom(parseDistribution('lognormal:50,0.4'), random));
  const below = drawn.filter((value) => value < 50).length / count;
  const mean = drawn.reduce((sum, value) => sum + value, 0) / count;
  // Standard errors: √(0.25 ÷ 40 000) = 0.0025 for the share; 50 × e^0.08 × √(e^0.16 − 1) ÷ 200 = 0.113 for the mean 54.16.
  assert.ok(Math.abs(below - 0.5) < 0.01, String(below));
  assert.ok(Math.abs(mean - 54.164) < 0.45, String(mean));
});

test('texts that are no distribution are refused', () => {
  for (const text of ['abc', '', '-1', 'uniform:5', 'uniform:a..b', 'lognormal:50', '1e3', 'normal:1,2']) {
    assert.throws(
      () => parseDistribution(text),
      /is not a distribution; use 50, uniform:20\.\.80 or lognormal:50,0\.4/,
    );
  }
  assert.throws(() => parseDistribution('uniform:80..20'), /begins above its end/);
});

test('the same seed, request and purpose give the same numbers, any other gives others', () => {
  const firstOf = (seed: number, request: number, purpose: 'ttft' | 'delays'): string => {
    const random = createRandom(seed, request, purpose);
    return [random(), random(), random()].join();
  };
  assert.equal(firstOf(1, 7, 'ttft'), firstOf(1, 7, 'ttft'));
  const all = [firstOf(1, 7, 'ttft'), firstOf(2, 7, 'ttft'), firstOf(1, 8, 'ttft'), firstOf(1, 7, 'delays')];
  assert.equal(new Set(all).size, 4);
});

test('the first numbers of many requests are spread evenly', () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let request = 1; request <= 10_000; request += 1) {
    const tenth = Math.floor(createRandom(1, request, 'fault')() * 10);
    counts[tenth] = (counts[tenth] ?? 0) + 1;
  }
  // Expected 1000 each, standard deviation √900 = 30.
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 120, counts.join());
});
