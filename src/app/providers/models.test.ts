import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toModelListDocument } from '../../contract/model-list-document.ts';
import { renderKnownModels } from '../../report/known-models.ts';
import { PLAIN_STYLE } from '../../report/style.ts';
import { describeModels, type KnownModel } from './models.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-models-'));
after(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'p.toml');
writeFileSync(
  config,
  `[providers.mine]
models = [
  { id = "groq/some-model", display_name = "Some", context_window = 8192, max_output_tokens = 100, input_cost_per_mtok = 0.5, output_cost_per_mtok = 0.25 },
  "openai/known",
  "no-such-prefix/x",
]
`,
);
const catalog = join(folder, 'prices.json');
writeFileSync(
  catalog,
  JSON.stringify({
    known: {
      litellm_provider: 'openai',
      mode: 'chat',
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      max_input_tokens: 1000,
      max_output_tokens: 50,
    },
  }),
);

const describe = (): Promise<readonly KnownModel[]> =>
  describeModels({ config, userConfig: '', name: 'mine', catalogs: [catalog] }, { environment: () => undefined });

test('the user’s own facts come before those of lists, and neither needs a key', async () => {
  const [own, listed] = await describe();
  assert.deepEqual(
    [own?.sentAs, own?.dialect, own?.contextWindow, own?.maxOutputTokens, own?.price?.inputUsd, own?.price?.source],
    ['some-model', 'openai-chat', 8192, 100, 0.5, 'user'],
  );
  assert.deepEqual(
    [listed?.sentAs, listed?.contextWindow, listed?.maxOutputTokens, listed?.price?.outputUsd],
    ['known', 1000, 50, 2],
  );
  assert.match(listed?.price?.source ?? '', /prices\.json/);
});

test('a model that cannot be resolved does not hide the others', async () => {
  const models = await describe();
  assert.equal(models.length, 3);
  assert.match(models[2]?.problem ?? '', /no-such-prefix\/x: .*; /);
  assert.equal(models[2]?.dialect, undefined);
});

test('people get a table, programs a document', async () => {
  const models = await describe();
  const lines = renderKnownModels(models, PLAIN_STYLE).split('\n');
  assert.match(
    lines[0] ?? '',
    /^model +dialect +context +output +\$\/M input +\$\/M output +\$\/M cached +price from$/,
  );
  assert.match(lines[1] ?? '', /^groq\/some-model +openai-chat +8,192 +100 +0\.5 +0\.25 +— +user$/);
  assert.match(lines[4] ?? '', /^no-such-prefix\/x: /);
  const document = toModelListDocument({ provider: 'mine', models });
  assert.deepEqual([document.schema, document.provider, document.models.length], ['llm-bench/models/1', 'mine', 3]);
  assert.deepEqual(
    document.models.map(({ displayName }) => displayName),
    ['Some', undefined, undefined],
  );
  assert.ok(!('price' in (document.models[2] ?? {})));
});

test('a provider that is not there is named', async () => {
  const input = { config, userConfig: '', name: 'mien', catalogs: [] };
  await assert.rejects(describeModels(input, { environment: () => undefined }), {
    code: 'PROVIDER_NOT_CONFIGURED',
    hint: 'did you mean mine?',
  });
});
