import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { runKeys } from '../../cli/config/setting-keys.ts';
import { AppError } from '../../errors.ts';
import { readSettingsFile } from './read.ts';
import { FLAG_ONLY_KEYS } from './setting-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-settings-'));
after(() => rmSync(folder, { recursive: true }));
const KEYS = runKeys().filter(({ key }) => !(key in FLAG_ONLY_KEYS) && key !== 'target');

async function valuesOf(text: string, name = 'plan.yaml'): Promise<Readonly<Record<string, unknown>>> {
  const file = join(folder, name);
  writeFileSync(file, text);
  const layer = await readSettingsFile({ kind: 'plan', file }, KEYS);
  return Object.fromEntries([...layer].map(([key, { value }]) => [key, value]));
}

/** Without the folder before the name. */
async function refusalOf(text: string, name = 'plan.yaml'): Promise<string> {
  try {
    await valuesOf(text, name);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, 'FILE_MALFORMED');
    return error.message.replaceAll(`${folder}/`, '');
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

for (const [yaml, values] of [
  ['rate: 20\nwarmup: "3"', { rate: '20', warmup: '3' }],
  ['duration: 60s', { duration: '60s' }],
  ['stream: false\nrandomize_prompt: true', { stream: false, randomize_prompt: true }],
  ['prompt: one', { prompt: ['one'] }],
  ['prompt: [one, two]', { prompt: ['one', 'two'] }],
  ['slo: {ttft: 500ms, e2e: 2s}', { slo: ['ttft<=500ms', 'e2e<=2s'] }],
  ['slo: ttft<=500ms', { slo: ['ttft<=500ms'] }],
  ['header: {X-Team: a}', { header: ['X-Team: a'] }],
  // What a flag would take for a number stays a text.
  ['param: {top_p: 0.9, user: me, tag: "5", on: true}', { param: ['top_p=0.9', 'user=me', 'tag="5"', 'on=true'] }],
  ['targets: [openai/a, {name: n, model: m}]', { targets: ['openai/a', '{"name":"n","model":"m"}'] }],
  ['# nothing', {}],
] as const) {
  test(`${JSON.stringify(yaml)} says what flags would say`, async () => {
    assert.deepEqual(await valuesOf(yaml), values);
  });
}

test('JSON and TOML say the same, and an editor may have its $schema', async () => {
  const expected = { rate: '20', slo: ['ttft<=1s'] };
  assert.deepEqual(await valuesOf('{"$schema": "x.json", "rate": 20, "slo": ["ttft<=1s"]}', 'plan.json'), expected);
  assert.deepEqual(await valuesOf('rate = 20\nslo = ["ttft<=1s"]\n', 'plan.toml'), expected);
});

test('files are found from where the file is that names them; URLs and names are left alone', async () => {
  mkdirSync(join(folder, 'sub'), { recursive: true });
  const yaml = 'prompt_file: p.txt\ndb: sqlite:x.db\ntokenizer: o200k_base\ncatalog: [a.json, /b.json]';
  const values = await valuesOf(yaml, 'sub/plan.yaml');
  const here = relative('.', join(folder, 'sub'));
  assert.equal(values['prompt_file'], join(here, 'p.txt'));
  assert.deepEqual([values['db'], values['tokenizer']], ['sqlite:x.db', 'o200k_base']);
  assert.deepEqual(values['catalog'], [join(here, 'a.json'), relative('.', '/b.json')]);
  assert.equal(
    (await valuesOf('tokenizer: ./t/tokenizer.json'))['tokenizer'],
    relative('.', join(folder, 't/tokenizer.json')),
  );
});

test('every value knows its line', async () => {
  const file = join(folder, 'lines.yaml');
  writeFileSync(file, '# a comment\nrate: 20\n\nslo:\n  ttft: 1s\n');
  const layer = await readSettingsFile({ kind: 'project', file }, KEYS);
  assert.deepEqual(layer.get('rate')?.origin, { kind: 'project', file, line: 2 });
  assert.deepEqual(layer.get('slo')?.origin, { kind: 'project', file, line: 4 });
});

for (const [yaml, refusal] of [
  ['rate: 1\nraet: 20', 'plan.yaml:2: raet: there is no such key; did you mean rate?'],
  ['max-in-flight: 2', 'plan.yaml:1: max-in-flight: there is no such key; did you mean max_in_flight?'],
  ['rps: 2', 'plan.yaml:1: rps: there is no such key; did you mean rate?'],
  ['objectives: []', 'plan.yaml:1: objectives: there is no such key; did you mean slo?'],
  ['run_id: x', 'plan.yaml:1: run_id: names one run, and this file is for many; give --run-id'],
  ['cache: hot', 'plan.yaml:1: cache: must be one of cold, warm, natural'],
  ['stream: maybe', 'plan.yaml:1: stream: must be true or false'],
  ['rate: [1]', 'plan.yaml:1: rate: must be a number'],
  ['targets: openai/a', 'plan.yaml:1: targets: must be a list'],
  ['targets:\n  - name: n', 'plan.yaml:2: targets[0]: has no model; add model = "…", or models = ["…", "…"]'],
  ['targets:\n  - name: n\n    modle: m', 'plan.yaml:3: targets[0].modle: there is no such field; did you mean model?'],
  [
    'api_key: sk-123',
    'plan.yaml:1: api_key: keys are never kept in this file; put it into a variable and name that: os.environ/NAME',
  ],
  ['just words', 'plan.yaml:1: this holds no settings; write them as "rate: 20", a line each'],
] as const) {
  test(`${JSON.stringify(yaml)} is refused with its place and what to do`, async () => {
    assert.equal(await refusalOf(yaml), refusal);
  });
}

test('all mistakes are told at once, by line, and what is no YAML or TOML by its place', async () => {
  assert.equal(
    await refusalOf('stream: 3\nwarmup: {}\n'),
    'plan.yaml:1: stream: must be true or false\n'
      .concat(`${folder}/plan.yaml:2: warmup: must be a text or a number`)
      .replaceAll(`${folder}/`, ''),
  );
  assert.match(await refusalOf('rate: "x'), /^plan\.yaml:1: this is not YAML/);
  assert.match(await refusalOf('rate =', 'plan.toml'), /^plan\.toml:1: this is not TOML/);
});
