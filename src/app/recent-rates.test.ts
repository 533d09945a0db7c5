import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentRates } from './recent-rates.ts';

test('rates are of the last three seconds, or of the time since the start', () => {
  const rates = new RecentRates();
  for (let second = 0; second < 10; second++) {
    for (let place = 0; place < 6; place++) rates.add(second * 1_000 + place * 150, { requests: 1, tokens: 0 });
    rates.add(second * 1_000 + 500, { requests: 0, tokens: 120 });
  }
  // 7.0 to 10.0 s: 18 requests and 360 tokens.
  assert.deepEqual(rates.view(0, 9_999), { requestsPerSecond: 6, tokensPerSecond: 120 });
  // Of the last second alone 6 and 120 have come; the run began at 9.0 s.
  const young = new RecentRates();
  young.add(9_100, { requests: 3, tokens: 60 });
  assert.deepEqual(young.view(9_000, 9_500), { requestsPerSecond: 6, tokensPerSecond: 120 });
});

test('what is old is forgotten, and what comes too late is left out', () => {
  const rates = new RecentRates();
  rates.add(1_000, { requests: 5, tokens: 50 });
  assert.equal(rates.view(0, 3_000).requestsPerSecond, 5 / 3);
  assert.equal(rates.view(0, 4_100).requestsPerSecond, 0);
  rates.add(4_050, { requests: 1, tokens: 0 });
  rates.add(1_050, { requests: 5, tokens: 50 });
  assert.equal(rates.view(0, 4_100).requestsPerSecond, 1 / 3);
});
