import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const FIELDS = ['model', 'models', 'api_base', 'api_key_env', 'temperature', 'max_tokens', 'tier'];

for (const [name, meant] of [
  ['temprature', 'temperature'],
  ['tempertaure', 'temperature'],
  ['Model', 'model'],
  ['modles', 'models'],
  ['base', 'api_base'],
  ['max_token', 'max_tokens'],
  ['teir', 'tier'],
  ['colour', undefined],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(name)} may have been ${meant ?? 'anything'}`, () => {
    assert.equal(nearest(name, FIELDS)[0], meant);
  });
}

test('the nearest come first, and no more than asked for', () => {
  assert.deepEqual(nearest('modelz', ['nodelz', 'model', 'modelzz', 'odd'], 2), ['nodelz', 'model']);
});
