import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { loadPrompts } from '../load-prompts.ts';
import { type ImportedConfig, type ImportInput, importConfig } from './import.ts';
import { loadProviders } from './load.ts';

const STUDIO = `
defaults:
  max_tokens: 512
prompt_templates:
  two_lines:
    prompt: |
      one
      two
  short:
    prompt: hi
providers:
  lan server:
    display_name: LAN
    api_base: http://lan.test/v1
    api_key: sk-of-the-file
    model_id_prefix: lm
    models:
      - id: lm/a
        skip_params: [temperature]
        input_cost_per_mtok: 3.0
        output_cost_per_mtok: 15
        note: [1, [2, null], "x"]
      - b
  hosted:
    api_key_env: HOSTED_KEY
    api_key: sk-another
    models: [x, y]
  empty:
    models: []
`;

let folder = '';
const at = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(at(name), 'utf8');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llm-bench-import-'));
  writeFileSync(at('config.yaml'), STUDIO);
});
afterEach(() => rmSync(folder, { recursive: true }));

const take = (input: Partial<ImportInput> = {}): Promise<ImportedConfig> =>
  importConfig(
    { config: at('p.toml'), userConfig: at('user.toml') },
    { from: at('config.yaml'), promptsFile: undefined, isForced: false, ...input },
  );

test('providers, defaults and fields of the user’s own are taken over; keys are not', async () => {
  const { names, prompts, notes } = await take();
  assert.deepEqual([names, prompts], [['lan server', 'hosted'], undefined]);
  assert.equal(
    textOf('p.toml'),
    `[providers."lan server"]
display_name = "LAN"
api_base = "http://lan.test/v1"
api_key_env = "LAN_SERVER_API_KEY"

[[providers."lan server".models]]
id = "lm/a"
skip_params = ["temperature"]
input_cost_per_mtok = 3
output_cost_per_mtok = 15

[providers."lan server".models.custom]
note = [1, [2], "x"]

[[providers."lan server".models]]
id = "b"

[providers."lan server".custom]
model_id_prefix = "lm"

[providers."hosted"]
models = ["x", "y"]
api_key_env = "HOSTED_KEY"

[defaults]
max_tokens = 512
`,
  );
  assert.deepEqual(notes, [
    'the key of lan server was not copied: set LAN_SERVER_API_KEY to it',
    'the key of hosted was not copied: set HOSTED_KEY to it',
    '2 prompt templates were left out; take them over by --prompts prompts.yaml',
    'providers.empty (it has no models) was left out: it means nothing here',
  ]);
});

test('the new file says the same as the old one', async () => {
  await take();
  const place = (config: string) => ({ config: at(config), userConfig: '' });
  const [before, after] = [await loadProviders(place('config.yaml')), await loadProviders(place('p.toml'))];
  assert.deepEqual(after.defaults, before.defaults);
  const withVariable = before.providers.map((provider) => ({
    ...provider,
    models: provider.models.map((model) => ({ ...model, apiKeyEnv: model.apiKeyEnv ?? 'LAN_SERVER_API_KEY' })),
  }));
  assert.deepEqual(after.providers, withVariable);
});

for (const file of ['prompts.yaml', 'prompts.yml', 'prompts.jsonl']) {
  test(`prompt templates become prompts in ${file}`, async () => {
    const { prompts } = await take({ promptsFile: at(file) });
    assert.equal(prompts, 2);
    const { items } = await loadPrompts({ file: at(file) });
    assert.deepEqual(
      items.map(({ name, messages }) => [name, messages[0]?.content]),
      [
        ['two_lines', 'one\ntwo\n'],
        ['short', 'hi'],
      ],
    );
  });
}

test('a name that is taken stops all of it, unless it is forced', async () => {
  writeFileSync(at('p.toml'), '# mine\n[providers.hosted]\nmodel = "z"\n\n[defaults]\nprompt = "p"\n');
  await assert.rejects(take(), { code: 'PROVIDER_EXISTS', message: /hosted/ });
  assert.match(textOf('p.toml'), /^# mine\n\[providers\.hosted\]\nmodel = "z"\n\n\[defaults\]\nprompt = "p"\n$/);
  const { notes } = await take({ isForced: true });
  assert.match(notes.join('\n'), /has defaults already/);
  const { providers, defaults } = await loadProviders({ config: at('p.toml'), userConfig: '' });
  assert.deepEqual(providers.map(({ name }) => name).sort(), ['hosted', 'lan server']);
  assert.deepEqual([defaults.prompt, defaults.maxTokens], ['p', undefined]);
});

test('prompts that are there already stop all of it before anything is written', async () => {
  writeFileSync(at('prompts.yaml'), 'mine');
  await assert.rejects(take({ promptsFile: at('prompts.yaml') }), { code: 'FILE_EXISTS' });
  assert.equal(existsSync(at('p.toml')), false);
  assert.equal(textOf('prompts.yaml'), 'mine');
});

test('a text file cannot keep prompts of several lines apart', async () => {
  await assert.rejects(take({ promptsFile: at('p.txt') }), { code: 'FLAG_INVALID', message: /--prompts: .*\.yaml/ });
});

for (const [what, text, code] of [
  ['a broken one', 'providers: [', 'FILE_MALFORMED'],
  ['one without providers', 'defaults: {}\n', 'NO_PROVIDERS'],
] as const) {
  test(`${what} changes nothing`, async () => {
    writeFileSync(at('config.yaml'), text);
    await assert.rejects(take(), { code });
    assert.equal(existsSync(at('p.toml')), false);
  });
}
