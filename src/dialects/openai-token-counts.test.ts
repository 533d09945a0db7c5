import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from './json.ts';
import { createTokenCounter } from './openai-token-counts.ts';

const chunk = (...ids: readonly number[]): Fields => ({ choices: [{ token_ids: ids }] });

describe('the tokens of a chunk', () => {
  test('are unknown when nobody says', () => {
    assert.equal(createTokenCounter().read({ choices: [{}] }, true, undefined), undefined);
  });

  test('are its token ids, with those that had no text before it', () => {
    const { read } = createTokenCounter();
    assert.equal(read(chunk(1), false, undefined), undefined);
    assert.equal(read(chunk(2, 3), true, undefined), 3);
    assert.equal(read(chunk(4), true, undefined), 1);
  });

  test('are the growth of a count that stands in every chunk', () => {
    const { read } = createTokenCounter();
    assert.deepEqual(
      [read({}, true, 1), read({}, false, 2), read({}, true, 5), read({}, true, 5)],
      [1, undefined, 4, undefined],
    );
  });

  test('are unknown when a count first comes after text: it is a total', () => {
    const { read } = createTokenCounter();
    assert.deepEqual([read({}, true, undefined), read({}, true, 9)], [undefined, undefined]);
  });
});
