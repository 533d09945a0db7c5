import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concludeSearch, type SearchOptions, type Trial } from '../metrics/search.ts';
import { renderSearch } from './search.ts';
import { PLAIN_STYLE } from './style.ts';

const OPTIONS: SearchOptions = {
  ...{ from: 1, to: undefined, isWhole: false, precision: 1, looks: 3, maxSteps: 60 },
  rules: [
    { text: 'ttft.p95 ≤ 500 ms', allowed: 0.05 },
    { text: 'errors ≤ 1 %', allowed: 0.01, isGuard: true },
  ],
};

const trial = (level: number, misses: number, n = 1_000): Trial => ({
  level,
  kind: 'measured',
  evidence: [
    { n, misses, dependence: 1 },
    { n, misses: 0, dependence: 1 },
  ],
});

const VOID: Trial = { level: 2, kind: 'void', evidence: [] };

function shown(trials: readonly Trial[], options: SearchOptions = OPTIONS): readonly string[] {
  const text = renderSearch({
    ...{ groupId: 's', axis: 'rate', target: undefined, rules: options.rules, looks: options.looks },
    conclusion: concludeSearch(trials, options),
    runs: trials.length,
    doubts: trials.flatMap(({ level, kind }) => (kind === 'void' ? [{ level, why: 'too busy' }] : [])),
    ...{ style: PLAIN_STYLE, columns: 80 },
  });
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  return text.split('\n');
}

test('the answer comes first, then why, how sure, and every level', () => {
  assert.deepEqual(shown([trial(1, 0), trial(2, 500)]), [
    'Search s  found after 2 runs',
    '',
    '',
    'the highest rate that keeps the objectives is 1 requests/s',
    '2 requests/s misses ttft.p95 ≤ 500 ms (50 % beyond, 5 % may be)',
    'sure to 95 %: the true edge lies between 1 requests/s and 2 requests/s',
    '',
    'requests beyond each limit, by level',
    'rate  runs  ttft.p95  errors  requests  verdict',
    '               ≤ 5 %   ≤ 1 %',
    '1        1       0 %     0 %     1,000     kept',
    '2        1      50 %     0 %     1,000   missed',
  ]);
});

for (const [what, trials, line] of [
  [
    'open',
    [trial(1, 0), trial(2, 0)],
    /^2 requests\/s keeps the objectives, and no higher one was allowed: raise --to$/,
  ],
  ['none', [trial(1, 500)], /^not even 1 requests\/s keeps the objectives$/],
  ['client', [trial(1, 0), VOID, VOID, VOID], /^1 requests\/s keeps the objectives; this client could not drive more$/],
  ['unfinished', [trial(1, 0)], /^1 requests\/s keeps the objectives, so far$/],
  ['unfinished', [], /^the search did not come far enough to say anything$/],
] as const) {
  test(`a search that ended as ${what} says so`, () => {
    const lines = shown(trials, { ...OPTIONS, to: 2 });
    assert.match(lines[0] ?? '', new RegExp(`^Search s {2}${what} after `));
    assert.match(lines[3] ?? '', line);
  });
}

test('an overloaded level needs no rule to be too much', () => {
  const over: Trial = { level: 2, kind: 'overloaded', evidence: trial(2, 0).evidence };
  const lines = shown([trial(1, 0), over]);
  assert.equal(lines[4], '2 requests/s is too much: requests piled up');
  assert.match(lines.at(-1) ?? '', /overloaded$/);
});

test('few requests leave a level unsure, and the report says how many it takes', () => {
  const few = Array.from({ length: 3 }, () => trial(1, 0, 20));
  const lines = shown([...few, trial(2, 500)]);
  assert.equal(lines[5], 'sure to 97.5 %: the true edge lies below 2 requests/s');
  assert.match(lines.join(' '), /surely kept from 94 requests on, if none is beyond: raise --duration or --repeats/);
  assert.match(lines.join('\n'), /^1 .* kept\?$/m);
});

test('what this client could not drive is named, and runs that were left out are counted', () => {
  const lost = shown([trial(1, 0), VOID, VOID, VOID]).join('\n');
  assert.match(lost, /! 2 requests\/s is invalid: too busy/);
  assert.match(
    shown([trial(1, 0), VOID, trial(2, 500)]).join(' '),
    /left out, for our own side was too slow: 1 run of/,
  );
});
