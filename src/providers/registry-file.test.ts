import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AppError } from '../errors.ts';
import {
  type ChangePlan,
  changeRegistry,
  type ProvidersFile,
  parseRegistry,
  previewRegistry,
} from './registry-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-registry-'));
after(() => rmSync(folder, { recursive: true }));

const read = (text: string): ProvidersFile => parseRegistry('providers.toml', Buffer.from(text));

/** All lines of the one error. */
function mistakesIn(text: string | Uint8Array): readonly string[] {
  try {
    parseRegistry('providers.toml', Buffer.from(text));
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'FILE_MALFORMED');
    return error.message.split('\n');
  }
  return [];
}

const ALL_FIELDS = `
[defaults]
temperature = 0.7
max_tokens = 512
timeout_s = 30
prompt = "Hi"
context_tiers = [0, 1000]

[providers."gateway-a"]
display_name = "Gateway A"
model = "vendor/model"
api_base = "https://host/v1"
api_key_env = "GATEWAY_KEY"
temperature = 0.2
max_tokens = 256
timeout_s = 1.5
context_window = 128_000
max_output_tokens = 8000
skip_params = ["seed"]
input_cost_per_mtok = 3
output_cost_per_mtok = 15
cached_input_cost_per_mtok = 0.3
cache_write_cost_per_mtok = 3.75
reasoning_cost_per_mtok = 20
dialect = "anthropic-messages"
params = { top_p = 0.9, stop = ["x"] }
region = "eu-1"
tier = "flex"
project = "p"
api_version = "2024-10-21"
base_model = "claude"
custom = { note = "mine" }
extra_headers.X-Team = "bench"
extra_headers.X-Id = "\${ID}"

[providers."gateway-a".template]
body = { q = "{{prompt}}" }
framing = "ndjson"
paths = { text = "a.b", input_tokens = "u.in" }
done_marker = "[DONE]"
`;

describe('a file that is in order', () => {
  test('has all its fields, in our units', () => {
    const { providers, defaults } = read(ALL_FIELDS);
    assert.deepEqual(defaults, {
      temperature: 0.7,
      maxTokens: 512,
      timeoutMs: 30_000,
      prompt: 'Hi',
      contextTiers: [0, 1000],
    });
    const [entry] = providers;
    assert.equal(entry?.name, 'gateway-a');
    assert.equal(entry.label, 'Gateway A');
    const { template, price, ...model } = entry.models[0] ?? assert.fail();
    assert.deepEqual(model, {
      model: 'vendor/model',
      label: undefined,
      apiBase: 'https://host/v1',
      apiKeyEnv: 'GATEWAY_KEY',
      extraHeaders: { 'X-Team': 'bench', 'X-Id': ['$', '{ID}'].join('') },
      dialect: 'anthropic-messages',
      temperature: 0.2,
      maxTokens: 256,
      timeoutMs: 1_500,
      contextWindow: 128_000,
      maxOutputTokens: 8_000,
      skipParams: ['seed'],
      params: { top_p: 0.9, stop: ['x'] },
      region: 'eu-1',
      tier: 'flex',
      project: 'p',
      apiVersion: '2024-10-21',
      baseModel: 'claude',
    });
    assert.deepEqual(price, {
      inputUsd: 3,
      outputUsd: 15,
      cachedInputUsd: 0.3,
      cacheWriteUsd: 3.75,
      longCacheWriteUsd: undefined,
      reasoningUsd: 20,
      tiers: [],
      perRequestUsd: 0,
      source: 'user',
      asOf: undefined,
    });
    assert.deepEqual(template, {
      method: 'POST',
      body: { q: '{{prompt}}' },
      framing: 'ndjson',
      paths: {
        text: 'a.b',
        reasoning: undefined,
        finish: undefined,
        inputTokens: 'u.in',
        outputTokens: undefined,
        error: undefined,
      },
      doneMarker: '[DONE]',
    });
  });

  test('what is not said is unknown', () => {
    const [entry] = read('[providers.x]\nmodel = "m"\n').providers;
    const { model, extraHeaders, skipParams, params, ...rest } = entry?.models[0] ?? assert.fail();
    assert.deepEqual([model, extraHeaders, skipParams, params], ['m', {}, [], {}]);
    assert.deepEqual([...new Set(Object.values(rest))], [undefined]);
  });

  test('models may be names or tables, and model comes before them', () => {
    const { providers } = read(
      '[providers.x]\nmodels = ["a", { id = "b", region = "eu" }, "c"]\nmodel = "b"\nregion = "us"\n',
    );
    const models = providers[0]?.models.map(({ model, region }) => [model, region]);
    assert.deepEqual(models, [
      ['b', 'eu'],
      ['a', 'us'],
      ['c', 'us'],
    ]);
  });

  test('a model adds to headers, parameters and skipped ones, and replaces all else', () => {
    const [entry] = read(`
[providers.x]
temperature = 1
timeout_s = 10
skip_params = ["seed"]
params = { top_p = 1, top_k = 5 }
extra_headers = { X-Team = "a", X-Other = "b" }
input_cost_per_mtok = 1
output_cost_per_mtok = 2
cached_input_cost_per_mtok = 0.1
[[providers.x.models]]
id = "m"
temperature = 0
skip_params = ["stop", "seed"]
params = { top_p = 0.5 }
extra_headers = { x-team = "c" }
input_price_per_million = 10
output_price_per_million = 20
`).providers;
    const model = entry?.models[0] ?? assert.fail();
    assert.equal(model.temperature, 0);
    assert.equal(model.timeoutMs, 10_000);
    assert.deepEqual(model.skipParams, ['seed', 'stop']);
    assert.deepEqual(model.params, { top_p: 0.5, top_k: 5 });
    assert.deepEqual(model.extraHeaders, { 'X-Other': 'b', 'x-team': 'c' });
    // The cached price was that of other models.
    assert.deepEqual([model.price?.inputUsd, model.price?.outputUsd, model.price?.cachedInputUsd], [10, 20, undefined]);
  });

  test('an empty text counts as absent', () => {
    const [entry] = read('[providers.x]\nmodel = "m"\napi_base = ""\napi_key_env = ""\n').providers;
    assert.deepEqual([entry?.models[0]?.apiBase, entry?.models[0]?.apiKeyEnv], [undefined, undefined]);
  });

  for (const text of ['', '# nothing\n', '[providers]\n', '\uFEFF\r\n']) {
    test(`${JSON.stringify(text)} has no providers`, () => {
      assert.deepEqual(read(text).providers, []);
    });
  }
});

const NOT_TOML: readonly (readonly [text: string, line: number, says: RegExp])[] = [
  ['a = \n', 1, /not TOML/],
  ['\n\n[providers.x\n', 3, /not TOML/],
  ['[providers.x]\nmodel = "m\n', 2, /not TOML \(Newline/],
  ['[providers.x]\nmodel = "a"\nmodel = "b"\n', 3, /already defined/],
  ['[providers.x]\nmodel = "a"\n\n[providers.x]\nmodel = "b"\n', 4, /already defined: providers\.x/],
  ['[providers.x]\nmodel = "\\q"\n', 2, /escape/],
  ['[providers.x]\nmodel = a\n', 2, /not TOML/],
  ['providers: {}\n', 1, /not TOML/],
];

for (const [text, line, says] of NOT_TOML) {
  test(`${JSON.stringify(text)} is refused at line ${line}`, () => {
    const [mistake = '', ...others] = mistakesIn(text);
    assert.ok(mistake.startsWith(`providers.toml:${line}: `), mistake);
    assert.match(mistake, says);
    assert.deepEqual(others, []);
  });
}

test('bytes that are no UTF-8 are refused at their line', () => {
  const mistakes = mistakesIn(Buffer.from([0x23, 0xc3, 0xa9, 0x0a, 0x23, 0xff, 0x0a]));
  assert.deepEqual(mistakes, ['providers.toml:2: this is not UTF-8']);
});

/** One field each: what was written under `[providers.x]`, and what is said of it. */
const WRONG_FIELDS: readonly (readonly [field: string, says: string])[] = [
  ['temperature = "hot"', 'temperature: must be a number from 0'],
  ['temperature = -1', 'temperature: must be a number from 0'],
  ['temperature = nan', 'temperature: must be a number from 0'],
  ['max_tokens = 0', 'max_tokens: must be a whole number from 1'],
  ['max_tokens = 1.5', 'max_tokens: must be a whole number from 1'],
  ['max_tokens = 12345678901234567890', 'max_tokens: must be a whole number from 1'],
  ['timeout_s = 0', 'timeout_s: must be above 0'],
  ['timeout_s = "60s"', 'timeout_s: must be a number of seconds above 0'],
  ['api_base = "localhost:8000"', 'api_base: must be a URL that begins with http:// or https://'],
  ['api_base = 1979-05-27', 'api_base: must be a text'],
  ['api_key_env = "sk-live-1"', 'api_key_env: must be the name of a variable, as GROQ_API_KEY: never the key itself'],
  ['skip_params = "seed"', 'skip_params: must be a list of texts'],
  [
    'params = { since = 1979-05-27 }',
    'params: must be a table of texts, numbers, booleans, lists and tables (no dates)',
  ],
  ['extra_headers = { host = "a" }', 'extra_headers.host: this header is set by llm-bench itself'],
  ['extra_headers = { "a b" = "c" }', 'extra_headers."a b": this is not a name that a header can have'],
  ['extra_headers = { A = "1", a = "2" }', 'extra_headers.a: is there twice: capital letters do not matter'],
  ['extra_headers = { A = "č" }', 'extra_headers.A: must hold no character that a header cannot carry'],
  ['extra_headers = ["A: b"]', 'extra_headers: must be a table of texts'],
  [
    'api_key = "sk-1"',
    'api_key: keys are never kept in this file; put it into a variable and name that by api_key_env',
  ],
  ['base_url = "http://a"', 'base_url: there is no such field; did you mean api_base?'],
  ['temprature = 1', 'temprature: there is no such field; did you mean temperature?'],
  ['models = ["a", "b", "a"]', 'models[2]: a is there twice'],
  ['models = [{ name = "a" }]', 'models[0].id: is missing: the name of the model'],
  ['models = [1]', 'models[0]: must be the name of a model, or a table with id'],
  ['template = { framing = "sse" }', 'template.paths: must be a table with at least text, the path to the answer'],
  ['cached_price_per_million = 1', 'a price needs both sides: add input_cost_per_mtok (0 where it is free)'],
  ['input_cost_per_mtok = 1', 'a price needs both sides: add output_cost_per_mtok (0 where it is free)'],
];

for (const [field, says] of WRONG_FIELDS) {
  test(`${field} is refused`, () => {
    const [mistake = ''] = mistakesIn(`[providers.x]\nmodel = "m"\n\n${field}\n`);
    const isOfAll = says.startsWith('a price');
    assert.equal(mistake, `providers.toml:${isOfAll ? 1 : 4}: providers.x${isOfAll ? ': ' : '.'}${says}`);
  });
}

test('both names of one price are one too many', () => {
  const [mistake] = mistakesIn(
    '[providers.x]\nmodel = "m"\ninput_cost_per_mtok = 1\noutput_cost_per_mtok = 1\ninput_price_per_million = 1\n',
  );
  const says = 'providers.x.input_price_per_million: says the same as input_cost_per_mtok; leave one out';
  assert.equal(mistake, `providers.toml:5: ${says}`);
});

test('an unknown field with no likeness to any shows which there are', () => {
  assert.match(mistakesIn('[providers.x]\nmodel = "m"\nqqq = 1\n')[0] ?? '', /there are model, models, .*api_base/);
});

test('all mistakes are listed, in the order of the file, each with its line', () => {
  const mistakes = mistakesIn(`
[providers."my gateway"]
max_tokens = 0
[provider.y]
model = "m"
[[providers.z.models]]
id = "a"
[[providers.z.models]]
id = "b"
temperature = "x"
[defaults]
temprature = 1
`);
  assert.deepEqual(mistakes, [
    'providers.toml:3: providers."my gateway".max_tokens: must be a whole number from 1',
    'providers.toml:4: provider: there is no such field; did you mean providers?',
    'providers.toml:10: providers.z.models[1].temperature: must be a number from 0',
    'providers.toml:12: defaults.temprature: there is no such field; did you mean temperature?',
  ]);
});

test('no message repeats a value that may be a key', () => {
  const text = `[providers.x]\nmodel = "m"\napi_key = "sk-hidden-1"\napi_key_env = "sk-hidden-2"\napi_base = "sk-hidden-3"\n`;
  assert.doesNotMatch(mistakesIn(text).join('\n'), /hidden/);
});

describe('changing a file', () => {
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test('what is there is handed over, and what becomes of it comes back', async () => {
    const file = write('change.toml', '# mine\n[providers.x]\nmodel = "m"\n');
    await changeRegistry(file, ({ providers }) => {
      assert.deepEqual(
        providers.map(({ name }) => name),
        ['x'],
      );
      return [{ kind: 'add-table', path: ['providers', 'y'], value: { model: 'n' } }];
    });
    assert.equal(readFileSync(file, 'utf8'), '# mine\n[providers.x]\nmodel = "m"\n\n[providers."y"]\nmodel = "n"\n');
  });

  test('what would become of it can be seen before', async () => {
    const file = join(folder, 'not-yet.toml');
    const plan: ChangePlan = () => [{ kind: 'add-table', path: ['providers', 'y'], value: { model: 'n' } }];
    const { providers } = await previewRegistry(file, plan);
    assert.deepEqual([providers[0]?.name, existsSync(file)], ['y', false]);
  });

  test('a broken file is left alone', async () => {
    const file = write('broken.toml', '[providers.x]\nmodel = \n');
    await assert.rejects(
      changeRegistry(file, () => assert.fail('nothing to plan')),
      { code: 'FILE_MALFORMED' },
    );
    assert.equal(readFileSync(file, 'utf8'), '[providers.x]\nmodel = \n');
  });

  test('a file that would be broken is left alone', async () => {
    const file = write('would.toml', '[providers.x]\nmodel = "m"\n');
    const change = changeRegistry(file, () => [{ kind: 'remove', path: ['providers', 'x', 'model'] }]);
    await assert.rejects(change, { code: 'FILE_NOT_CHANGED', message: /providers\.x: has no model/ });
    assert.equal(readFileSync(file, 'utf8'), '[providers.x]\nmodel = "m"\n');
  });

  test('what cannot be changed without a loss is left alone', async () => {
    const text = '[providers.x]\nmodel = "m"\nmodels = [\n  "a", # the good one\n]\n';
    const file = write('loss.toml', text);
    const change = changeRegistry(file, () => [{ kind: 'set', path: ['providers', 'x', 'models'], value: ['b'] }]);
    await assert.rejects(change, { code: 'FILE_NOT_CHANGED', hint: 'change it by hand' });
    assert.equal(readFileSync(file, 'utf8'), text);
  });
});
