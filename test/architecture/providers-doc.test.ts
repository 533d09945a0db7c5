import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { providersDoc } from '../../scripts/providers-doc.ts';
import { openCatalog } from '../../src/providers/catalog.ts';

test('docs/providers.md is what the catalog says; write it anew with npm run docs', () => {
  const committed = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8');
  assert.equal(committed, providersDoc());
});

test('every prefix has its line', () => {
  const lines = providersDoc().split('\n');
  for (const prefix of openCatalog().byPrefix.keys()) {
    assert.equal(lines.filter((line) => line.split('|')[1]?.includes(`\`${prefix}\``)).length, 1, prefix);
  }
});
