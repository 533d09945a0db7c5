import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../errors.ts';
import { openCatalog } from './catalog.ts';
import { readCatalogFile } from './catalog-file.ts';
import { resolve } from './resolve.ts';

function mistakeIn(text: string): string {
  try {
    readCatalogFile(text, 'rows.yaml');
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'FILE_MALFORMED');
    return error.message;
  }
  return assert.fail('no mistake was found');
}

const YAML = `
# Ours.
- prefixes: [acme]
  dialect: openai-chat
  baseUrl: https://llm.acme.example/v1
  keyVariables: [ACME_API_KEY]
  isKeyOptional: true
  routes:
    - models: ^(?<site>[a-z]+)\\.(?<model>.+)$
      baseUrl: https://{site}.acme.example/v1
`;

test('rows are read from YAML, and what is left out is filled in', () => {
  const catalog = openCatalog(readCatalogFile(YAML, 'rows.yaml'));
  const resolution = resolve('acme/north.big', { environment: () => undefined, catalog });
  assert.equal(resolution.kind, 'resolved');
  assert.deepEqual([resolution.url, resolution.model], ['https://north.acme.example/v1', 'big']);
  assert.equal(resolution.auth[0]?.strategy, 'native');
});

test('rows are read from JSON, as a list or under "providers"', () => {
  const row = { prefixes: ['acme'], dialect: 'ollama' };
  for (const text of [JSON.stringify([row]), JSON.stringify({ providers: [row] })]) {
    assert.deepEqual(
      readCatalogFile(text, 'rows.json').map(({ prefixes, dialect, family }) => [prefixes, dialect, family]),
      [[['acme'], 'ollama', 'oai']],
    );
  }
});

const MISTAKES: readonly (readonly [string, RegExp])[] = [
  ['- prefixes: [acme', /^rows\.yaml:1: this is neither JSON nor YAML \(/],
  ['hello', /^rows\.yaml:1: there is no list of providers$/],
  ['', /^rows\.yaml:1: there is no list of providers$/],
  ['providers: 3', /^rows\.yaml:1: there is no list of providers$/],
  ['- dialect: tgi', /^rows\.yaml:1: \[0\]\.prefixes: /],
  ['- prefixes: [a]\n  dialect: tgi\n- prefixes: [b]', /^rows\.yaml:3: \[1\]\.dialect: /],
  ['- prefixes: [a]\n  dialect: openai', /^rows\.yaml:2: \[0\]\.dialect: is none of openai-chat, /],
  ['- prefixes: [a/b]\n  dialect: tgi', /^rows\.yaml:1: \[0\]\.prefixes\[0\]: is no prefix/],
  ['- prefixes: [a]\n  dialect: tgi\n  baseUrl: acme.example', /^rows\.yaml:3: \[0\]\.baseUrl: is not a URL/],
  [
    '- prefixes: [a]\n  dialect: tgi\n  baseUrl: https://me:pw@acme.example',
    /^rows\.yaml:3: \[0\]\.baseUrl: is not a URL/,
  ],
  ['- prefixes: [a]\n  dialect: tgi\n  url: https://a.example', /^rows\.yaml:1: \[0\]: has no field url$/],
  ['- prefixes: [a]\n  dialect: tgi\n  auth: password', /^rows\.yaml:3: \[0\]\.auth: is no way to authenticate/],
  [
    'providers:\n  - prefixes: [a]\n    dialect: tgi\n    routes:\n      - models: "("',
    /^rows\.yaml:5: providers\[0\]\.routes\[0\]\.models: is no regular expression/,
  ],
  ['- prefixes: [a]\n  dialect: tgi\n  unsupported: alas', /^rows\.yaml:1: \[0\]\.wayAround: is needed where/],
  ['- prefixes: [a]\n  dialect: tgi\n- prefixes: [a]\n  dialect: tgi', /^rows\.yaml:3: \[1\]: a stands here twice$/],
  ['- *nowhere', /^rows\.yaml:1: this is (?:neither JSON nor|not) YAML/],
];
for (const [text, expected] of MISTAKES) {
  test(`one line tells what is wrong in ${JSON.stringify(text)}`, () => {
    const message = mistakeIn(text);
    assert.match(message, expected);
    assert.ok(!message.includes('\n'));
  });
}
