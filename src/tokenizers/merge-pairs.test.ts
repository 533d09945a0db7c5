import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { mergePairs } from './merge-pairs.ts';

/** The symbols that are left of `text` when the words of `ranks` may be made, each of any two halves. */
function symbolsOf(text: string, ranks: Readonly<Record<string, number>>): readonly string[] {
  const starts = mergePairs({
    length: text.length,
    endOf: (start) => start + 1,
    rankOf: (start, _middle, end) => ranks[text.slice(start, end)],
  });
  return starts.map((start, index) => text.slice(start, starts[index + 1]));
}

for (const { name, text, ranks, symbols } of [
  { name: 'nothing is joined without ranks', text: 'abc', ranks: {}, symbols: ['a', 'b', 'c'] },
  { name: 'an empty piece has no symbols', text: '', ranks: {}, symbols: [] },
  { name: 'one character is its own symbol', text: 'a', ranks: { a: 0 }, symbols: ['a'] },
  { name: 'the lowest rank is joined first', text: 'abc', ranks: { ab: 1, bc: 0 }, symbols: ['a', 'bc'] },
  { name: 'of equal ranks the leftmost is joined first', text: 'aaa', ranks: { aa: 0 }, symbols: ['aa', 'a'] },
  { name: 'what was joined is joined on', text: 'abcd', ranks: { ab: 0, cd: 1, abcd: 2 }, symbols: ['abcd'] },
  {
    name: 'a pair that a merge broke is forgotten',
    text: 'xabc',
    ranks: { xa: 2, ab: 0, bc: 1 },
    symbols: ['x', 'ab', 'c'],
  },
  // y and z are joined first; then "xyz" is due after "yzw", whatever "xy" would have been.
  {
    name: 'a pair that a merge made larger waits for its new turn',
    text: 'xyzw',
    ranks: { xy: 5, yz: 0, xyz: 9, yzw: 7 },
    symbols: ['x', 'yzw'],
  },
  // aa aa aa aa → aaaa aaaa, though "aaa" has a rank between.
  { name: 'a run is halved', text: 'aaaaaaaa', ranks: { aa: 0, aaa: 2, aaaa: 1 }, symbols: ['aaaa', 'aaaa'] },
]) {
  test(name, () => assert.deepEqual(symbolsOf(text, ranks), symbols));
}

/** As the definition says it: search all pairs, join one, begin again. */
function searchAndMerge(text: string, ranks: Readonly<Record<string, number>>): readonly string[] {
  const symbols = [...text];
  for (;;) {
    let best: { readonly at: number; readonly rank: number } | undefined;
    for (let at = 0; at + 1 < symbols.length; at++) {
      const rank = ranks[`${symbols[at]}${symbols[at + 1]}`];
      if (rank !== undefined && (best === undefined || rank < best.rank)) best = { at, rank };
    }
    if (best === undefined) return symbols;
    symbols.splice(best.at, 2, `${symbols[best.at]}${symbols[best.at + 1]}`);
  }
}

test('random pieces under random ranks end as the definition says', () => {
  const random = createRandom(5, 'pieces');
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const word = (length: number): string => Array.from({ length }, () => 'abc'[below(3)]).join('');
  for (let n = 0; n < 2_000; n++) {
    const ranks = Object.fromEntries(Array.from({ length: 12 }, (_, rank) => [word(2 + below(4)), rank]));
    const text = word(below(30));
    assert.deepEqual(symbolsOf(text, ranks), searchAndMerge(text, ranks), `${text} ${JSON.stringify(ranks)}`);
  }
});

test('each symbol asks for few pairs, however long the piece', () => {
  const length = 100_000;
  let asked = 0;
  const starts = mergePairs({
    length,
    endOf: (start) => start + 1,
    rankOf: (start, _middle, end) => {
      asked++;
      return end - start <= 64 ? end - start : undefined;
    },
  });
  // 1,562 of 64 and a last one of 32.
  assert.equal(starts.length, 1_563);
  assert.ok(asked < 3 * length, `${asked} of ${length}`);
});
