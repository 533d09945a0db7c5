import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder, runArgs, runCli, startCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

const MODEL = ['--endpoint', 'http://127.0.0.1:1/v1', '--model', 'a'];
const RUN = ['run', ...MODEL, '--prompt', 'hello'];
const FROM_FILE = ['run', ...MODEL, '--prompt-file'];

/** Files that are there in every case's folder. */
const FILES: Readonly<Record<string, string>> = {
  'empty.txt': '',
  'blank.jsonl': '\n\n',
  'no-prompts.yaml': 'prompts: []\n',
  'prompts.doc': 'hello\n',
  'broken.yaml': 'prompts:\n  - name: one\n    text: "never closed\n',
  'shape.yaml': 'prompts:\n  - name: one\n    text: hello\n  - name: two\n',
  'typo.yaml': 'prompts:\n  - name: one\n    text: hello\n    token_limt: 5\n',
  'broken.jsonl': '{"prompt": "fine"}\n\n{"prompt": \n',
  'shape.jsonl': '{"prompt": "fine"}\n{"promt": "not"}\n',
  'limit.jsonl': '{"prompt": "fine", "token_limit": -3}\n',
  'text.duckdb': 'this is no database, although its name says so\n',
  'fine.txt': 'hello\n',
};

/** What the user typed, and what the one line has to name. */
const MISTAKES: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ['a flag that is unknown, with the one that was meant', ['run', '--endpont', 'x'], /'--endpont'.*--endpoint/],
  [
    'a command that is unknown, with those there are',
    ['measure'],
    /unknown command 'measure'.*there are run, .*report, compare, simulate, demo/,
  ],
  ['a command that is misspelt, with the one that was meant', ['rnu'], /unknown command 'rnu' \(did you mean run\?\)/],
  ['a report that is unknown', ['report', 'sumary'], /unknown command 'sumary' \(did you mean summary\?\)/],
  ['an argument too many', [...RUN, 'extra'], /extra/],
  ['a flag without its value', [...RUN, '--duration'], /--duration/],
  ['nothing to measure', ['run', '--prompt', 'hello'], /MODEL is missing.*--endpoint/],
  ['a model of nobody', ['run', '--model', 'a', '--prompt', 'hello'], /names no provider/],
  ['no model', ['run', '--endpoint', 'http://127.0.0.1:1/v1', '--prompt', 'hello'], /--model is missing/],
  ['an empty model', ['run', '--endpoint', 'http://127.0.0.1:1/v1', '--model', '', '--prompt', 'hello'], /--model/],
  ['no prompt', ['run', ...MODEL], /--prompt-file is missing.*--prompt/],
  ['an empty prompt', ['run', ...MODEL, '--prompt', ' '], /--prompt/],
  ['prompts in two ways', [...FROM_FILE, 'fine.txt', '--prompt', 'hello'], /--prompt .*--prompt-file/],
  ['a URL that is none', ['run', '--endpoint', 'localhost', '--model', 'a', '--prompt', 'hello'], /--endpoint/],
  ['a URL of another protocol', ['run', '--endpoint', 'ftp://x/v1', '--model', 'a', '--prompt', 'hello'], /--endpoint/],
  ['the same target twice', [...RUN, '--endpoint', 'http://127.0.0.1:1/v1'], /--endpoint.* twice/],
  ['a file that is missing', [...FROM_FILE, 'none.yaml'], /none\.yaml.*no such file/],
  ['a folder in place of a file', [...FROM_FILE, 'folder.yaml'], /folder\.yaml.*folder/],
  ['an empty file', [...FROM_FILE, 'empty.txt'], /empty\.txt holds no prompt/],
  ['a file of blank lines', [...FROM_FILE, 'blank.jsonl'], /blank\.jsonl holds no prompt/],
  ['an empty list of prompts', [...FROM_FILE, 'no-prompts.yaml'], /no-prompts\.yaml holds no prompt/],
  ['a file of an unknown kind', [...FROM_FILE, 'prompts.doc'], /prompts\.doc.*\.jsonl/],
  ['broken YAML', [...FROM_FILE, 'broken.yaml'], /broken\.yaml:[34]: .*YAML/],
  ['a YAML prompt without text', [...FROM_FILE, 'shape.yaml'], /shape\.yaml:4: .*text/],
  ['a YAML field that is misspelt', [...FROM_FILE, 'typo.yaml'], /typo\.yaml:4: .*token_limt.*token_limit/],
  ['broken JSONL', [...FROM_FILE, 'broken.jsonl'], /broken\.jsonl:3: .*JSON/],
  ['a JSON line without prompt', [...FROM_FILE, 'shape.jsonl'], /shape\.jsonl:2: .*prompt/],
  ['a JSON line with a senseless limit', [...FROM_FILE, 'limit.jsonl'], /limit\.jsonl:1: .*token_limit/],
  ['a negative rate', [...RUN, '--rate', '-5'], /--rate.*-5/],
  ['a rate of zero', [...RUN, '--rate', '0'], /--rate.*"0"/],
  ['a rate that is no number', [...RUN, '--rps', 'fast'], /--rate.*fast/],
  ['zero requests', [...RUN, '--num-requests', '0'], /--num-requests.*"0"/],
  ['zero runs', [...RUN, '--runs', '0'], /--runs.*"0"/],
  ['half a client', [...RUN, '--concurrency', '1.5'], /--concurrency.*1\.5/],
  ['a duration that is none', [...RUN, '--duration', 'soon'], /--duration.*soon/],
  ['a time limit of zero', [...RUN, '--timeout', '0s'], /--timeout/],
  ['clients in an open loop', [...RUN, '--concurrency', '2', '--rate', '3'], /--concurrency.*--rate.*--max-in-flight/],
  ['a pause in an open loop', [...RUN, '--request-delay', '2', '--rate', '3'], /--request-delay.*--rate/],
  ['arrivals without a rate', [...RUN, '--arrival', 'poisson'], /--rate is missing.*--arrival/],
  ['a ceiling without a rate', [...RUN, '--max-in-flight', '3'], /--rate is missing.*--max-in-flight/],
  ['an unknown law of arrival', [...RUN, '--rate', '3', '--arrival', 'pareto'], /--arrival.*pareto/],
  ['requests and runs together', [...RUN, '-n', '3', '--runs', '3'], /--num-requests.*--runs/],
  ['requests in a text report', [...RUN, '--include', 'requests'], /--include.*json/],
  ['an unknown output', [...RUN, '--output', 'xml'], /--output.*xml/],
  ['an objective on no metric', [...RUN, '--slo', 'speed<=3'], /--slo.*speed/],
  ['an objective without a limit', [...RUN, '--slo', 'ttft'], /--slo.*ttft/],
  ['a header without a colon', [...RUN, '--header', 'nonsense'], /--header.*name: value/],
  ['a header that is ours', [...RUN, '--header', 'host: elsewhere'], /--header.*host/],
  ['a parameter without a value', [...RUN, '--param', 'top_p'], /--param.*top_p/],
  ['a temperature that is none', [...RUN, '--temperature', 'hot'], /--temperature.*hot/],
  ['a name that no run may have', [...RUN, '--run-id', '../x'], /--run-id.*\.\.\/x/],
  ['a database that is none', [...RUN, '--db', 'text.duckdb'], /text\.duckdb.*not a DuckDB file/],
  [
    'a database in a folder that is missing',
    [...RUN, '--db', 'none/x.duckdb'],
    /none\/x\.duckdb.*folder does not exist/,
  ],
  ['a database below a file', [...RUN, '--db', 'fine.txt/x.duckdb'], /fine\.txt\/x\.duckdb.*not a folder/],
  ['a folder as database', [...RUN, '--db', 'folder.yaml'], /folder\.yaml.*folder/],
  ['a report without a database', ['report', 'summary'], /no database at bench\.duckdb/],
  ['a list without a database', ['report', 'list', '--db', 'none.duckdb'], /no database at none\.duckdb/],
  ['a report of no database', ['report', 'list', '--db', 'text.duckdb'], /text\.duckdb.*not a DuckDB file/],
  ['a removal that names no run', ['report', 'remove'], /--run-id/],
  ['a limit of zero', ['report', 'list', '--limit', '0'], /--limit.*"0"/],
  ['an unknown fault', ['simulate', '--fault', 'fire'], /--fault.*fire/],
  ['a port that is none', ['simulate', '--port', '70000'], /--port.*70000/],
];

describe('a mistake of the user', { concurrency: 3 }, () => {
  for (const [what, args, says] of MISTAKES) {
    test(`${what}: one line, exit 2, nothing begun`, async () => {
      using folder = makeFolder();
      assertRefusal(await refuse(args, folder.path), says);
    });
  }

  test('a model whose key is nowhere: one line with the variables looked for, exit 5, nothing begun', async () => {
    using folder = makeFolder();
    const refusal = await refuse(['run', 'groq/a', '--prompt', 'hello'], folder.path);
    assertRefusal(refusal, /no key was found.*GROQ_API_KEY/, 5);
  });

  test('a log level that is none: one line, exit 2, nothing begun', async () => {
    using folder = makeFolder();
    assertRefusal(await refuse(RUN, folder.path, { LLM_BENCH_LOG_LEVEL: 'loud' }), /LLM_BENCH_LOG_LEVEL.*loud/);
  });

  test('a port that is taken is named', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = ['simulate', '--port', String(endpoint.port)];
    assertRefusal(await refuse(args, folder.path), new RegExp(`${endpoint.port}.*taken.*--port`));
  });

  test('nothing is sent before the whole command line is understood', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    await refuse(runArgs(endpoint.url, '--slo', 'nonsense'), folder.path);
    await refuse(runArgs(endpoint.url, '--db', 'none/x.duckdb'), folder.path);
    assert.equal(endpoint.received(), 0);
  });

  test('an unknown run, and a provider that a run does not have, are named', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    await runCli(runArgs(endpoint.url, '-n', '1', '--run-id', 'known'), { cwd: folder.path });
    for (const [args, says] of [
      [['report', 'summary', '--run-id', 'nope'], /no run nope in bench\.duckdb/],
      [['report', 'remove', '--run-id', 'nope'], /no run nope in bench\.duckdb/],
      [['report', 'summary', '--provider', 'nobody'], /--provider.*nobody.*127\.0\.0\.1/],
    ] as const) {
      const { code, stdout, stderr } = await runCli(args, { cwd: folder.path });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, says);
      assert.equal(stderr.trim().split('\n').length, 1);
    }
  });
});

describe('the exit code', { concurrency: 3 }, () => {
  test('is 0 when some requests failed and some did not', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500@1' });
    assert.equal((await runCli(runArgs(endpoint.url, '-n', '2'), { cwd: folder.path })).code, 0);
  });

  test('is 3 when every request failed, and the line says so', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500' });
    const { code, stderr } = await runCli(runArgs(endpoint.url, '-n', '2'), { cwd: folder.path });
    assert.equal(code, 3);
    assert.equal(stderr, 'error: nothing could be measured: no request completed\n');
  });

  test('is 3 when the model is not there, and the line says where to look', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '404' });
    const { code, stderr } = await runCli(runArgs(endpoint.url, '-n', '2'), { cwd: folder.path });
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^error: nothing could be measured: HTTP 404[^\n]*; is it the right model .*provider discover --endpoint http:[^\n]*\n$/,
    );
  });

  test('is 3 when nobody listens at the endpoint', async () => {
    using folder = makeFolder();
    const port = await freePort();
    const { code, stderr } = await runCli(runArgs(`http://127.0.0.1:${port}/v1`), { cwd: folder.path });
    assert.match(stderr, new RegExp(`is the server at 127\\.0\\.0\\.1:${port} up\\?\n$`));
    assert.equal(code, 3);
  });

  test('is 5 when the key was refused, and 5 when there was none', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ apiKey: 'right' });
    const refused = await runCli(runArgs(endpoint.url, '--api-key', 'wrong-key'), { cwd: folder.path });
    const missing = await runCli(runArgs(endpoint.url), { cwd: folder.path });
    assert.deepEqual([refused.code, missing.code], [5, 5]);
    assert.match(refused.stderr, /^error: .*refused for its key.*\n$/);
    assert.match(missing.stderr, /^error: .*LLM_BENCH_API_KEY.*--api-key\n$/);
    assert.doesNotMatch(refused.stderr, /wrong-key/);
  });
});

describe('help and version', { concurrency: 3 }, () => {
  for (const args of [
    ['--help'],
    ['run', '--help'],
    ['report', '--help'],
    ['simulate', '--help'],
    ['demo', '--help'],
    [],
  ]) {
    test(`llm-bench ${args.join(' ')} is an answer: stdout, exit 0`, async () => {
      using folder = makeFolder();
      const { code, stdout, stderr } = await runCli(args, { cwd: folder.path });
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Usage: llm-bench/);
      assert.deepEqual(readdirSync(folder.path), []);
    });
  }

  test('the version is the manifest’s', async () => {
    using folder = makeFolder();
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    const { code, stdout, stderr } = await runCli(['--version'], { cwd: folder.path });
    assert.deepEqual([code, stdout, stderr], [0, `${manifest.version}\n`, '']);
  });

  test('the whole help of run names every flag that the examples use', async () => {
    using folder = makeFolder();
    const { stdout } = await runCli(['run', '--help-all'], { cwd: folder.path });
    for (const flag of [
      '--endpoint',
      '--num-requests',
      '--prompt-concurrency',
      '--rps',
      '--token-limit',
      '--max-e2e-s',
    ]) {
      assert.ok(stdout.includes(flag), flag);
    }
  });
});

describe('a reader that goes away', { concurrency: 3 }, () => {
  test('before the result of a run: no stack trace, and the run is saved', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ tokens: '200' });
    const run = startCli(runArgs(endpoint.url, '-n', '50', '--run-id', 'unread'), { cwd: folder.path });
    run.closeStdout();
    const { code, stderr } = await run.ended;
    assert.deepEqual([code, stderr], [0, '']);
    const { stdout } = await runCli(['report', 'list', '--json'], { cwd: folder.path });
    assert.equal(JSON.parse(stdout).runs[0].requests.completed, 50);
  });

  test('before the help: no stack trace', async () => {
    using folder = makeFolder();
    const run = startCli(['run', '--help'], { cwd: folder.path });
    run.closeStdout();
    assert.equal((await run.ended).stderr, '');
  });
});

interface Refusal {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly leftBehind: readonly string[];
}

async function refuse(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Refusal> {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(cwd, name), text);
  if (!existsSync(join(cwd, 'folder.yaml'))) mkdirSync(join(cwd, 'folder.yaml'));
  const before = new Set(readdirSync(cwd));
  const { code, stdout, stderr } = await runCli(args, { cwd, env });
  return { code, stdout, stderr, leftBehind: readdirSync(cwd).filter((name) => !before.has(name)) };
}

function assertRefusal({ code, stdout, stderr, leftBehind }: Refusal, says: RegExp, exit: number = 2): void {
  assert.match(stderr, says);
  assert.match(stderr, /^error: [^\n]+\n$/, 'one line');
  assert.doesNotMatch(stderr, /^\s+at |\.ts:\d|undefined|\[object/);
  assert.deepEqual([code, stdout, leftBehind], [exit, '', []]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
