import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN_TOKENIZERS } from './choose.ts';
import { openTokenizer, requireKnown } from './open.ts';

for (const name of BUILT_IN_TOKENIZERS) {
  test(`${name} opens, and counts`, async () => {
    const tokenizer = await openTokenizer(name);
    assert.equal(tokenizer.name, name);
    assert.equal(tokenizer.isApproximate, name === 'estimate');
    assert.equal(tokenizer.count(''), 0);
    assert.equal(tokenizer.count('hello world hello'), name === 'estimate' ? 4 : 3);
  });
}

test('what is neither built in nor a file is refused', async () => {
  const refusal = {
    code: 'TOKENIZER_UNKNOWN',
    message: 'no/such.json is neither a built-in tokenizer nor a file',
    exit: 2,
  };
  await assert.rejects(openTokenizer('no/such.json'), refusal);
  assert.throws(() => requireKnown('no/such.json'), refusal);
});

test('a file is opened as a tokenizer.json', async () => {
  await assert.rejects(openTokenizer(import.meta.filename), { code: 'TOKENIZER_UNREADABLE' });
});
