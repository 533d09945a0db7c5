import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ProviderTrialsDocument } from '../../src/contract/provider-trials-document.ts';
import { type CliResult, makeFolder, runCli } from '../support/cli.ts';
import { startCapture, startEndpoint } from '../support/simulator.ts';

const KEY = 'the-right-key';

async function validate(cwd: string, toml: string, ...args: readonly string[]): Promise<CliResult> {
  writeFileSync(join(cwd, 'providers.toml'), toml);
  const env = { MY_KEY: KEY, BAD_KEY: 'a-wrong-key' };
  return await runCli(['provider', 'validate', ...args], { cwd, env });
}

const provider = (name: string, url: string, ...fields: readonly string[]): string =>
  [`[providers.${name}]`, `api_base = "${url}"`, ...fields, ''].join('\n');

test('each model gets one tiny call; what came of it is shown', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint({ apiKey: KEY, models: 'a,b' });
  const file = provider('one', endpoint.url, 'models = ["a", "b"]', 'api_key_env = "MY_KEY"');
  const { code, stdout, stderr } = await validate(folder.path, file, '--json');
  assert.equal(code, 0, stderr);
  const document = JSON.parse(stdout) as ProviderTrialsDocument;
  assert.deepEqual([document.scope, document.total, document.passed, document.failed], ['all', 2, 2, 0]);
  for (const [index, result] of document.results.entries()) {
    assert.ok(result.status === 'ok');
    assert.deepEqual([result.provider, result.model, result.outputTokens], ['one', ['a', 'b'][index], 2]);
    assert.ok((result.ttftMs ?? -1) > 0 && (result.e2eMs ?? -1) >= (result.ttftMs ?? 0));
  }
  assert.equal((await endpoint.settle()).length, 2);
  assert.ok(!existsSync(join(folder.path, 'bench.duckdb')), 'nothing is stored');
});

test('one failing model does not keep the others from being tried', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint({ models: 'a' });
  const file = [
    provider('good', endpoint.url, 'models = ["a", "gone"]'),
    provider('closed', 'http://127.0.0.1:1/v1', 'model = "a"'),
    '[providers.nobody]\nmodel = "no-such-prefix/x"\n',
  ].join('\n');
  const { code, stdout } = await validate(folder.path, file, '--json');
  assert.equal(code, 3);
  const { results, passed, failed } = JSON.parse(stdout) as ProviderTrialsDocument;
  assert.deepEqual([passed, failed], [1, 3]);
  const seen = results.map((one) => `${one.provider} ${one.model} ${one.status === 'ok' ? 'ok' : one.errorType}`);
  assert.deepEqual(seen, [
    'good a ok',
    'good gone not-found',
    'closed a connect',
    'nobody no-such-prefix/x PROVIDER_UNKNOWN',
  ]);
});

for (const [what, fields, errorType, says] of [
  ['a key that is refused', ['api_key_env = "BAD_KEY"'], 'auth', /HTTP 401/],
  ['a key that is missing', ['api_key_env = "NOT_SET"'], 'KEY_MISSING', /NOT_SET/],
  ['a header whose variable is missing', [`extra_headers = { X-A = "$\{NOT_SET}" }`], 'KEY_MISSING', /NOT_SET/],
] as const) {
  test(`${what} is a key problem, and names what to set`, async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ apiKey: KEY });
    const file = `${provider('bad', endpoint.url, 'model = "a"', ...fields)}\n${provider('good', endpoint.url, 'model = "a"', 'api_key_env = "MY_KEY"')}`;
    const { code, stdout } = await validate(folder.path, file, '--json');
    assert.equal(code, 5);
    const [bad, good] = (JSON.parse(stdout) as ProviderTrialsDocument).results;
    assert.equal(good?.status, 'ok');
    assert.ok(bad?.status === 'failed');
    assert.deepEqual([bad.errorType, bad.isKeyProblem], [errorType, true]);
    assert.match(bad.errorMessage, says);
    assert.doesNotMatch(stdout, /a-wrong-key|the-right-key/);
  });
}

test('only one provider is tried when it is named, and people get a table', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint();
  const file = `${provider('one', endpoint.url, 'model = "a"')}\n${provider('other', 'http://127.0.0.1:1', 'model = "a"')}`;
  for (const named of [['one'], ['--name', 'one']]) {
    const { code, stdout } = await validate(folder.path, file, ...named);
    assert.equal(code, 0);
    assert.match(stdout, /^provider +model +status +ttft +e2e +tokens\none +a +ok .*\n1 of 1 ok\n$/);
  }
  const unknown = await validate(folder.path, file, '--name', 'tow');
  assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
});

test('the call is tiny: a short question, and a limit unless the provider says otherwise', async () => {
  using folder = makeFolder();
  await using capture = await startCapture();
  const file = [
    provider('plain', capture.url, 'model = "a"'),
    provider('own', capture.url, 'model = "a"', 'max_tokens = 5', 'temperature = 0.5'),
    provider('without', capture.url, 'model = "a"', 'skip_params = ["max_tokens"]'),
  ].join('\n');
  const { code } = await validate(folder.path, file, '--prompt', 'ping');
  assert.equal(code, 0);
  const sent = capture.requests.map(({ body }) => [body['max_tokens'], body['temperature'], body['messages']]);
  const messages = [{ role: 'user', content: 'ping' }];
  // All are asked at the same time.
  const limitOf = ([limit]: readonly unknown[]): number => Number(limit ?? 0);
  assert.deepEqual(
    sent.sort((one, other) => limitOf(one) - limitOf(other)),
    [
      [undefined, undefined, messages],
      [5, 0.5, messages],
      [64, undefined, messages],
    ],
  );
});

describe('a provider is tried before it is added', () => {
  const add = (cwd: string, url: string, ...more: readonly string[]): Promise<CliResult> =>
    runCli(['provider', 'add', 'new', '--api-base', url, ...more], { cwd, env: { MY_KEY: KEY } });

  test('and added when every model answers', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ apiKey: KEY, models: 'a,b' });
    const { code, stdout, stderr } = await add(folder.path, endpoint.url, '--models', 'a,b', '--api-key-env', 'MY_KEY');
    assert.deepEqual([code, stdout], [0, 'Provider added: new\n'], stderr);
    assert.match(readFileSync(join(folder.path, 'providers.toml'), 'utf8'), /^\[providers\."new"\]/);
  });

  for (const [what, more, code, says] of [
    ['a model is not there', ['--models', 'a,gone', '--api-key-env', 'MY_KEY'], 3, /gone: not-found: HTTP 404/],
    ['its key is missing', ['--model', 'a', '--api-key-env', 'NONE'], 5, /a: KEY_MISSING: .*set NONE/],
    ['its key is refused', ['--model', 'a', '--api-key-env', 'HOME'], 5, /a: auth: HTTP 401/],
  ] as const) {
    test(`and not added when ${what}`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint({ apiKey: KEY, models: 'a' });
      const result = await add(folder.path, endpoint.url, ...more);
      assert.deepEqual([result.code, result.stdout], [code, '']);
      assert.match(result.stderr, says);
      assert.match(result.stderr, /^error: new was not added: .*--no-test\n$/);
      assert.ok(!existsSync(join(folder.path, 'providers.toml')));
    });
  }

  test('and what the file would refuse is said before anybody is asked', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const { code, stderr } = await add(folder.path, endpoint.url, '--model', 'a', '--temperature', '-1');
    assert.equal(code, 2);
    assert.match(stderr, /providers\.new\.temperature: must be a number from 0/);
    assert.equal(endpoint.received(), 0);
  });
});
