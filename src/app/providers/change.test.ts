import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { addProvider, editProvider, type ProviderFieldValues, removeProvider } from './change.ts';
import type { RegistryPlace } from './load.ts';

let folder = '';
let place: RegistryPlace = { config: '', userConfig: '' };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llm-bench-change-'));
  place = { config: join(folder, 'p.toml'), userConfig: join(folder, 'user.toml') };
});
afterEach(() => rmSync(folder, { recursive: true }));

const textOf = (): string => readFileSync(join(folder, 'p.toml'), 'utf8');
const write = (text: string): void => writeFileSync(join(folder, 'p.toml'), text);
const add = (name: string, fields: ProviderFieldValues, isForced = false): Promise<unknown> =>
  addProvider(place, { name, fields, templateFile: undefined, isForced });

/** Written so that no linter takes it for a template. */
const ref = (name: string): string => `$\{${name}}`;

describe('adding', () => {
  test('makes the file, and says which', async () => {
    const changed = await addProvider(place, {
      name: 'a',
      fields: { model: 'm' },
      templateFile: undefined,
      isForced: false,
    });
    assert.deepEqual(changed, { file: place.config, names: ['a'] });
    assert.equal(textOf(), '[providers."a"]\nmodel = "m"\n');
  });

  test('a name that is taken is refused, unless it is forced', async () => {
    write('# mine\n[providers.a] # old\nmodel = "old"\n\n[providers.b]\nmodel = "b"\n');
    await assert.rejects(add('a', { model: 'new' }), { code: 'PROVIDER_EXISTS' });
    await add('a', { model: 'new' }, true);
    assert.equal(textOf(), '# mine\n\n[providers.b]\nmodel = "b"\n\n[providers."a"]\nmodel = "new"\n');
  });

  for (const name of ['', ' ', ' a', 'a ', 'a/b', 'a,b', 'a=b', 'a\nb', 'a\u0000b', 'x'.repeat(65), '__proto__']) {
    test(`${JSON.stringify(name.slice(0, 10))} is no name`, async () => {
      await assert.rejects(add(name, { model: 'm' }), { code: 'FILE_NOT_CHANGED', message: /is no name/ });
    });
  }

  for (const name of ['a', 'gateway-a', 'my gateway', 'é😀', 'a.b', 'x'.repeat(64)]) {
    test(`${name.slice(0, 12)} is a name`, async () => {
      await add(name, { model: 'm' });
      assert.match(textOf(), /^\[providers\."/);
    });
  }

  for (const [field, fields] of [
    ['the header Authorization', { extra_headers: { Authorization: 'Bearer short' } }],
    ['the header X-Custom', { extra_headers: { 'X-Custom': 'sk-12345678901' } }],
    ['api_key_env', { api_key_env: 'gsk_12345678901' }],
    ['api_base', { api_base: 'https://user:word@host/v1' }],
    ['api_base', { api_base: 'https://host/v1?key=abc' }],
    ['params', { params: { nested: { list: ['fine', 'hf_12345678901'] } } }],
  ] as const) {
    test(`a key in ${field} is refused and not repeated`, async () => {
      await assert.rejects(add('a', { model: 'm', ...fields }), (error: Error) => {
        assert.equal((error as Error & { code: string }).code, 'KEY_IN_FILE');
        assert.ok(error.message.startsWith(`${field} looks like a key`));
        assert.doesNotMatch(
          `${error.message} ${(error as Error & { hint: string }).hint}`,
          /short|12345678901|word@|abc/,
        );
        return true;
      });
    });
  }

  test('what refers to a variable is no key, and neither is a model', async () => {
    await add('a', {
      models: ['sk-looks-like-one-12345678'],
      api_base: 'https://host/v1?api-version=2024-10-21',
      extra_headers: { Authorization: `Bearer ${ref('KEY')}` },
    });
    assert.match(textOf(), /Authorization = "Bearer \$\{KEY\}"/);
  });

  test('a value that the file could not hold is refused, and the file stays away', async () => {
    await assert.rejects(add('a', { model: 'm', temperature: -1 }), {
      code: 'FILE_NOT_CHANGED',
      message: /providers\.a\.temperature: must be a number from 0/,
    });
    assert.throws(textOf, { code: 'ENOENT' });
  });

  test('a file of another program is not written', async () => {
    const yaml = { config: join(folder, 'config.yaml'), userConfig: '' };
    writeFileSync(yaml.config, 'providers: {}\n');
    const change = addProvider(yaml, { name: 'a', fields: { model: 'm' }, templateFile: undefined, isForced: false });
    await assert.rejects(change, { code: 'FILE_NOT_CHANGED', hint: /provider import/ });
  });

  test('a template comes from a file of its own', async () => {
    const templateFile = join(folder, 't.yaml');
    writeFileSync(templateFile, 'body: { q: "{{prompt}}" }\npaths: { text: a.b }\n');
    await addProvider(place, { name: 'a', fields: { model: 'm' }, templateFile, isForced: false });
    assert.equal(
      textOf(),
      `[providers."a"]
model = "m"

[providers."a".template]
method = "POST"
framing = "json"

[providers."a".template.body]
q = "{{prompt}}"

[providers."a".template.paths]
text = "a.b"
`,
    );
    writeFileSync(templateFile, 'body: { q: null }\npaths: { text: a.b }\n');
    const withNull = addProvider(place, { name: 'b', fields: { model: 'm' }, templateFile, isForced: false });
    await assert.rejects(withNull, { code: 'FILE_NOT_CHANGED', message: /null, which TOML has not/ });
  });

  test('the user’s own file is taken where no other is there', async () => {
    writeFileSync(place.userConfig, '');
    await addProvider(
      { ...place, config: undefined },
      { name: 'a', fields: { model: 'm' }, templateFile: undefined, isForced: false },
    );
    assert.match(readFileSync(place.userConfig, 'utf8'), /^\[providers\."a"\]/);
  });
});

const BEFORE = `[providers.a]
model = "m" # the model
temperature = 0.20

[providers.a.extra_headers]
X-Team = "bench"
"X.Dot" = "1"
`;

describe('editing', () => {
  test('changes only what is named; headers one by one', async () => {
    write(BEFORE);
    const set = { temperature: 0.5, extra_headers: { 'X-Other': 'o' }, timeout_s: 60 };
    await editProvider(place, { name: 'a', set, unset: ['extra_headers.X.Dot'] });
    const expected = BEFORE.replace('temperature = 0.20\n', 'temperature = 0.5\ntimeout_s = 60\n').replace(
      '"X.Dot" = "1"',
      'X-Other = "o"',
    );
    assert.equal(textOf(), expected);
  });

  test('removes whole tables', async () => {
    write(BEFORE);
    await editProvider(place, { name: 'a', set: {}, unset: ['extra_headers', 'temperature'] });
    assert.equal(textOf(), '[providers.a]\nmodel = "m" # the model\n');
  });

  for (const field of ['timeout_s', 'extra_headers.X-None', 'model.x', 'constructor']) {
    test(`${field}, which is not there, cannot be removed`, async () => {
      write(BEFORE);
      await assert.rejects(editProvider(place, { name: 'a', set: {}, unset: [field] }), {
        code: 'FLAG_INVALID',
        message: `--unset: ${field} is not there; there are model, temperature, extra_headers`,
      });
      assert.equal(textOf(), BEFORE);
    });
  }

  test('the last model cannot be removed', async () => {
    write(BEFORE);
    const change = editProvider(place, { name: 'a', set: {}, unset: ['model'] });
    await assert.rejects(change, { code: 'FILE_NOT_CHANGED', message: /has no model/ });
  });

  test('a provider that is not there is named, with the one that may have been meant', async () => {
    write(BEFORE);
    await assert.rejects(editProvider(place, { name: 'b', set: {}, unset: [] }), {
      code: 'PROVIDER_NOT_CONFIGURED',
      hint: 'did you mean a?',
    });
  });

  test('keys are refused here too', async () => {
    write(BEFORE);
    const set = { extra_headers: { 'x-api-key': 'abc' } };
    await assert.rejects(editProvider(place, { name: 'a', set, unset: [] }), { code: 'KEY_IN_FILE' });
  });
});

describe('removing', () => {
  test('takes the provider out', async () => {
    write(`${BEFORE}\n[providers.other]\nmodel = "m"\n`);
    await removeProvider(place, 'a');
    assert.equal(textOf(), '[providers.other]\nmodel = "m"\n');
  });

  for (const [before, hint] of [
    ['', 'there is none at all'],
    ['[providers.one]\nmodel = "m"\n', 'there is one'],
    ['[providers.one]\nmodel = "m"\n[providers.other]\nmodel = "m"\n', 'there are one, other'],
  ] as const) {
    test(`what is not there is refused: ${hint}`, async () => {
      write(before);
      await assert.rejects(removeProvider(place, 'zebra'), { code: 'PROVIDER_NOT_CONFIGURED', hint });
      assert.equal(textOf(), before);
    });
  }
});
