import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../errors.ts';
import { createCounter } from './counting.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Counts characters, and cannot do a text that begins with "!". */
function characters(name: string): Tokenizer {
  return {
    name,
    isApproximate: false,
    count(text) {
      if (text.startsWith('!')) throw new RangeError(`too much: ${text}`);
      return text.length;
    },
    codec: undefined,
  };
}

test('texts are counted in their order, and each tokenizer is opened once', async () => {
  const opened: string[] = [];
  const count = createCounter(async (spec) => {
    opened.push(spec);
    return characters(`the ${spec}`);
  });
  const reply = {
    type: 'counted',
    tokenizer: { name: 'the a', isApproximate: false },
    counts: [2, 0],
    problem: undefined,
  };
  assert.deepEqual(await count({ tokenizer: 'a', texts: ['xx', ''] }), reply);
  assert.deepEqual(await count({ tokenizer: 'a', texts: [] }), { ...reply, counts: [] });
  await count({ tokenizer: 'b', texts: [] });
  assert.deepEqual(opened, ['a', 'b']);
});

test('a text that a tokenizer cannot do has no count, and the others have theirs', async () => {
  const count = createCounter(async (spec) => characters(spec));
  assert.deepEqual(await count({ tokenizer: 'a', texts: ['x', '!1', '!2', 'xxx'] }), {
    type: 'counted',
    tokenizer: { name: 'a', isApproximate: false },
    counts: [1, undefined, undefined, 3],
    problem: 'RangeError: too much: !1',
  });
});

test('a tokenizer that is not there is refused by code, so that it can be said elsewhere', async () => {
  const count = createCounter(async (tokenizer) => {
    throw new AppError('TOKENIZER_UNKNOWN', { tokenizer });
  });
  assert.deepEqual(await count({ tokenizer: 'a', texts: ['x'] }), {
    type: 'refused',
    code: 'TOKENIZER_UNKNOWN',
    details: { tokenizer: 'a' },
  });
});

test('a bug is none of that', async () => {
  const count = createCounter(async () => {
    throw new TypeError('a bug');
  });
  await assert.rejects(count({ tokenizer: 'a', texts: [] }), TypeError);
});
