import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ProviderListDocument } from '../../src/contract/provider-document.ts';
import { type CliOptions, type CliResult, HAS_TERMINALS, makeFolder, runCli, runOnTerminal } from '../support/cli.ts';

const provider = (options: CliOptions, ...args: readonly string[]): Promise<CliResult> =>
  runCli(['provider', ...args], options);

/** Written so that no linter takes it for a template. */
const ref = (name: string): string => `$\{${name}}`;

test('a provider is added, shown, changed and removed as it was in the program that this one grew out of', async () => {
  using folder = makeFolder();
  const at = { cwd: folder.path };
  const flags = ['--name', 'gateway-a', '--model', 'vendor/model', '--api-base', 'https://host/v1'];
  const added = await provider(at, 'add', ...flags, '--api-key-env', 'GATEWAY_KEY', '--no-test');
  assert.deepEqual([added.code, added.stdout], [0, 'Provider added: gateway-a\n'], added.stderr);
  assert.deepEqual((await provider(at, 'list')).stdout, 'gateway-a\tvendor/model\thttps://host/v1\tGATEWAY_KEY\n');
  const removed = await provider(at, 'remove', '--name', 'gateway-a');
  assert.deepEqual([removed.code, removed.stdout], [0, 'Provider removed: gateway-a\n']);
  const again = await provider(at, 'remove', '--name', 'gateway-a');
  assert.equal(again.code, 2);
  assert.match(again.stderr, /^error: there is no provider gateway-a in providers\.toml; .*\n$/);
});

test('every field is a flag, and what was written by hand stays', async () => {
  using folder = makeFolder();
  const file = join(folder.path, 'providers.toml');
  const mine = '# my providers\r\n[providers.mine] # do not touch\r\nmodel = "m"\r\n';
  writeFileSync(file, mine);
  const args = [
    ...['add', 'full', '--model', 'm', '--models', 'n,o', '--display-name', 'Full', '--endpoint', 'http://127.0.0.1:1'],
    ...['--api-key-env', 'FULL_KEY', '--dialect', 'ollama', '--temperature', '0.2', '--max-tokens', '5'],
    ...['--timeout', '90s', '--context-window', '100', '--max-output-tokens', '10', '--skip-params', 'seed,stop'],
    ...['--input-price', '1', '--output-price', '2', '--cached-input-price', '0.5', '--cache-write-cost-per-mtok', '3'],
    ...['--reasoning-cost-per-mtok', '4', '--region', 'eu', '--tier', 'flex', '--project', 'p', '--api-version', 'v'],
    ...['--base-model', 'b', '--header', 'X-Team: bench', '--header', `Authorization: Bearer ${ref('K')}`],
    ...['--param', 'top_p=0.9', '--param', 'stop=["x"]', '--no-test'],
  ];
  const added = await provider({ cwd: folder.path }, ...args);
  assert.equal(added.code, 0, added.stderr);
  const table = `
[providers."full"]
model = "m"
models = ["n", "o"]
display_name = "Full"
api_base = "http://127.0.0.1:1"
api_key_env = "FULL_KEY"
dialect = "ollama"
temperature = 0.2
max_tokens = 5
timeout_s = 90
context_window = 100
max_output_tokens = 10
skip_params = ["seed", "stop"]
input_cost_per_mtok = 1
output_cost_per_mtok = 2
cached_input_cost_per_mtok = 0.5
cache_write_cost_per_mtok = 3
reasoning_cost_per_mtok = 4
region = "eu"
tier = "flex"
project = "p"
api_version = "v"
base_model = "b"

[providers."full".extra_headers]
X-Team = "bench"
Authorization = "Bearer ${ref('K')}"

[providers."full".params]
top_p = 0.9
stop = ["x"]
`;
  assert.equal(readFileSync(file, 'utf8'), mine + table.replaceAll('\n', '\r\n'));
  const shown = await provider({ cwd: folder.path, env: { FULL_KEY: 'secret' } }, 'show', 'full', '--json');
  const { providers } = JSON.parse(shown.stdout) as ProviderListDocument;
  assert.deepEqual(
    providers[0]?.models.map(({ model, isKeySet, timeoutMs }) => [model, isKeySet, timeoutMs]),
    ['m', 'n', 'o'].map((model) => [model, true, 90_000]),
  );
  assert.doesNotMatch(shown.stdout, /secret/);
});

describe('where providers are configured', () => {
  const entry = (name: string): string => `[providers.${name}]\nmodel = "m"\n`;
  const listed = async (options: CliOptions, ...args: readonly string[]): Promise<string> =>
    (await provider(options, 'list', ...args)).stdout.split('\t')[0] ?? '';

  test('--config, LLM_BENCH_CONFIG, the working folder, the user’s own: the first that is there', async () => {
    using folder = makeFolder();
    const cwd = join(folder.path, 'here');
    mkdirSync(cwd);
    mkdirSync(join(folder.path, 'config/llm-bench'), { recursive: true });
    writeFileSync(join(folder.path, 'flag.toml'), entry('flag'));
    writeFileSync(join(folder.path, 'variable.toml'), entry('variable'));
    writeFileSync(join(folder.path, 'config/llm-bench/providers.toml'), entry('own'));
    const own = { XDG_CONFIG_HOME: join(folder.path, 'config') };
    const variable = { ...own, LLM_BENCH_CONFIG: '../variable.toml' };
    assert.equal(await listed({ cwd, env: own }), 'own');
    writeFileSync(join(cwd, 'providers.toml'), entry('here'));
    assert.equal(await listed({ cwd, env: own }), 'here');
    assert.equal(await listed({ cwd, env: variable }), 'variable');
    assert.equal(await listed({ cwd, env: variable }, '--config', '../flag.toml'), 'flag');
  });

  test('a Studio’s config.yaml is read as it is', async () => {
    using folder = makeFolder();
    writeFileSync(join(folder.path, 'config.yaml'), 'providers:\n  lan:\n    display_name: L\n    models: [m]\n');
    assert.equal(await listed({ cwd: folder.path }, '--config', 'config.yaml'), 'lan');
  });

  test('a link stays a link', async () => {
    using folder = makeFolder();
    writeFileSync(join(folder.path, 'real.toml'), entry('a'));
    symlinkSync('real.toml', join(folder.path, 'providers.toml'));
    const added = await provider({ cwd: folder.path }, 'add', 'b', '--model', 'm', '--no-test');
    assert.equal(added.code, 0, added.stderr);
    assert.match(readFileSync(join(folder.path, 'real.toml'), 'utf8'), /\[providers\."b"\]/);
  });
});

test('of providers that are added at the same time none is lost', async () => {
  using folder = makeFolder();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const at = { cwd: folder.path };
  const results = await Promise.all(names.map((name) => provider(at, 'add', name, '--model', 'm', '--no-test')));
  assert.deepEqual(
    results.map(({ code }) => code),
    names.map(() => 0),
  );
  const { stdout } = await provider(at, 'list');
  assert.deepEqual(stdout.match(/^\w/gm)?.sort(), names);
});

test('an import takes providers, defaults and prompts over, and leaves keys behind', async () => {
  using folder = makeFolder();
  writeFileSync(
    join(folder.path, 'config.yaml'),
    'prompt_templates:\n  a:\n    prompt: hi\nproviders:\n  lan:\n    api_key: sk-of-the-file\n    models: [m]\n',
  );
  const imported = await provider({ cwd: folder.path }, 'import', 'config.yaml', '--prompts', 'p.yaml');
  assert.deepEqual([imported.code, imported.stdout], [0, 'Provider added: lan\n'], imported.stderr);
  assert.match(imported.stderr, /the key of lan was not copied: set LAN_API_KEY/);
  const written = readFileSync(join(folder.path, 'providers.toml'), 'utf8');
  assert.doesNotMatch(`${written}${imported.stderr}`, /sk-of-the-file/);
  assert.equal(readFileSync(join(folder.path, 'p.yaml'), 'utf8'), 'prompts:\n  - name: a\n    text: hi\n');
});

test('on a terminal the list has columns and a head', { skip: !HAS_TERMINALS }, async () => {
  using folder = makeFolder();
  writeFileSync(join(folder.path, 'providers.toml'), '[providers.a]\nmodel = "m"\n');
  const { stdout } = await runOnTerminal(['provider', 'list'], { cwd: folder.path, env: { NO_COLOR: '1' } });
  assert.match(stdout, /^provider +models +base URL +key\r\na +m +— +—/);
});

/** What is in `providers.toml`, what the user typed, and what the one line has to name. */
const MISTAKES: readonly (readonly [what: string, file: string | undefined, args: readonly string[], says: RegExp])[] =
  [
    ['no file', undefined, ['list'], /no provider is configured: .*providers\.toml here/],
    [
      'a named file that is missing',
      undefined,
      ['list', '--config', 'no.toml'],
      /cannot read no\.toml: .*no such file/,
    ],
    [
      'a folder that is missing',
      undefined,
      ['add', 'a', '--model', 'm', '--no-test', '--config', 'x/p.toml'],
      /x\/p\.toml was not changed: its folder/,
    ],
    ['an empty file', '', ['list'], /there is none in providers\.toml/],
    ['broken TOML', '[providers.a]\nmodel = \n', ['list'], /providers\.toml:2: this is not TOML/],
    ['broken TOML, when changing', '[providers.a]\nmodel = \n', ['remove', 'a'], /providers\.toml:2: this is not TOML/],
    [
      'a field that is misspelt',
      '[providers.a]\nmodel = "m"\ntemprature = 1\n',
      ['list'],
      /providers\.toml:3: providers\.a\.temprature: .*did you mean temperature/,
    ],
    ['a key in the file', '[providers.a]\nmodel = "m"\napi_key = "k"\n', ['list'], /providers\.toml:3: .*api_key_env/],
    [
      'a provider twice',
      '[providers.a]\nmodel = "m"\n[providers.a]\nmodel = "n"\n',
      ['list'],
      /providers\.toml:3: .*already defined/,
    ],
    [
      'a provider that is not there',
      '[providers.mine]\nmodel = "m"\n',
      ['show', 'mien'],
      /no provider mien .*did you mean mine\?/,
    ],
    [
      'a name that is taken',
      '[providers.a]\nmodel = "m"\n',
      ['add', 'a', '--model', 'n', '--no-test'],
      /a provider a in providers\.toml already.*--force/,
    ],
    ['no name', '[providers.a]\nmodel = "m"\n', ['show'], /--name is missing/],
    ['two names', '[providers.a]\nmodel = "m"\n', ['show', 'a', '--name', 'b'], /--name cannot stand beside a/],
    ['no model', undefined, ['add', 'a', '--no-test'], /--model is missing/],
    ['a dialect that is unknown', undefined, ['add', 'a', '--model', 'm', '--dialect', 'x'], /--dialect.*openai-chat/],
    [
      'a number that is none',
      undefined,
      ['add', 'a', '--model', 'm', '--temperature', 'hot'],
      /--temperature: "hot" is not a number; see llm-bench provider add --help/,
    ],
    [
      'a header without a value',
      undefined,
      ['add', 'a', '--model', 'm', '--header', 'secret-thing'],
      /--header: a header is written 'name: value'/,
    ],
    [
      'a null for TOML',
      undefined,
      ['add', 'a', '--model', 'm', '--param', 'stop=null'],
      /--param: stop: TOML has no null/,
    ],
    [
      'a key for its variable',
      undefined,
      ['add', 'a', '--model', 'm', '--api-key-env', 'sk-12345678901', '--no-test'],
      /api_key_env looks like a key/,
    ],
    ['nothing to change', '[providers.a]\nmodel = "m"\n', ['edit', 'a'], /a field is missing/],
    ['a command that is unknown', undefined, ['lsit'], /unknown command 'lsit'/],
  ];

describe('every mistake is one line that says what to do, and changes nothing', () => {
  for (const [what, file, args, says] of MISTAKES) {
    test(what, async () => {
      using folder = makeFolder();
      const path = join(folder.path, 'providers.toml');
      if (file !== undefined) writeFileSync(path, file);
      const { code, stdout, stderr } = await provider({ cwd: folder.path }, ...args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, says);
      assert.equal(stderr.match(/\n/g)?.length, 1, stderr);
      assert.doesNotMatch(stderr, /sk-12345678901|secret-thing/);
      if (file !== undefined) assert.equal(readFileSync(path, 'utf8'), file);
    });
  }
});
