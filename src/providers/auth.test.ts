import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findKey } from './auth.ts';
import type { Auth, KeyAuth } from './resolution.ts';

const keyed = (strategy: KeyAuth['strategy'], keyVariables: readonly string[], isOptional = false): KeyAuth => {
  return { strategy, header: undefined, scheme: undefined, alsoHeaders: [], keyVariables, isOptional };
};
const signed: Auth = { strategy: 'aws-sigv4', service: 'bedrock', region: 'us-east-1' };
const google: Auth = { strategy: 'google' };
const native = keyed('native', ['FIRST', 'SECOND']);
const bearer = keyed('bearer', ['TOKEN']);

const variables =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    values[name];

test('a given key comes before all variables', () => {
  assert.deepEqual(findKey([native, bearer], 'given', variables({ FIRST: 'a', TOKEN: 'b' })), {
    kind: 'key',
    auth: native,
    key: 'given',
  });
});

test('a given key may name a variable, and nothing else is tried then', () => {
  assert.deepEqual(findKey([native], 'os.environ/MINE', variables({ MINE: 'm', FIRST: 'a' })), {
    kind: 'key',
    auth: native,
    key: 'm',
  });
  assert.deepEqual(findKey([native], 'os.environ/MINE', variables({ FIRST: 'a' })), {
    kind: 'missing',
    variables: ['MINE'],
  });
});

test('variables count in order, way by way; one that is empty is not set', () => {
  const found = (values: Readonly<Record<string, string>>): unknown => {
    const result = findKey([native, bearer], undefined, variables(values));
    return result.kind === 'key' ? [result.auth.strategy, result.key] : result;
  };
  assert.deepEqual(found({ FIRST: 'a', SECOND: 'b', TOKEN: 'c' }), ['native', 'a']);
  assert.deepEqual(found({ FIRST: ' ', SECOND: 'b\n', TOKEN: 'c' }), ['native', 'b']);
  assert.deepEqual(found({ TOKEN: 'c' }), ['bearer', 'c']);
  assert.deepEqual(found({}), { kind: 'missing', variables: ['FIRST', 'SECOND', 'TOKEN'] });
});

test('credentials of a cloud stand in where no key is set', () => {
  assert.deepEqual(findKey([bearer, signed], undefined, variables({})), { kind: 'own', auth: signed });
  assert.equal(findKey([bearer, signed], undefined, variables({ TOKEN: 'c' })).kind, 'key');
  assert.deepEqual(findKey([google, keyed('bearer', [])], undefined, variables({})), { kind: 'own', auth: google });
  assert.equal(findKey([google, keyed('bearer', [])], 'ya29', variables({})).kind, 'key');
});

test('no key where none is needed, and none where there is no place for it', () => {
  assert.deepEqual(findKey([keyed('native', ['FIRST'], true)], undefined, variables({})), { kind: 'none' });
  assert.deepEqual(findKey([signed], 'given', variables({})), { kind: 'unwanted' });
  assert.deepEqual(findKey([keyed('native', [])], '', variables({})), { kind: 'missing', variables: [] });
});
