import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveSeries } from './live-series.ts';

test('each second has the median of its first tokens and the sum of its tokens; empty ones stand between', () => {
  const series = new LiveSeries();
  series.addTtft(1_100, 30);
  series.addTtft(1_900, 50);
  series.addTokens(1_999, 4);
  series.addTokens(3_000, 7);
  series.addTokens(1_200, 1); // An answer that ended later tells of an earlier second.
  assert.deepEqual(series.view(1_000, 4_500), [
    { ttftP50Ms: 40, tokens: 5 }, // (30 + 50) ÷ 2, 4 + 1
    { ttftP50Ms: undefined, tokens: 0 },
    { ttftP50Ms: undefined, tokens: 7 },
  ]);
});

test('what comes later for a second that was already shown counts there', () => {
  const series = new LiveSeries();
  series.addTtft(1_100, 30);
  assert.equal(series.view(1_000, 2_000)[0]?.ttftP50Ms, 30);
  series.addTtft(1_200, 90);
  series.addTtft(1_300, 50);
  assert.equal(series.view(1_000, 2_000)[0]?.ttftP50Ms, 50);
});

test('the second under way is not shown, nor what came before the start', () => {
  const series = new LiveSeries();
  series.addTokens(500, 1);
  series.addTokens(2_500, 3);
  assert.deepEqual(series.view(1_000, 2_999), [{ ttftP50Ms: undefined, tokens: 0 }]);
  assert.deepEqual(series.view(5_000, 2_000), []);
});

test('only the latest 240 seconds are kept, whatever comes late', () => {
  const series = new LiveSeries();
  series.addTokens(0, 1);
  series.addTokens(240_000, 9);
  series.addTokens(999, 5); // 240 s before the newest: gone.
  const seconds = series.view(0, 241_000);
  assert.equal(seconds.length, 240);
  assert.deepEqual(seconds[0], { ttftP50Ms: undefined, tokens: 0 });
  assert.equal(seconds.at(-1)?.tokens, 9);
  assert.equal(
    seconds.reduce((sum, second) => sum + second.tokens, 0),
    9,
  );
});
