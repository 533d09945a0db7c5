import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DiscoveryDocument, EndpointDocument } from '../../src/contract/discovery-document.ts';
import { type CliResult, makeFolder, runCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

async function discover(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  using folder = makeFolder();
  return await runCli(['provider', 'discover', ...args], { cwd: folder.path, env });
}

function endpointIn({ stdout }: CliResult): EndpointDocument {
  const { endpoints } = JSON.parse(stdout) as DiscoveryDocument;
  return endpoints[0] ?? assert.fail('no endpoint');
}

for (const [speaks, dialects] of [
  ['openai-chat', ['openai-chat']],
  ['ollama', ['ollama']],
  ['openai-chat,ollama', ['ollama', 'openai-chat']],
  ['openai-chat,llamacpp', ['openai-chat', 'llamacpp']],
  ['llamacpp', ['llamacpp']],
  ['tgi', ['tgi']],
  ['gemini', ['gemini']],
  ['anthropic-messages', ['anthropic-messages']],
  ['cohere', ['cohere']],
] as const) {
  test(`of a server that speaks ${speaks}, that is found, and a run works with what is shown`, async () => {
    await using endpoint = await startEndpoint({ speaks });
    const url = new URL(endpoint.url).origin;
    const result = await discover(['--endpoint', url, '--json']);
    assert.equal(result.code, 0, result.stderr);
    const found = endpointIn(result);
    assert.equal(found.status, 'found');
    assert.deepEqual(
      found.speaks.map(({ dialect }) => dialect),
      dialects,
    );
    assert.equal(endpoint.received(), 0, 'nothing is generated');
    for (const { dialect, url: place } of found.speaks) {
      const model = found.models?.[0]?.id ?? 'a';
      const args = ['run', '--endpoint', place, '--dialect', dialect, '--model', model, '--prompt', 'x', '-n', '1'];
      using folder = makeFolder();
      const run = await runCli([...args, '--warmup', '0', '--no-save', '--no-progress'], { cwd: folder.path });
      assert.equal(run.code, 0, `${dialect} ${place}: ${run.stderr}${run.stdout}`);
    }
  });
}

test('models are listed with a key; without one or with a wrong one it is said', async () => {
  await using endpoint = await startEndpoint({ speaks: 'openai-chat', apiKey: 'right', models: 'a,b' });
  const open = await discover([endpoint.url, '--api-key', 'right', '--json']);
  assert.deepEqual([open.code, endpointIn(open).models?.map(({ id }) => id)], [0, ['a', 'b']]);
  const ours = await discover([endpoint.url, '--json'], { LLM_BENCH_API_KEY: 'right' });
  assert.equal(ours.code, 0);
  const none = await discover([endpoint.url, '--json']);
  assert.deepEqual([none.code, endpointIn(none).key], [5, 'needed']);
  assert.match(none.stderr, /--api-key.*LLM_BENCH_API_KEY/);
  const wrong = await discover([endpoint.url, '--api-key', 'the-wrong-one', '--json']);
  assert.deepEqual([wrong.code, endpointIn(wrong).key], [5, 'refused']);
  assert.doesNotMatch(wrong.stdout + wrong.stderr, /the-wrong-one/);
});

test('a key of another house is not sent to whoever answers', async () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const keys = { OPENAI_API_KEY: 'sk-openai', ANTHROPIC_API_KEY: 'sk-ant', GEMINI_API_KEY: 'AIza' };
    const { code, stdout, stderr } = await discover([url], keys);
    assert.equal(code, 3);
    assert.match(stdout, /nothing known speaks here; asked for:\n +http:\/\/127\.0\.0\.1:\d+\/v1\/models +404/);
    assert.match(stderr, /^error: nothing known speaks there; .*\n$/);
    assert.ok(seen.length > 3);
    assert.doesNotMatch(JSON.stringify(seen), /sk-openai|sk-ant|AIza/);
  } finally {
    server.close();
  }
});

test('a configured provider is asked with its own key and headers', async () => {
  await using endpoint = await startEndpoint({ speaks: 'openai-chat', apiKey: 'right', models: 'a' });
  using folder = makeFolder();
  const file = `[providers.mine]\nmodels = ["a", "b"]\napi_base = "${endpoint.url}"\napi_key_env = "MY_KEY"\n`;
  writeFileSync(join(folder.path, 'providers.toml'), file);
  const at = { cwd: folder.path, env: { MY_KEY: 'right' } };
  const { code, stdout, stderr } = await runCli(['provider', 'discover', 'mine', '--json'], at);
  assert.equal(code, 0, stderr);
  const { endpoints } = JSON.parse(stdout) as DiscoveryDocument;
  assert.equal(endpoints.length, 1);
  assert.deepEqual([endpoints[0]?.provider, endpoints[0]?.models?.[0]?.id], ['mine', 'a']);
  const missing = await runCli(['provider', 'discover', 'mine'], { cwd: folder.path });
  assert.equal(missing.code, 5);
  assert.match(missing.stderr, /MY_KEY/);
});

test('a provider of which only the host is known is asked what it speaks, with its own key', async () => {
  await using endpoint = await startEndpoint({ speaks: 'ollama', apiKey: 'right', models: 'llama3' });
  using folder = makeFolder();
  const at = { cwd: folder.path, env: { MY_KEY: 'right' } };
  const { origin } = new URL(endpoint.url);
  const flags = ['--model', 'llama3', '--api-base', origin, '--api-key-env', 'MY_KEY'];
  const added = await runCli(['provider', 'add', 'lan', ...flags], at);
  assert.deepEqual([added.code, added.stdout], [0, 'Provider added: lan\n'], added.stderr);
  const run = await runCli(['run', 'lan', '--prompt', 'x', '-n', '2', '--no-save', '--no-progress', '-o', 'json'], at);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout).plan.targets[0].dialect, 'ollama');
});

for (const [what, args, code, says] of [
  ['a server that does not run', ['http://127.0.0.1:1'], 3, /nothing answered/],
  ['a host that is nowhere', ['http://no-such-host.invalid/v1'], 3, /nothing answered/],
  ['a URL that is none', ['--endpoint', 'localhost:8000'], 2, /--endpoint: .*http:\/\//],
  ['a URL of another protocol', ['ftp://localhost/v1'], 2, /--endpoint: .*http:\/\//],
  ['no name and no URL', [], 2, /--name is missing/],
  ['a name and a URL', ['mine', '--endpoint', 'http://127.0.0.1:1'], 2, /--endpoint cannot stand beside mine/],
] as const) {
  test(`${what} is said in one line`, async () => {
    const result = await discover(args);
    assert.equal(result.code, code);
    assert.match(result.stderr, says);
    assert.equal(result.stderr.match(/\n/g)?.length, 1, result.stderr);
  });
}
