import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runDocumentJsonSchema } from '../../src/contract/run-document-schema.ts';

test('docs/schema/run-1.json is what the contract says; write it anew with npm run docs', () => {
  const published = readFileSync(new URL('../../docs/schema/run-1.json', import.meta.url), 'utf8');
  assert.equal(published, runDocumentJsonSchema());
});
