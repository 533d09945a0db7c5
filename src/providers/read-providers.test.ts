import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findProvidersFile, readProviders } from './read-providers.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-providers-'));
after(() => rmSync(folder, { recursive: true }));

test('the file is read by its name’s ending', async () => {
  writeFileSync(join(folder, 'a.toml'), '[providers.t]\nmodel = "m"\n');
  writeFileSync(join(folder, 'a.YML'), '\uFEFFproviders:\n  y:\n    models: [m]\n');
  const names = [];
  for (const file of ['a.toml', 'a.YML']) {
    names.push((await readProviders(join(folder, file))).providers.map(({ name }) => name));
  }
  assert.deepEqual(names, [['t'], ['y']]);
});

for (const [what, file, says] of [
  ['no file', 'none.toml', /none\.toml: there is no such file/],
  ['a file within a file', 'plain.toml/x.toml', /there is no such file/],
  ['a folder', 'folder.yaml', /it is a folder/],
] as const) {
  test(`${what} is said`, async () => {
    writeFileSync(join(folder, 'plain.toml'), '');
    mkdirSync(join(folder, 'folder.yaml'), { recursive: true });
    await assert.rejects(readProviders(join(folder, file)), { code: 'FILE_UNREADABLE', message: says });
  });
}

test('YAML that is no UTF-8 is said', async () => {
  writeFileSync(join(folder, 'bad.yaml'), Buffer.from([0x61, 0xff]));
  await assert.rejects(readProviders(join(folder, 'bad.yaml')), { code: 'FILE_MALFORMED', message: /not UTF-8/ });
});

test('a file that was named counts, whether it is there or not', async () => {
  assert.equal(await findProvidersFile({ named: 'x/y.toml', userConfig: join(folder, 'a.toml') }), 'x/y.toml');
});

test('else the user’s own counts where the working folder has none, and else there is none', async () => {
  writeFileSync(join(folder, 'own.toml'), '');
  const find = (userConfig: string): Promise<string | undefined> => findProvidersFile({ named: undefined, userConfig });
  assert.equal(await find(join(folder, 'own.toml')), join(folder, 'own.toml'));
  assert.equal(await find(join(folder, 'nobody.toml')), undefined);
});
