import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJsonPath, valueAt } from './json-path.ts';

describe('a path', () => {
  for (const [text, path] of [
    ['text', ['text']],
    ['$.text', ['text']],
    ['choices[0].delta.content', ['choices', 0, 'delta', 'content']],
    ['$.choices[0].delta.content', ['choices', 0, 'delta', 'content']],
    ['[0].generated_text', [0, 'generated_text']],
    ['$[0]', [0]],
    ['outputs[-1]', ['outputs', -1]],
    ['a[1][2]', ['a', 1, 2]],
    ['x-y.z_1:ü', ['x-y', 'z_1:ü']],
    ['["odd.name"]["a \\"b\\""].c', ['odd.name', 'a "b"', 'c']],
    ['$', []],
  ] as const) {
    test(`${text} is read`, () => assert.deepEqual(parseJsonPath(text), path));
  }

  for (const text of [
    ...['', '.', 'a.', '.a', 'a..b', '$.', '$a', '$$', 'a[', 'a[]', 'a[x]', 'a[0', 'a[1.5]', 'a[0]b', 'a b', 'a[*]'],
    ...['a.*.b', "a['b']", '["a]', 'a[?(@.b)]', 'a[1:2]', 'a[99999999]'],
  ]) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseJsonPath(text), undefined));
  }
});

describe('what is at a path', () => {
  const value = { a: [{ b: 1 }, { b: null }], 'x.y': 'z', '0': 'zero' };
  for (const [text, expected] of [
    ['a[0].b', 1],
    ['a[-1].b', null],
    ['a[-2].b', 1],
    ['a[2].b', undefined],
    ['a.b', undefined],
    ['a.length', undefined],
    ['a[0].b.c', undefined],
    ['["x.y"]', 'z'],
    ['x.y', undefined],
    ['[0]', undefined],
    ['0', 'zero'],
    ['constructor', undefined],
    ['a[0].__proto__', undefined],
    ['$', value],
  ] as const) {
    test(`${text} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(valueAt(value, parseJsonPath(text) ?? ['not a path']), expected);
    });
  }

  test('of what is no object is nothing', () => {
    for (const nothing of [undefined, null, 1, 'text', true]) assert.equal(valueAt(nothing, ['length']), undefined);
  });
});
