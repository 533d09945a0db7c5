import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder, requestsOf, runArgs, runCli, startCli } from '../support/cli.ts';
import { type CapturedRequest, startCapture, startEndpoint } from '../support/simulator.ts';

/** Planted where secrets are given. The cores survive every way of writing them down, so they are what is looked for. */
const CORES = ['C4naryKey1', 'C4naryHeader2', 'C4naryPassword3', 'C4naryQuery4'] as const;
const [KEY, HEADER, PASSWORD, QUERY] = [`${CORES[0]}+/=`, ...CORES.slice(1).map((core) => `${core}+/="é`)];
/** Beside what is echoed: shows that the search looks in the right place. */
const MARKER = 'EchoedM4rker';
const LOUD = { LLM_BENCH_LOG_LEVEL: 'debug' };

/** How a careless server gives back what it was sent. */
const ECHOES: Readonly<Record<string, (request: CapturedRequest, response: ServerResponse) => void>> = {
  'in the body of a 400': (request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: echo(request), code: echo(request), type: MARKER } }));
  },
  'in the body of a 401, as text': (request, response) => {
    response.writeHead(401, { 'content-type': 'text/plain' });
    response.end(
      `${request.url} ${echo(request)} ${encodeURIComponent(echo(request))} ${JSON.stringify(echo(request))}`,
    );
  },
  'in an error event of the stream': (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const error = { error: { message: echo(request), code: echo(request), type: MARKER } };
    response.end(`data: ${JSON.stringify(error)}\n\ndata: [DONE]\n\n`);
  },
  'in headers, status line and a broken chunk': (request, response) => {
    const text = Buffer.from(echo(request), 'utf8')
      .toString('latin1')
      .replaceAll(/[\r\n]/g, ' ');
    response.writeHead(200, text, { 'content-type': 'text/event-stream', 'x-request-id': text, 'x-echo': text });
    response.end(`data: {"choices": ${echo(request)}\n\n`);
  },
  'in headers of a redirect': (request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:1/?${encodeURIComponent(echo(request))}`, 'x-echo': MARKER });
    response.end(echo(request));
  },
};

describe('secrets appear nowhere', { concurrency: 3 }, () => {
  for (const [where, answer] of Object.entries(ECHOES)) {
    test(`when the server echoes them ${where}`, async () => {
      using folder = makeFolder();
      await using capture = await startCapture(answer);
      const { stdout, stderr } = await runCli(secretArgs(capture.port, '--verbose'), { cwd: folder.path, env: LOUD });
      assert.ok(capture.requests.length >= 3);
      assert.ok(
        capture.requests.every((request) => echo(request).includes('C4naryHeader2')),
        'they were sent',
      );
      assert.equal(JSON.parse(stdout).requests.length >= 3, true);
      const report = await runCli(['report', 'summary', '--json', '--include', 'requests'], {
        cwd: folder.path,
        env: LOUD,
      });
      const text = await runCli(['report', 'summary'], { cwd: folder.path, env: LOUD });
      assertClean({ stdout, stderr, report: report.stdout, text: text.stdout, ...filesOf(folder.path) });
      if (where.includes('400')) assert.ok(stdout.includes(MARKER), 'what is not secret is kept');
    });
  }

  test('when all goes well', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = secretArgs(endpoint.port, '--verbose');
    const { code, stdout, stderr } = await runCli(args, { cwd: folder.path, env: LOUD });
    assert.equal(code, 0);
    assertClean({ stdout, stderr, ...filesOf(folder.path) });
  });

  test('when the key comes from the environment', async () => {
    using folder = makeFolder();
    await using capture = await startCapture(ECHOES['in the body of a 400']);
    const env = { ...LOUD, OPENAI_API_KEY: KEY ?? '' };
    const { stdout, stderr } = await runCli(runArgs(capture.url, '-v'), { cwd: folder.path, env });
    assert.ok(capture.requests[0]?.headers.authorization?.includes(CORES[0]));
    assertClean({ stdout, stderr, ...filesOf(folder.path) });
  });

  test('when the key is in a header of the user’s own, and the server quotes it alone', async () => {
    using folder = makeFolder();
    await using capture = await startCapture((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}`, code: 'invalid_api_key' } }),
      );
    });
    const args = runArgs(capture.url, '--header', `Authorization: Bearer ${KEY}`, '--verbose');
    const { code, stdout, stderr } = await runCli(args, { cwd: folder.path, env: LOUD });
    assert.equal(code, 5);
    assert.match(stdout, /Incorrect API key provided: \*\*\*/);
    assertClean({ stdout, stderr, ...filesOf(folder.path) });
  });

  test('when nobody listens, or the flags are refused', async () => {
    using folder = makeFolder();
    const unheard = await runCli(secretArgs(1, '--verbose'), { cwd: folder.path, env: LOUD });
    assert.equal(unheard.code, 3);
    const said: string[] = [unheard.stdout, unheard.stderr];
    for (const wrong of [
      ['--header', `x-broken ${HEADER}`],
      ['--header', `x-broken: ${HEADER}\n`],
      ['--endpoint', `nonsense://user:C4naryPassword3@x/?key=C4naryQuery4`],
      ['--endpoint', `http://user:C4naryPassword3@/:v1?key=C4naryQuery4`],
    ]) {
      const { code, stdout, stderr } = await runCli(secretArgs(1, ...wrong), { cwd: folder.path, env: LOUD });
      assert.equal(code, 2, wrong.join(' '));
      said.push(stdout, stderr);
    }
    assertClean({ said: said.join('\n'), ...filesOf(folder.path) });
  });

  test('when the excerpt is cut in their middle', async () => {
    using folder = makeFolder();
    let length = 1900;
    await using capture = await startCapture((_request, response) => {
      length += 4;
      response.writeHead(400, { 'content-type': 'text/plain' });
      response.end(`${'x'.repeat(length)}${KEY} and ${HEADER}`);
    });
    const args = secretArgs(capture.port, '-n', '60', '--concurrency', '1');
    const { stdout, stderr } = await runCli(args, { cwd: folder.path });
    const excerpts = requestsOf(JSON.parse(stdout)).map(({ failure }) => failure?.excerpt ?? '');
    assert.ok(excerpts.some((excerpt) => excerpt.includes('***')) && excerpts.some((excerpt) => /^x+$/.test(excerpt)));
    assertClean({ stdout, stderr, ...filesOf(folder.path) }, 'C4na');
  });

  test('while the run is under way, in the write-ahead log too', { timeout: 30_000 }, async ({ signal }) => {
    using folder = makeFolder();
    await using capture = await startCapture(ECHOES['in the body of a 400']);
    const args = secretArgs(capture.port, '--duration', '30s', '--request-delay', '20ms', '--verbose');
    const run = startCli(args, { cwd: folder.path, env: LOUD });
    await untilFile(folder.path, MARKER, signal);
    run.kill('SIGKILL');
    const { stdout, stderr } = await run.ended;
    assertClean({ stdout, stderr, ...filesOf(folder.path) });
  });
});

describe('the texts of prompts and answers', { concurrency: 3 }, () => {
  const PROMPT = 'TellNob0dyPrompt';
  const ANSWER = 'TellNob0dyAnswer';
  const SYSTEM = 'TellNob0dySystem';

  const keep = async (...more: readonly string[]): Promise<{ found: readonly string[]; printed: string }> => {
    using folder = makeFolder();
    await using capture = await startCapture((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = { choices: [{ delta: { content: ANSWER }, finish_reason: 'stop' }] };
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    const file = join(folder.path, 'p.jsonl');
    writeFileSync(file, `${JSON.stringify({ prompt: PROMPT, system: SYSTEM })}\n`);
    const args = [
      'run',
      '--endpoint',
      capture.url,
      '--model',
      'a',
      '--prompt-file',
      file,
      '-n',
      '3',
      '--output',
      'json',
    ];
    const { code, stdout, stderr } = await runCli([...args, '--include', 'requests', ...more], { cwd: folder.path });
    assert.equal(code, 0);
    const { 'p.jsonl': _own, ...files } = filesOf(folder.path);
    const bytes = Object.values(files).join('');
    return { found: [PROMPT, ANSWER, SYSTEM].filter((text) => bytes.includes(text)), printed: stdout + stderr };
  };

  test('are not kept, nor printed', async () => {
    const { found, printed } = await keep();
    assert.deepEqual(found, []);
    assert.doesNotMatch(printed, /TellNob0dy/);
  });

  test('are kept with --save-text', async () => {
    const { found, printed } = await keep('--save-text');
    assert.deepEqual(found, [PROMPT, ANSWER, SYSTEM]);
    assert.ok(printed.includes(ANSWER));
  });
});

/** A run whose every secret is a canary. A password in the URL and a key would share one header, so half of the targets have each. */
function secretArgs(port: number, ...more: readonly string[]): readonly string[] {
  const query = `key=${encodeURIComponent(QUERY ?? '')}`;
  return [
    ...runArgs(`one=http://127.0.0.1:${port}/v1?${query}`, '-n', '3', '--concurrency', '1'),
    ...['--endpoint', `two=http://user:${encodeURIComponent(PASSWORD ?? '')}@127.0.0.1:${port}/v1`],
    ...['--api-key', KEY ?? '', '--header', `x-secret: ${HEADER}`, ...more],
  ];
}

/** All that the server was sent, as it came and as it is meant. */
function echo({ url, headers }: CapturedRequest): string {
  const [, login = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  const [, key = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  const meant = [decodeURIComponent(url), key, Buffer.from(login, 'base64').toString('utf8'), MARKER];
  return [headers.authorization, headers['x-secret'], ...meant].join(' ');
}

/** The bytes of every file in a folder, one character each. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), 'latin1')]));
}

function assertClean(places: Readonly<Record<string, string>>, ...more: readonly string[]): void {
  const login = Buffer.from(`user:${PASSWORD}`, 'utf8').toString('base64');
  for (const [place, text] of Object.entries(places)) {
    for (const secret of [...CORES, login, login.slice(0, 12), ...more]) {
      const at = text.indexOf(secret);
      assert.equal(at, -1, `${place} holds ${secret}: …${text.slice(Math.max(0, at - 60), at + 40)}…`);
    }
  }
}

/** Resolves once a file of the folder holds the text; a run's store tells nobody when it has written. */
async function untilFile(folder: string, text: string, signal: AbortSignal): Promise<void> {
  while (!Object.values(filesOf(folder)).some((bytes) => bytes.includes(text))) {
    signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
