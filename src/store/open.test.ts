import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore, parseLocation } from './open.ts';

const LOCATIONS: readonly (readonly [location: string, kind: string, path: string])[] = [
  ['memory:', 'memory', ''],
  ['bench.duckdb', 'duckdb', 'bench.duckdb'],
  ['runs', 'duckdb', 'runs'],
  ['C:\\runs', 'duckdb', 'C:\\runs'],
  ['a:b', 'duckdb', 'a:b'],
  ['duckdb:old.db', 'duckdb', 'old.db'],
  ['bench.db', 'sqlite', 'bench.db'],
  ['/var/x.SQLite', 'sqlite', '/var/x.SQLite'],
  ['x.sqlite3', 'sqlite', 'x.sqlite3'],
  ['sqlite:bench.db', 'sqlite', 'bench.db'],
  ['sqlite:/abs/bench', 'sqlite', '/abs/bench'],
  ['sqlite:///./x.db', 'sqlite', './x.db'],
  ['sqlite:///../x.db', 'sqlite', '../x.db'],
  ['sqlite:///abs/path', 'sqlite', '/abs/path'],
  ['sqlite:////abs/path', 'sqlite', '//abs/path'],
  ['postgresql://u:p@h:5433/d', 'postgres', 'postgresql://u:p@h:5433/d'],
  ['postgres://h/d', 'postgres', 'postgres://h/d'],
  ['sqlite:my runs %20.db', 'sqlite', 'my runs %20.db'],
];

for (const [location, kind, path] of LOCATIONS) {
  test(`${location} is ${kind} ${path}`, () => {
    assert.deepEqual(parseLocation(location), { kind, path });
  });
}

for (const location of ['mysql://user:secret@host/db', 'sqlite:', 'sqlite://']) {
  test(`${location} is refused, and its password not said`, async () => {
    await assert.rejects(openStore(location, 'write'), (error: Error & { code?: unknown }) => {
      assert.equal(error.code, 'FLAG_INVALID');
      assert.ok(!error.message.includes('secret'));
      return true;
    });
  });
}
