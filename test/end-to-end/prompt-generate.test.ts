import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadPrompts } from '../../src/app/load-prompts.ts';
import { type CliResult, makeFolder, runCli } from '../support/cli.ts';
import { type Capture, startCapture, startEndpoint } from '../support/simulator.ts';

/** A model that always answers this. */
function answering(answer: string): Promise<Capture> {
  return startCapture((_, response) => {
    const chunk = { choices: [{ delta: { content: answer }, finish_reason: 'stop' }] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
  });
}

interface Generated extends CliResult {
  readonly file: string;
}

async function generate(cwd: string, url: string, ...args: readonly string[]): Promise<Generated> {
  const file = join(cwd, args[args.indexOf('--output') + 1] ?? '');
  const model = ['--endpoint', `mine=${url}`, '--model', 'm'];
  return { ...(await runCli(['prompt', 'generate', ...model, ...args], { cwd })), file };
}

const ABC = '["Say a.", "Say b.", "Say\\nc."]';

for (const [output, format] of [
  ['p.txt', 'txt'],
  ['p.jsonl', 'jsonl'],
  ['p.yaml', 'yaml'],
] as const) {
  test(`prompts go into ${output}, and are read from there`, async () => {
    using folder = makeFolder();
    const answer = format === 'txt' ? ABC.replace('\\n', ' ') : ABC;
    await using model = await answering(`\`\`\`json\n${answer}\n\`\`\``);
    const { code, stdout, stderr, file } = await generate(folder.path, model.url, '-n', '3', '--output', output);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { output, provider: 'mine', model: 'm', format, count: 3 });
    const { items } = await loadPrompts({ file });
    const texts = items.map(({ messages }) => messages[0]?.content);
    assert.deepEqual(texts, JSON.parse(answer));
  });
}

test('the model is asked once, for that many, and told what they should be like', async () => {
  using folder = makeFolder();
  await using model = await answering('["Say a."]');
  await generate(folder.path, model.url, '-n', '1', '--instruction', 'about rivers', '--output', 'p.txt');
  assert.equal(model.requests.length, 1);
  const [message] = (model.requests[0]?.body['messages'] ?? []) as { content: string }[];
  assert.match(
    message?.content ?? '',
    /exactly 1 prompts[\s\S]*about rivers[\s\S]*single line[\s\S]*JSON array of 1 strings/,
  );
});

test('fewer than were asked for are kept, and are an error', async () => {
  using folder = makeFolder();
  await using model = await answering(ABC);
  const { code, stdout, stderr, file } = await generate(folder.path, model.url, '--count', '5', '--output', 'p.txt');
  assert.equal(code, 3);
  assert.equal(JSON.parse(stdout).count, 2);
  assert.equal(
    stderr,
    'error: asked for 5 prompts and got 2 (1 more have several lines, which need --format jsonl or yaml); they are kept in p.txt: ask again with --force\n',
  );
  assert.equal(readFileSync(file, 'utf8'), 'Say a.\nSay b.\n');
});

test('more than were asked for are cut', async () => {
  using folder = makeFolder();
  await using model = await answering(ABC);
  const { code, file } = await generate(folder.path, model.url, '-n', '2', '--output', 'p.jsonl');
  assert.equal(code, 0);
  assert.equal(readFileSync(file, 'utf8'), '{"prompt":"Say a."}\n{"prompt":"Say b."}\n');
});

test('a file that is there is not overwritten, and nobody is asked, unless it is forced', async () => {
  using folder = makeFolder();
  writeFileSync(join(folder.path, 'prompts.txt'), 'mine\n');
  await using model = await answering('["Say a."]');
  const refused = await generate(folder.path, model.url, '-n', '1', '--output', 'prompts.txt');
  assert.equal(refused.code, 2);
  assert.equal(refused.stderr, 'error: prompts.txt is there already; name another file, or add --force\n');
  assert.deepEqual([readFileSync(refused.file, 'utf8'), model.requests.length], ['mine\n', 0]);
  const forced = await generate(folder.path, model.url, '-n', '1', '--output', 'prompts.txt', '--force');
  assert.equal(forced.code, 0, forced.stderr);
  assert.equal(readFileSync(forced.file, 'utf8'), 'Say a.\n');
});

test('without a name the first configured provider is asked', async () => {
  using folder = makeFolder();
  await using model = await answering('["Say a."]');
  writeFileSync(
    join(folder.path, 'providers.toml'),
    `[providers.first]\nmodel = "m"\napi_base = "${model.url}"\n[providers.second]\nmodel = "groq/without-a-key"\n`,
  );
  const { code, stdout, stderr } = await runCli(['prompt', 'generate', '-n', '1'], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).provider, 'first');
  assert.equal(readFileSync(join(folder.path, 'prompts.txt'), 'utf8'), 'Say a.\n');
});

describe('what goes wrong is one line, and writes nothing', () => {
  const cases: readonly (readonly [
    what: string,
    answer: string,
    args: readonly string[],
    code: number,
    says: RegExp,
  ])[] = [
    [
      'an answer without prompts',
      '[]',
      ['--output', 'p.txt'],
      3,
      /mine m: no prompts came: there is no prompt in its answer/,
    ],
    ['only prompts of several lines', '["a\\nb"]', ['--output', 'p.txt'], 3, /all prompts have several lines; .*jsonl/],
    ['a file of an unknown kind', '', ['--output', 'p.doc'], 2, /--output: p\.doc does not end in \.txt/],
    ['a count of nothing', '', ['-n', '0', '--output', 'p.txt'], 2, /--count: "0"/],
    [
      'a folder that is not there',
      '["a"]',
      ['-n', '1', '--output', 'x/p.txt'],
      2,
      /x\/p\.txt was not changed: its folder/,
    ],
    ['a format that is unknown', '', ['--format', 'doc', '--output', 'p.txt'], 2, /--format.*txt, jsonl, yaml/],
  ];
  for (const [what, answer, args, code, says] of cases) {
    test(what, async () => {
      using folder = makeFolder();
      await using model = await answering(answer);
      const made = await generate(folder.path, model.url, ...args);
      assert.equal(made.code, code, made.stderr);
      assert.match(made.stderr, says);
      assert.equal(made.stderr.match(/\n/g)?.length, 1, made.stderr);
      assert.equal(existsSync(made.file), false);
      if (code === 2) assert.equal(model.requests.length, 0, 'nobody is asked');
    });
  }

  test('a model that is not there', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ models: 'a' });
    const made = await generate(folder.path, endpoint.url, '--output', 'p.txt');
    assert.deepEqual([made.code, existsSync(made.file)], [3, false]);
    assert.match(made.stderr, /^error: mine m: no prompts came: not-found: HTTP 404: .*\n$/);
  });

  test('a key that is refused', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ apiKey: 'right' });
    const made = await generate(folder.path, endpoint.url, '--api-key', 'wrong-key', '--output', 'p.txt');
    assert.equal(made.code, 5);
    assert.match(made.stderr, /^error: every request was refused for its key \(HTTP 401.*\n$/);
    assert.doesNotMatch(made.stderr, /wrong-key/);
  });

  test('no provider at all', async () => {
    using folder = makeFolder();
    const { code, stderr } = await runCli(['prompt', 'generate'], {
      cwd: folder.path,
      env: { XDG_CONFIG_HOME: folder.path },
    });
    assert.equal(code, 2);
    assert.match(stderr, /^error: no provider is configured: .*\n$/);
  });
});
