import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqlTable } from '../sql-database.ts';
import { toChunks } from './copy-in.ts';

const TABLE: SqlTable = { name: 't', columns: { a: 'text', b: 'double', c: 'boolean', d: 'integer' }, key: ['a'] };

test('a row is a line with its cells parted by tabs, and what would part or end them is escaped', () => {
  const rows = [
    { a: 'x\ty\nz\r\\N\0', b: -0, c: true, d: 1 },
    { a: null, b: 0.1, c: false, d: null },
  ];
  const expected = 'x\\ty\\nz\\r\\\\N\x1a0\t-0\tt\t1\n\\N\t0.1\tf\t\\N\n';
  assert.equal([...toChunks(TABLE, rows)].join(''), expected);
});

test('many rows are several chunks, none cut within a line', () => {
  const rows = Array.from({ length: 3 }, () => ({ a: 'ä'.repeat(200_000), b: 1, c: true, d: 1 }));
  const chunks = [...toChunks(TABLE, rows)];
  assert.deepEqual(
    chunks.map((chunk) => chunk.split('\n').length - 1),
    [2, 1],
  );
});

test('a cell that does not fit is refused', () => {
  assert.throws(() => [...toChunks(TABLE, [{ a: 'x', b: 1, c: true, d: 2 ** 31 }])], /does not fit a column/);
});
