import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTextJoiner } from './text-joiner.ts';

const rows: readonly (readonly [what: string, texts: readonly string[], joined: readonly string[]])[] = [
  ['pieces', ['The', ' sky', ' is'], ['The', ' sky', ' is']],
  ['all so far', ['The', 'The sky', 'The sky is'], ['The', ' sky', ' is']],
  ['all so far, from nothing on', ['', '', 'The', 'The sky'], ['', '', 'The', ' sky']],
  ['all so far, the last without news', ['The', 'The sky', 'The sky'], ['The', ' sky', '']],
  ['all so far, half a character in between', ['Hi', 'Hi \uFFFD', 'Hi é', 'Hi é!'], ['Hi', ' \uFFFD', 'é', '!']],
  ['all so far, half a character first', ['\uFFFD', 'é', 'é!'], ['\uFFFD', 'é', '!']],
  ['pieces that are the same', ['ha', 'ha', 'ha', '!'], ['ha', 'ha', 'ha', '!']],
  ['pieces, one of them empty', ['a', '', 'b'], ['a', '', 'b']],
  ['pieces, later ones go on with each other', ['a', 'b', '1', '12'], ['a', 'b', '1', '12']],
  // What cannot be told: 1, then 12, may be 12 or 112. The third text shows it, but the second was given out.
  ['pieces that begin like the other', ['1', '12', '3', '34'], ['1', '2', '3', '34']],
  ['one text alone', ['Hi'], ['Hi']],
];

for (const [what, texts, joined] of rows) {
  test(`${what}: ${JSON.stringify(texts)}`, () => assert.deepEqual(texts.map(createTextJoiner()), joined));
}
