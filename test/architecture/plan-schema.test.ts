import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { settingsJsonSchema } from '../../src/app/settings-file/schema.ts';
import { FLAG_ONLY_KEYS } from '../../src/app/settings-file/setting-key.ts';
import { runKeys } from '../../src/cli/config/setting-keys.ts';
import { fileKeys, PLAN_SCHEMA_ID } from '../../src/cli/config/settle.ts';

const published = readFileSync(new URL('../../docs/plan.schema.json', import.meta.url), 'utf8');
const schema = JSON.parse(published) as { readonly properties: Readonly<Record<string, unknown>> };

test('docs/plan.schema.json is what the flags say; write it anew with npm run docs', () => {
  // Both are long: that they differ is enough to know.
  assert.ok(published === settingsJsonSchema(fileKeys(), PLAN_SCHEMA_ID));
});

test('every flag of run is a key, or says why it is none', () => {
  const missing = runKeys()
    .map(({ key }) => key)
    .filter((key) => !(key in schema.properties) && !(key in FLAG_ONLY_KEYS) && key !== 'target');
  assert.deepEqual(missing, []);
});

test('editors take the example for right, and a mistake for one', () => {
  const validate = new Ajv2020({ strict: false }).compile(schema);
  const example = parse(readFileSync(new URL('../../examples/plan.yaml', import.meta.url), 'utf8')) as object;
  assert.equal(validate(example), true, JSON.stringify(validate.errors));
  assert.equal(validate({ ...example, raet: 1 }), false);
  assert.equal(validate({ ...example, stream: 'maybe' }), false);
});
