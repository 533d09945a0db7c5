import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERROR_CODES } from '../../src/errors.ts';
import { FAILURE_KINDS } from '../../src/model/record.ts';

const PAGE = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The sections of the page by code. */
const SECTIONS: ReadonlyMap<string, string> = new Map(
  [...PAGE.matchAll(/^### ([A-Z_]+)\n([^#]*)/gm)].map(([, code = '', body = '']) => [code, body]),
);

test('every code has its section in docs/errors.md, and no section is without a code', () => {
  assert.deepEqual([...SECTIONS.keys()], Object.keys(ERROR_CODES));
});

for (const [code, { message, hint, exit, status }] of Object.entries(ERROR_CODES)) {
  test(`the page says of ${code} what the table says`, () => {
    const body = SECTIONS.get(code) ?? '';
    assert.ok(body.includes(`- Says: \`${message}\`\n`));
    assert.ok(body.includes(`- Do: \`${hint}\`\n`));
    assert.ok(body.includes(`- Exit code ${exit}, HTTP status ${status}\n`));
  });
}

test('every failure kind has its line on the page, in order, and no line is without a kind', () => {
  const table = PAGE.slice(PAGE.indexOf('## Failure kinds'));
  const kinds = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, kind]) => kind);
  assert.deepEqual(kinds, [...FAILURE_KINDS]);
});
