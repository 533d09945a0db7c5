import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parametersDoc } from '../../scripts/parameters-doc.ts';
import { FAMILIES } from '../../src/providers/parameters/families.ts';
import { PARAMETERS } from '../../src/providers/parameters/parameter.ts';
import { RULES } from '../../src/providers/parameters/rules.ts';
import { SOURCES } from '../../src/providers/parameters/sources.ts';

const PAGE = parametersDoc();

test('docs/parameters.md is what the rules say: run `npm run docs` after a change', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../docs/parameters.md'), 'utf8');
  assert.equal(committed, PAGE);
});

test('every parameter, family, rule and source stands on the page once', () => {
  for (const { name } of PARAMETERS)
    assert.equal(
      PAGE.split(`\n| \`${name}\` | universal |`).length +
        PAGE.split(`\n| \`${name}\` | common |`).length +
        PAGE.split(`\n| \`${name}\` (also`).length,
      4,
      name,
    );
  for (const { id } of RULES) assert.equal(PAGE.split(`\n| \`${id}\` |`).length, 2, id);
  for (const id of Object.keys(SOURCES)) assert.equal(PAGE.split(`\n- \`${id}\`: `).length, 2, id);
  assert.equal(PAGE.split('\n### ').length - 1, FAMILIES.length);
});

test('no line of the page holds undefined', () => {
  assert.doesNotMatch(PAGE, /undefined|\[object/);
});
