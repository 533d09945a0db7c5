import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { comparisonDocumentJsonSchema } from '../../src/contract/comparison-document-schema.ts';
import { runDocumentJsonSchema } from '../../src/contract/run-document-schema.ts';

for (const [file, schema] of [
  ['run-1.json', runDocumentJsonSchema],
  ['comparison-1.json', comparisonDocumentJsonSchema],
] as const) {
  test(`docs/schema/${file} is what the contract says; write it anew with npm run docs`, () => {
    const published = readFileSync(new URL(`../../docs/schema/${file}`, import.meta.url), 'utf8');
    assert.equal(published, schema());
  });
}
