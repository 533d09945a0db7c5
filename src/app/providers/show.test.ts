import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toProviderListDocument } from '../../contract/provider-document.ts';
import { renderProvider, renderProviderLines, renderProviderList } from '../../report/providers.ts';
import { PLAIN_STYLE } from '../../report/style.ts';
import { type ShownProviders, showProviders } from './show.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-show-'));
after(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'p.toml');

writeFileSync(
  config,
  `[providers.a]
display_name = "The A"
api_base = "https://user:password@host/v1?api-key=abc&v=1"
api_key_env = "A_KEY"
timeout_s = 60
extra_headers = { Authorization = "Bearer abc", X-Team = "bench", X-Key = "\${K}" }
params = { top_p = 0.9 }
input_cost_per_mtok = 3
output_cost_per_mtok = 15
models = ["m", { id = "n", display_name = "N", temperature = 0, api_key_env = "N_KEY" }]

[providers.b]
model = "x"
`,
);

const show = (name?: string): Promise<ShownProviders> =>
  showProviders({ config, userConfig: '', environment: (variable) => ({ A_KEY: 'secret' })[variable] }, name);

test('secrets of the file are masked, references and all else are not', async () => {
  const { providers } = await show('a');
  const [model] = providers[0]?.models ?? [];
  assert.deepEqual(model?.extraHeaders, { Authorization: '***', 'X-Team': 'bench', 'X-Key': ['$', '{K}'].join('') });
  assert.equal(model.apiBase, 'https://host/v1?api-key=***&v=1');
});

test('as JSON it says whether a key is there, but not which', async () => {
  const { schema, providers } = toProviderListDocument(await show());
  assert.equal(schema, 'llm-bench/providers/1');
  const keys = providers.map(({ models }) => models.map(({ apiKeyEnv, isKeySet }) => [apiKeyEnv, isKeySet]));
  assert.deepEqual(keys, [
    [
      ['A_KEY', true],
      ['N_KEY', false],
    ],
    [[undefined, undefined]],
  ]);
  assert.deepEqual([providers[0]?.displayName, providers[0]?.models[1]?.displayName], ['The A', 'N']);
  assert.doesNotMatch(JSON.stringify(providers), /secret|password|"abc"/);
});

test('a list is parted by tabs for programs, and in columns for people', async () => {
  const { providers } = await show();
  const url = 'https://host/v1?api-key=***&v=1';
  assert.equal(renderProviderLines(providers), `a\tm,n\t${url}\tA_KEY,N_KEY\nb\tx\t-\t-\n`);
  assert.equal(
    renderProviderList(providers, PLAIN_STYLE),
    [
      'provider  models  base URL                         key',
      `a         m,n     ${url}  A_KEY,N_KEY`,
      'b         x       —                                —',
    ].join('\n'),
  );
});

test('one is shown with what its models have in common, and then what they have not', async () => {
  const shown = await show('a');
  const provider = shown.providers[0] ?? assert.fail();
  const lines = renderProvider({ ...shown, file: 'p.toml', provider }, PLAIN_STYLE).split('\n');
  assert.deepEqual(
    lines.map((line) => line.replaceAll(/ {2,}/g, ' | ')),
    [
      'a (The A) | in p.toml',
      ' | api_base | https://host/v1?api-key=***&v=1',
      ' | extra_headers.Authorization | ***',
      ' | extra_headers.X-Team | bench',
      ` | extra_headers.X-Key | ${['$', '{K}'].join('')}`,
      ' | timeout_s | 60',
      ' | params.top_p | 0.9',
      ' | input_cost_per_mtok | $3 per million tokens',
      ' | output_cost_per_mtok | $15 per million tokens',
      ' | model | m',
      ' | api_key_env | A_KEY (set)',
      ' | model | n (N)',
      ' | api_key_env | N_KEY (not set)',
      ' | temperature | 0',
    ],
  );
});

test('nothing configured is said, with where it was looked for', async () => {
  const nowhere = { config: undefined, userConfig: join(folder, 'none.toml'), environment: () => undefined };
  await assert.rejects(showProviders(nowhere), {
    code: 'NO_PROVIDERS',
    message: /providers\.toml here nor .*none\.toml/,
  });
  writeFileSync(join(folder, 'empty.toml'), '# nothing\n');
  await assert.rejects(showProviders({ ...nowhere, config: join(folder, 'empty.toml') }), {
    code: 'NO_PROVIDERS',
    message: /there is none in .*empty\.toml/,
  });
});
