/** Requests that are signed, and tokens that are got before the run: the command against servers that check them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { awsStreamOf } from '../support/aws-event-stream.ts';
import { sdkSign } from '../support/aws-sdk.ts';
import { makeFolder, runCli } from '../support/cli.ts';

const STREAM = awsStreamOf(
  [
    'event messageStart {"role":"assistant"}',
    'event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Hi"}}',
    'event messageStop {"stopReason":"end_turn"}',
    'event metadata {"usage":{"inputTokens":3,"outputTokens":1,"totalTokens":4},"metrics":{"latencyMs":5}}',
  ].join('\n'),
);
const SECRET = 'C4narySecret/EXAMPLEKEY+';
const SESSION = 'C4narySession/token==';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDC4NARY', AWS_SECRET_ACCESS_KEY: SECRET, AWS_SESSION_TOKEN: SESSION };
const MODEL = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2';

describe('Bedrock', { concurrency: 3 }, () => {
  test('gets requests with the signature that the AWS SDK makes', async () => {
    using folder = makeFolder();
    await using server = await startServer((_, response) => response.end(STREAM));
    const { code, stdout, stderr } = await runCli(runArgs(`bedrock/${MODEL}`, server.origin), {
      cwd: folder.path,
      env: KEYS,
    });
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).targets[0].requests.completed, 2);
    for (const { path, headers, body } of server.requests) {
      assert.equal(path, `/model/${encodeURIComponent(MODEL)}/converse-stream`);
      const { authorization, host, 'content-type': type, 'content-length': length } = headers;
      const signed = { host, 'content-type': type, 'content-length': length } as Record<string, string>;
      const request = {
        method: 'POST',
        protocol: 'http:',
        hostname: '127.0.0.1',
        path,
        query: {},
        headers: signed,
        body,
      };
      const credentials = { accessKeyId: 'AKIDC4NARY', secretAccessKey: SECRET, sessionToken: SESSION };
      const date = dateOf(String(headers['x-amz-date']));
      const theirs = await sdkSign(request, { service: 'bedrock', region: 'eu-west-1', credentials }, date);
      assert.equal(authorization, theirs['authorization']);
      assert.equal(headers['x-amz-security-token'], SESSION);
      assert.ok(Math.abs(Date.now() - date.getTime()) < 300_000);
    }
  });

  test('gets its own key rather than a signature', async () => {
    using folder = makeFolder();
    await using server = await startServer((_, response) => response.end(STREAM));
    const env = { ...KEYS, AWS_BEARER_TOKEN_BEDROCK: 'C4naryToken' };
    const { code } = await runCli(runArgs(`bedrock/${MODEL}`, server.origin), { cwd: folder.path, env });
    assert.equal(code, 0);
    assert.deepEqual([...new Set(server.requests.map(({ headers }) => headers.authorization))], ['Bearer C4naryToken']);
    assert.ok(server.requests.every(({ headers }) => headers['x-amz-date'] === undefined));
  });

  test('may say what it was sent: no secret is kept or shown', async () => {
    using folder = makeFolder();
    await using server = await startServer(({ headers }, response) => {
      response.writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': 'InvalidSignatureException' });
      const said = `${headers.authorization} ${headers['x-amz-security-token']} ${SECRET} EchoedM4rker`;
      response.end(JSON.stringify({ message: said }));
    });
    const args = runArgs(`bedrock/${MODEL}`, server.origin, '--verbose');
    const { code, stdout, stderr } = await runCli(args, { cwd: folder.path, env: KEYS });
    assert.equal(code, 5);
    assert.match(stdout, /EchoedM4rker/);
    const files = readdirSync(folder.path).map((name) => readFileSync(join(folder.path, name), 'latin1'));
    for (const text of [stdout, stderr, ...files]) assert.doesNotMatch(text, /C4nary(?:Secret|Session)|AKIDC4NARY/);
  });

  test('without keys is not asked, and the user is told what to do', async () => {
    using folder = makeFolder();
    await using server = await startServer((_, response) => response.end(STREAM));
    const env = { HOME: folder.path, AWS_PROFILE: 'work' };
    const { code, stderr } = await runCli(runArgs(`bedrock/${MODEL}`, server.origin), { cwd: folder.path, env });
    assert.equal(code, 5);
    assert.match(
      stderr,
      /^error: AWS: profile work has no access keys .*export-credentials --profile work --format env\)"\n$/,
    );
    assert.deepEqual(server.requests, []);
  });
});

describe('a token', { concurrency: 3 }, () => {
  const env = { DATABRICKS_CLIENT_ID: 'id', DATABRICKS_CLIENT_SECRET: 'C4nary' };

  test('is got once before the run, and sent with every request', async () => {
    using folder = makeFolder();
    await using server = await startServer(({ path }, response) => {
      const chunk = { choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }] };
      if (path === '/oidc/v1/token') response.end('{"access_token":"C4naryToken","expires_in":3600}');
      else response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    const args = runArgs('databricks/m', server.origin);
    const { code, stdout, stderr } = await runCli(args, { cwd: folder.path, env });
    assert.equal(code, 0, stderr);
    const requests = server.requests.map(({ path, headers }) => [path, headers.authorization]);
    const call = ['/serving-endpoints/chat/completions', 'Bearer C4naryToken'];
    // base64 of id:C4nary
    assert.deepEqual(requests, [['/oidc/v1/token', 'Basic aWQ6QzRuYXJ5'], call, call]);
    assert.doesNotMatch(stdout + stderr, /C4nary/);
  });

  test('that is refused ends the command in one line, before anything is measured', async () => {
    using folder = makeFolder();
    await using server = await startServer((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":"invalid_client","error_description":"no C4nary of id"}');
    });
    const { code, stderr } = await runCli(runArgs('databricks/m', server.origin), { cwd: folder.path, env });
    assert.equal(code, 5);
    assert.match(stderr, /^error: Databricks: HTTP 401: no \*\*\* of id; [^\n]+\n$/);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/oidc/v1/token'],
    );
  });

  test('is not asked for while nothing is to be sent, nor when something else is wrong', async () => {
    using folder = makeFolder();
    await using server = await startServer((_, response) => response.end());
    const args = runArgs('databricks/m', server.origin);
    const codes: (number | null)[] = [];
    for (const more of [['--dry-run'], ['--param', 'temperature=9']])
      codes.push((await runCli([...args, ...more], { cwd: folder.path, env })).code);
    assert.deepEqual(codes, [0, 2]);
    assert.deepEqual(server.requests, []);
  });
});

interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function startServer(
  answer: (request: Request, response: ServerResponse) => void,
): Promise<{ readonly origin: string; readonly requests: readonly Request[] } & AsyncDisposable> {
  const requests: Request[] = [];
  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const request = { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(pieces) };
      requests.push(request);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function runArgs(model: string, origin: string, ...more: readonly string[]): readonly string[] {
  return [
    ...['run', model, '--api-base', origin, '--prompt', 'hi', '-n', '2', '--warmup', '0', '--output', 'json'],
    ...['--include', 'requests', '--no-progress', ...more],
  ];
}

/** `20260301T235959Z` as a date. */
function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
