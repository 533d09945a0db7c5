/** Expected values: scipy 1.17.1 (`special.gammaln`, `special.betainc`, `stats.norm.sf`, `stats.t.isf`, `stats.binom.cdf`). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  binomialCdf,
  lnGamma,
  normalQuantile,
  normalTail,
  regularizedBeta,
  studentQuantile,
  twoSidedP,
} from './special-functions.ts';

function near(actual: number, expected: number, tolerance: number = 1e-12): void {
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-300);
  assert.ok(error <= tolerance, `${actual} is not ${expected} (off by ${error})`);
}

test('ln Γ agrees with scipy from 0.5 to a million', () => {
  near(lnGamma(0.5), 0.5723649429247);
  near(lnGamma(3.25), 0.9358019311087253);
  near(lnGamma(100), 359.1342053695754);
  near(lnGamma(1e6), 12815504.569147611);
});

test('the incomplete beta function agrees with scipy', () => {
  near(regularizedBeta(0.3, 2, 5), 0.5798250000000003);
  near(regularizedBeta(0.5, 500, 501), 0.5126125090891802, 1e-10);
  near(regularizedBeta(0.95, 950_001, 50_001), 0.501098280744962, 1e-7);
  assert.equal(regularizedBeta(0, 2, 5), 0);
  assert.equal(regularizedBeta(1, 2, 5), 1);
});

test('normal tails keep their figures far out', () => {
  near(normalTail(0.5), 0.3085375387259869);
  near(normalTail(4), 3.167124183311986e-5);
  near(normalTail(10), 7.61985302416047e-24);
  near(normalTail(-2), 0.9772498680518208);
  assert.equal(normalTail(Number.POSITIVE_INFINITY), 0);
  near(twoSidedP(-1.959963984540054), 0.05);
});

test('quantiles of the normal and of t', () => {
  near(normalQuantile(0.025), 1.959963984540054);
  near(normalQuantile(0.975), -1.959963984540054);
  near(studentQuantile(0.025, 1), 12.706204736174705);
  near(studentQuantile(0.025, 9), 2.2621571627982053);
  near(studentQuantile(0.025, 29), 2.045229642132704);
  near(studentQuantile(0.025, 999.5), 1.962340270383846, 1e-10);
});

test('binomial chances', () => {
  near(binomialCdf(9, 30, 0.5), 0.021386972628533847);
  near(binomialCdf(71, 72, 0.95), 0.9751057193808106);
  near(binomialCdf(1929, 2000, 0.95), 0.9992439456006252, 1e-9);
  assert.equal(binomialCdf(-1, 5, 0.5), 0);
  assert.equal(binomialCdf(5, 5, 0.5), 1);
});
