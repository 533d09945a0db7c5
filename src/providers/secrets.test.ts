import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandReferences, isSecretHeader, looksLikeKey, referencesIn } from './secrets.ts';

/** Written so that no linter takes it for a template. */
const ref = (name: string): string => `$\{${name}}`;

test('references are found, each once', () => {
  assert.deepEqual(referencesIn(`Bearer ${ref('A')}:${ref('B_2')} ${ref('A')} $C {D} ${ref('2E')}`), ['A', 'B_2']);
});

test('references become the values of their variables', () => {
  const environment = (name: string): string | undefined => ({ A: 'one', B: ref('A') })[name];
  assert.deepEqual(expandReferences(`x ${ref('A')}${ref('A')} ${ref('B')}`, environment), {
    kind: 'expanded',
    // What a variable holds is not looked into.
    text: `x oneone ${ref('A')}`,
  });
  assert.deepEqual(expandReferences(`${ref('A')} ${ref('NONE')}`, environment), { kind: 'missing', variable: 'NONE' });
});

for (const key of [
  'sk-proj-abcdefgh12',
  'Bearer gsk_abcdefgh12',
  'xai-abcdefgh1234',
  'hf_abcdefgh1234',
  'AIzaSyabcdefgh1234',
  'AKIAABCDEFGH1234',
  'eyJhbGciOiJIUzI1NiJ9.eyJz.abc',
  'aB3dE5gH7jK9mN1pQ3sT5vW7',
]) {
  test(`${key} looks like a key`, () => assert.ok(looksLikeKey(key)));
}

for (const text of [
  '',
  'bench',
  `Bearer ${ref('KEY')}`,
  'meta-llama/Llama-3.3-70B-Instruct',
  '123e4567-e89b-42d3-a456-426614174000',
  'https://example.test/v1',
  'application/json',
  'a sentence of several words',
]) {
  test(`${JSON.stringify(text)} does not look like a key`, () => assert.ok(!looksLikeKey(text)));
}

for (const [name, value, isSecret] of [
  ['Authorization', 'Bearer short', true],
  ['Authorization', `Bearer ${ref('KEY')}`, false],
  ['X-Api-Key', 'x', true],
  ['api-key', ref('KEY'), false],
  ['Cookie', 'a=b', true],
  ['X-Auth-Token', 'x', true],
  ['X-Team', 'bench', false],
  ['X-Keyboard', 'qwerty', false],
  ['X-Team', 'sk-proj-abcdefgh12', true],
] as const) {
  test(`the header ${name}: ${value} is ${isSecret ? 'a secret' : 'none'}`, () => {
    assert.equal(isSecretHeader(name, value), isSecret);
  });
}
