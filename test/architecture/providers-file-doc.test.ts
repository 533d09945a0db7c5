import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEFAULT_FIELDS, ENTRY_FIELDS, TEMPLATE_FIELDS } from '../../src/providers/entry-schema.ts';

const DOC = readFileSync(new URL('../../docs/providers-file.md', import.meta.url), 'utf8');

for (const [what, fields] of [
  ['of a provider', ENTRY_FIELDS],
  ['of the defaults', DEFAULT_FIELDS],
  ['of a template', TEMPLATE_FIELDS],
] as const) {
  test(`docs/providers-file.md names every field ${what}`, () => {
    const missing = [...fields].filter((field) => !DOC.includes(`\`${field}\``));
    assert.deepEqual(missing, []);
  });
}
