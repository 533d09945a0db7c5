import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskPassword } from './location.ts';

const MASKED: readonly (readonly [url: string, masked: string])[] = [
  ['postgresql://me:secret@host:5433/db', 'postgresql://me:***@host:5433/db'],
  ['postgres://host/db', 'postgres://host/db'],
  ['postgresql://me@host/db?password=secret&sslmode=require', 'postgresql://me@host/db?password=***&sslmode=require'],
  ['postgresql://me:se%40cret@/db?host=/tmp', 'postgresql://***@/db?host=/tmp'],
  ['postgresql://me:se/cr@et@host/db', 'postgresql://***@host/db'],
];

for (const [url, masked] of MASKED) {
  test(`${url} is shown as ${masked}`, () => {
    assert.equal(maskPassword(url), masked);
  });
}
