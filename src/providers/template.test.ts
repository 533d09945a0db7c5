import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, joinPaths, toSegment } from './template.ts';

const read = (name: string): string | undefined => ({ a: 'x/y', empty: '' })[name];

test('placeholders are filled, and unknown ones named', () => {
  assert.deepEqual(fill('/{a}/b', read), { text: '/x/y/b', missing: [] });
  assert.deepEqual(fill('/{a}/b', read, toSegment), { text: '/x%2Fy/b', missing: [] });
  assert.deepEqual(fill('{empty}b', read), { text: 'b', missing: [] });
  assert.deepEqual(fill('{b}-{c}', read), { text: undefined, missing: ['b', 'c'] });
  assert.deepEqual(fill('{b?}', read), { text: undefined, missing: [] });
  assert.deepEqual(fill('{}{ a }', read), { text: '{}{ a }', missing: [] });
});

test('what is put in is not read again', () => {
  assert.deepEqual(
    fill('{a}', () => '{b} $& $1'),
    { text: '{b} $& $1', missing: [] },
  );
});

test('a segment is encoded, but for @; half of a pair of surrogates does no harm', () => {
  assert.equal(toSegment('us.a:0/b c@1'), 'us.a%3A0%2Fb%20c@1');
  assert.equal(toSegment('\ud800'), '%EF%BF%BD');
});

test('a path follows a base as far as that does not end so already', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['', '', ''],
    ['/v1', '', '/v1'],
    ['', '/api/chat', '/api/chat'],
    ['/api', '/api/chat', '/api/chat'],
    ['/api/chat', '/api/chat', '/api/chat'],
    ['/x/api', '/api/chat', '/x/api/chat'],
    ['/v1', '/v1beta', '/v1/v1beta'],
    ['/chat', '/api/chat', '/chat/api/chat'],
    ['/a/b/', '/b/a/b/c', '/a/b/a/b/c'],
    ['/a/b', '/x/b/c', '/a/b/x/b/c'],
  ];
  for (const [base, path, expected] of cases) assert.equal(joinPaths(base, path), expected, `${base} + ${path}`);
});
