import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../errors.ts';
import { readStudioConfig } from './studio-config.ts';

const CONFIG = `
defaults:
  max_tokens: 512
  temperature: 0.7
  context_tiers: [0, 1000, 5000]
  prompt: "Hi"
  theme: dark
prompt_templates:
  two_lines:
    category: reasoning
    label: "Shown in the list"
    prompt: |
      one
      two
providers:
  lan_server:
    display_name: LAN server
    api_base: http://lan.test:1234/v1
    api_key_env:
    api_key: sk-of-the-file
    model_id_prefix: lm_studio
    models:
      - id: lm_studio/model-a
        display_name: Model A
        context_window: 128000
        max_output_tokens: 8000
        skip_params: [temperature]
        input_cost_per_mtok: 3.0
        output_cost_per_mtok: 15.0
        my_note: [1, two]
        custom: too
      - plain
  hosted:
    display_name: Hosted
    api_key_env: HOSTED_KEY
    models:
      - id: hosted-1
        display_name: One
  nothing_yet:
    display_name: Nothing yet
    models: []
`;

describe('a file that is in order', () => {
  const config = readStudioConfig('config.yaml', CONFIG);

  test('has its providers with their models', () => {
    const seen = config.providers.map(({ name, label, models }) => [name, label, models.map(({ model }) => model)]);
    assert.deepEqual(seen, [
      ['lan_server', 'LAN server', ['lm_studio/model-a', 'plain']],
      ['hosted', 'Hosted', ['hosted-1']],
    ]);
    const [model] = config.providers[0]?.models ?? [];
    assert.equal(model?.apiBase, 'http://lan.test:1234/v1');
    assert.equal(model.apiKeyEnv, undefined);
    assert.equal(model.label, 'Model A');
    assert.deepEqual([model.contextWindow, model.maxOutputTokens, model.skipParams], [128_000, 8_000, ['temperature']]);
    assert.deepEqual([model.price?.inputUsd, model.price?.outputUsd], [3, 15]);
    assert.equal(config.providers[1]?.models[0]?.apiKeyEnv, 'HOSTED_KEY');
  });

  test('has its defaults and prompts', () => {
    assert.deepEqual(config.defaults, {
      temperature: 0.7,
      maxTokens: 512,
      timeoutMs: undefined,
      prompt: 'Hi',
      contextTiers: [0, 1000, 5000],
    });
    assert.deepEqual(config.prompts, [{ name: 'two_lines', text: 'one\ntwo\n' }]);
  });

  test('keeps keys apart from all that may be shown or written', () => {
    assert.deepEqual([...config.keys], [['lan_server', 'sk-of-the-file']]);
    const others = JSON.stringify([config.providers, [...config.fields], config.leftOut]);
    assert.doesNotMatch(others, /sk-of-the-file/);
  });

  test('keeps fields of the user’s own, and says what it leaves out', () => {
    const fields = config.fields.get('lan_server');
    assert.deepEqual(fields?.custom, { model_id_prefix: 'lm_studio' });
    assert.deepEqual(fields?.models?.[0]?.custom, { my_note: [1, 'two'], custom: 'too' });
    assert.deepEqual(config.leftOut, ['providers.nothing_yet (it has no models)', 'defaults.theme']);
  });
});

for (const text of ['', '# nothing\n', 'providers:\n', '{}']) {
  test(`${JSON.stringify(text)} has no providers`, () => {
    assert.deepEqual(readStudioConfig('config.yaml', text).providers, []);
  });
}

function mistakesIn(text: string): readonly string[] {
  try {
    readStudioConfig('config.yaml', text);
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'FILE_MALFORMED');
    return error.message.split('\n');
  }
  return [];
}

for (const [text, ...says] of [
  ['a: [', /^config\.yaml:1: this is not YAML/],
  ['a: 1\nb: *none\n', /^config\.yaml:\d: this is not YAML/],
  ['- a\n', /^config\.yaml:1: must be a table with defaults, prompt_templates and providers$/],
  ['providers: 3', /^config\.yaml:1: providers: must be a table$/],
  ['providers:\n  a:\n    display_name: A\n', /^config\.yaml:2: providers\.a\.models: must be a list of models$/],
  [
    'prompt_templates:\n  1st:\n    prompt: a\n  b:\n    label: B\n',
    /^config\.yaml:2: prompt_templates\.1st: must be of letters/,
    /^config\.yaml:4: prompt_templates\.b\.prompt: must be a text: the prompt$/,
  ],
  [
    'providers:\n  a:\n    models:\n      - display_name: M\n      - id: x\n        context_window: big\n        input_cost_per_mtok: -3\n',
    /^config\.yaml:4: providers\.a\.models\[0\]\.id: is missing: the name of the model$/,
    /^config\.yaml:6: providers\.a\.models\[1\]\.context_window: must be a whole number from 1$/,
    /^config\.yaml:7: providers\.a\.models\[1\]\.input_cost_per_mtok: must be a number from 0$/,
  ],
  ['providers:\n  a:\n    api_key: 3\n    models: [x]\n', /^config\.yaml:3: providers\.a\.api_key: must be a text$/],
  ['providers:\n  a:\n    models: [x, x]\n', /^config\.yaml:3: providers\.a\.models\[1\]: x is there twice$/],
  ['defaults:\n  temperature: warm\n', /^config\.yaml:2: defaults\.temperature: must be a number from 0$/],
] as const) {
  test(`${JSON.stringify(text)} is refused with every mistake and its line`, () => {
    const mistakes = mistakesIn(text);
    assert.equal(mistakes.length, says.length, mistakes.join('\n'));
    for (const [index, said] of says.entries()) assert.match(mistakes[index] ?? '', said);
  });
}
