/**
 * Writes the fixtures of `old-stores.test.ts` for one schema: `node test/contract/write-samples.ts [folder of a checkout]`, with the
 * code of that checkout, or of this one. To be run before a schema gets its next step.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

type Modules = typeof import('../../src/store/open.ts') &
  typeof import('../support/record-builder.ts') &
  typeof import('./store-samples.ts') &
  typeof import('./store-process.ts') &
  typeof import('../../src/store/duckdb/schema.ts') &
  typeof import('../../src/store/sql-schema.ts');

const MODULES = [
  'src/store/open.ts',
  'test/support/record-builder.ts',
  'test/contract/store-samples.ts',
  'test/contract/store-process.ts',
  'src/store/duckdb/schema.ts',
  'src/store/sql-schema.ts',
];

const [root = join(import.meta.dirname, '../..')] = process.argv.slice(2);
const loaded: readonly object[] = await Promise.all(MODULES.map((path) => import(join(resolve(root), path))));
// Of another version it may not be quite that; then it does not run either.
const code = Object.assign({}, ...loaded) as Modules;

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-samples-'));
for (const name of [`${code.SCHEMA_VERSION}.duckdb`, `${code.SQL_SCHEMA_VERSION}.sqlite`]) {
  const path = join(folder, name);
  await fill(name.endsWith('.sqlite') ? `sqlite:${path}` : path);
  writeFileSync(join(import.meta.dirname, `../fixtures/stores/samples-${name}.gz`), gzipSync(readFileSync(path)));
}
rmSync(folder, { recursive: true });

async function fill(location: string): Promise<void> {
  const store = await code.openStore(location, 'write');
  await store.createRun(code.buildRun({ id: 'old' }));
  const records = [code.EMPTY_RECORD, code.FAILED_RECORD, code.CANCELLED_RECORD, code.FULL_RECORD];
  await store.append('old', { ...code.buildBatch(1, 1), records });
  await store.finishRun('old', { state: 'completed', durationMs: 0.1 + 0.2 });
  await store.createRun(code.buildRun({ id: 'broken', startedAtIso: '2026-02-01T00:00:00.000Z' }));
  await store.append('broken', code.buildBatch(0, 3));
  await store.close();
}
