import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createClock, takeOrigin } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import { EMPTY_PROFILE } from '../../model/target.ts';
import { type AddressedTarget, addressTargets } from './address-targets.ts';
import { NOTHING_SAID, type TargetOptions } from './target-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-address-'));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The least that an endpoint needs. */
const ENDPOINT: Partial<TargetOptions> = { endpoints: ['http://h/v1'], models: ['m'] };

type Variables = Readonly<Record<string, string>>;

function address(
  options: Partial<TargetOptions>,
  variables: Variables = {},
  isRehearsal: boolean = false,
): Promise<readonly AddressedTarget[]> {
  return addressTargets(
    { ...NOTHING_SAID, ...options },
    {
      environment: (name) => variables[name],
      config: undefined,
      userConfig: join(folder, 'none.toml'),
      clock: createClock(takeOrigin()),
      isRehearsal,
      countingThreadUrl: new URL('file:///nowhere'),
    },
  );
}

async function one(options: Partial<TargetOptions>, variables: Variables = {}): Promise<AddressedTarget> {
  const [target, ...others] = await address(options, variables);
  assert.ok(target);
  assert.equal(others.length, 0);
  return target;
}

async function refusalOf(options: Partial<TargetOptions>, variables: Variables = {}): Promise<AppError> {
  try {
    await address(options, variables);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  return assert.fail('it was not refused');
}

const NO_PARAMETERS = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

describe('an endpoint', () => {
  for (const [text, provider, url] of [
    ['http://localhost:8000/v1', 'localhost:8000', 'http://localhost:8000/v1'],
    ['http://localhost:8000/v1/', 'localhost:8000', 'http://localhost:8000/v1'],
    ['http://localhost:8000/v1///', 'localhost:8000', 'http://localhost:8000/v1'],
    ['https://api.example.com/v1', 'api.example.com', 'https://api.example.com/v1'],
    ['https://API.Example.com:443/V1', 'api.example.com', 'https://api.example.com/V1'], // 443 is what https means.
    ['http://h/v1/chat/completions', 'h', 'http://h/v1/chat/completions'],
    ['mine=http://localhost:8000/v1', 'mine', 'http://localhost:8000/v1'],
    ['my-vllm_2.0=https://h/v1', 'my-vllm_2.0', 'https://h/v1'],
    ['http://[::1]:8000/v1', '[::1]:8000', 'http://[::1]:8000/v1'],
    ['six=http://[2001:db8::1]/v1', 'six', 'http://[2001:db8::1]/v1'],
    ['http://h/v1#part', 'h', 'http://h/v1'],
  ] as const) {
    test(`${text} is provider ${provider} at ${url}`, async () => {
      const { target, credentials, renewal, notes } = await one({ ...ENDPOINT, endpoints: [text] });
      const profile = { ...EMPTY_PROFILE, parameters: NO_PARAMETERS };
      assert.deepEqual(target, { provider, model: 'm', url, dialect: 'openai-chat', profile });
      assert.deepEqual(credentials, { apiKey: undefined, headers: {}, query: '', signing: undefined });
      assert.deepEqual([renewal, notes], [undefined, []]);
    });
  }

  test('keeps its query string apart from the URL, since it may hold a key', async () => {
    const { target, credentials } = await one({
      ...ENDPOINT,
      endpoints: ['az=https://h/v1/?api-version=2024&key=a=b'],
    });
    assert.deepEqual([target.provider, target.url], ['az', 'https://h/v1']);
    assert.equal(credentials.query, '?api-version=2024&key=a=b');
  });

  for (const [login, decoded] of [
    ['user:password', 'user:password'],
    ['user', 'user:'],
    [':password', ':password'],
    ['us%40er:p%3Aw', 'us@er:p:w'],
    ['user:50%off', 'user:50%off'], // A bare per cent sign stands for itself.
  ] as const) {
    test(`turns the login ${login} of its URL into a header`, async () => {
      const { target, credentials } = await one({ ...ENDPOINT, endpoints: [`http://${login}@h:1234/v1`] });
      assert.deepEqual([target.provider, target.url], ['h:1234', 'http://h:1234/v1']);
      const [scheme, encoded = ''] = (credentials.headers['authorization'] ?? '').split(' ');
      assert.equal(scheme, 'Basic');
      assert.equal(Buffer.from(encoded, 'base64').toString('utf8'), decoded);
    });
  }

  test('sends the headers of the user rather than its login', async () => {
    const headers = { authorization: 'Token t', 'x-a': '1' };
    const { credentials } = await one({ ...ENDPOINT, endpoints: ['http://u:p@h/v1'], headers });
    assert.deepEqual(credentials.headers, headers);
  });

  for (const text of [
    '',
    'localhost:8000',
    'h/v1',
    'ftp://h/v1',
    'mine=',
    'mine=h/v1',
    'http://',
    'http://h:99999/v1',
  ]) {
    test(`is refused when it is "${text}"`, async () => {
      const { code, message } = await refusalOf({ ...ENDPOINT, endpoints: [text] });
      assert.equal(code, 'FLAG_INVALID');
      assert.equal(message, '--endpoint: this is not a URL that begins with http:// or https://');
    });
  }

  test('is refused without its password', async () => {
    const { message, hint } = await refusalOf({ ...ENDPOINT, endpoints: ['ftp://user:hunter22@h/v1?key=sk-123'] });
    assert.doesNotMatch(`${message} ${hint}`, /hunter22|sk-123/);
  });

  test('is measured with every model, endpoint by endpoint', async () => {
    const endpoints = ['a=http://h/v1', 'http://h/v1'];
    const targets = await address({ endpoints, models: ['m1', 'm2'], apiKey: 'k-1' });
    assert.deepEqual(
      targets.map(({ target }) => `${target.provider} ${target.model}`),
      ['a m1', 'a m2', 'h m1', 'h m2'],
    );
    assert.ok(targets.every(({ credentials }) => credentials.apiKey === 'k-1'));
  });

  for (const [what, endpoints] of [
    ['the same URL', ['http://h/v1', 'http://h/v1/']],
    ['two paths of one host', ['http://h/v1', 'http://h/v2']],
    ['the same name', ['h=http://a/v1', 'h=http://b/v1']],
  ] as const) {
    test(`twice (${what}) is refused, with the way out`, async () => {
      const { message } = await refusalOf({ ...ENDPOINT, endpoints });
      assert.equal(message, '--endpoint: h has m twice; name the endpoints: --endpoint a=URL');
    });
  }

  test('speaks what its path says, and the flag knows better', async () => {
    const dialectAt = async (url: string, more: Partial<TargetOptions> = {}): Promise<string> =>
      (await one({ ...ENDPOINT, endpoints: [url], ...more })).target.dialect;
    assert.equal(await dialectAt('http://h/v1'), 'openai-chat');
    assert.equal(await dialectAt('http://h:11434/api/generate/'), 'ollama');
    assert.equal(await dialectAt('http://h/v1/messages?beta=true'), 'anthropic-messages');
    assert.equal(await dialectAt('http://h/v1/messages', { dialect: 'openai-chat' }), 'openai-chat');
  });

  test('has its model sent as it is written, prefix and all', async () => {
    const { target } = await one({ ...ENDPOINT, models: ['openai/gpt-oss-20b'] });
    assert.deepEqual(
      [target.model, target.url, target.profile.prefix],
      ['openai/gpt-oss-20b', 'http://h/v1', undefined],
    );
  });

  test('gets a key of the environment for its own family only, and a flag in any case', async () => {
    const variables = { OPENAI_API_KEY: 'o', GEMINI_API_KEY: 'g' };
    const keyFor = async (url: string, more: Partial<TargetOptions> = {}): Promise<string | undefined> =>
      (await one({ ...ENDPOINT, endpoints: [url], ...more }, variables)).credentials.apiKey;
    assert.equal(await keyFor('http://h/v1'), 'o');
    assert.equal(await keyFor('http://h/v1beta'), 'g');
    assert.equal(await keyFor('http://h/api'), undefined);
    assert.equal(await keyFor('http://h/api', { apiKey: 'flag' }), 'flag');
    const { credentials } = await one(ENDPOINT, { ...variables, LLM_BENCH_API_KEY: 'own' });
    assert.equal(credentials.apiKey, 'own');
  });

  test('at a known host brings that provider’s key and prices along, and nobody else’s', async () => {
    const options = { endpoints: ['https://api.groq.com/openai/v1'], models: ['llama-3.3-70b-versatile'] };
    const { target, credentials } = await one(options, { GROQ_API_KEY: 'g', OPENAI_API_KEY: 'o' });
    assert.deepEqual([target.provider, target.profile.prefix], ['api.groq.com', 'groq']);
    assert.equal(credentials.apiKey, 'g');
    assert.deepEqual([target.profile.price?.inputUsd, target.profile.price?.outputUsd], [0.59, 0.79]);
    const { code, hint } = await refusalOf(options, { OPENAI_API_KEY: 'o' });
    assert.equal(code, 'KEY_MISSING');
    assert.match(hint, /GROQ_API_KEY/);
  });
});

test('a template of a file of its own is every target’s', async () => {
  const template = fileOf('template.yaml', 'body: { q: "{{prompt}}" }\npaths: { text: a.b }\n');
  const targets = await address({ ...ENDPOINT, models: ['m', 'n'], template });
  const texts = targets.map(({ target }) => target.profile.template?.paths.text);
  assert.deepEqual(texts, ['a.b', 'a.b']);
  const refusal = await refusalOf({ ...ENDPOINT, template: fileOf('wrong.yaml', 'paths: {}\n') });
  assert.match(refusal.message, /wrong\.yaml:1: paths\.text: must be a text/);
});

describe('a model string', () => {
  const KEYS = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a', GROQ_API_KEY: 'q', GEMINI_API_KEY: 'g' };

  for (const [name, provider, model, url, dialect, key] of [
    ['gpt-4o-mini', 'openai', 'gpt-4o-mini', 'https://api.openai.com/v1', 'openai-chat', 'o'],
    ['groq/llama-x', 'groq', 'llama-x', 'https://api.groq.com/openai/v1', 'openai-chat', 'q'],
    ['ollama/llama3', 'ollama', 'llama3', 'http://localhost:11434/api/generate', 'ollama', undefined],
  ] as const) {
    test(`${name} is ${model} of ${provider}`, async () => {
      const { target, credentials } = await one({ names: [name] }, KEYS);
      assert.deepEqual([target.provider, target.model, target.url, target.dialect], [provider, model, url, dialect]);
      assert.equal(credentials.apiKey, key);
    });
  }

  test('may stand behind --model where there is no endpoint', async () => {
    const { target } = await one({ models: ['groq/llama-x'] }, KEYS);
    assert.equal(target.provider, 'groq');
  });

  test('with a base URL goes there; a model of nobody is then the gateway’s own', async () => {
    const known = await one({ names: ['openai/gpt-4o'], apiBase: 'http://gate:9/v1' }, KEYS);
    assert.deepEqual([known.target.url, known.target.model], ['http://gate:9/v1', 'gpt-4o']);
    const own = await one({ names: ['vendor/model'], apiBase: 'http://gate:9/v1', apiKey: 'k' });
    assert.deepEqual([own.target.provider, own.target.model], ['gate:9', 'vendor/model']);
  });

  test('that cannot be resolved says what to do', async () => {
    assert.equal((await refusalOf({ names: ['nobody/knows'] })).code, 'PROVIDER_UNKNOWN');
    assert.equal((await refusalOf({ names: ['azure/dep'] }, { AZURE_API_KEY: 'k' })).code, 'PROVIDER_INCOMPLETE');
    assert.equal((await refusalOf({ names: [''] })).code, 'FLAG_INVALID');
    const missing = await refusalOf({ names: ['openai/gpt-4o'] });
    assert.deepEqual([missing.code, missing.exit], ['KEY_MISSING', 5]);
    assert.match(missing.hint, /OPENAI_API_KEY/);
  });

  test('needs no key for a rehearsal, which says that a run will', async () => {
    const [target] = await address({ names: ['groq/llama-x'] }, {}, true);
    assert.deepEqual(target?.notes, ['groq/llama-x: a run needs a key; set GROQ_API_KEY or LLM_BENCH_API_KEY']);
    assert.equal(target?.credentials.apiKey, undefined);
    assert.deepEqual((await address({ names: ['groq/llama-x'] }, KEYS, true))[0]?.notes, []);
  });

  test('twice is refused', async () => {
    assert.equal((await refusalOf({ names: ['groq/x', 'groq/x'] }, KEYS)).message, 'MODEL: groq x was given twice');
  });

  test('has the parameters that its model takes, and is refused those that it does not', async () => {
    const parameters = { max_tokens: 64, temperature: 0.5 };
    const { target } = await one({ names: ['gpt-4o'], parameters }, KEYS);
    assert.equal(target.profile.parameters?.temperature, 0.5);
    const refused = await refusalOf({ names: ['o3'], parameters }, KEYS);
    assert.equal(refused.code, 'PARAMETERS_REFUSED');
    assert.match(refused.message, /temperature/);
    const mended = await one({ names: ['o3'], parameters, parameterMode: 'adjust' }, KEYS);
    assert.equal(mended.target.profile.parameters?.temperature, undefined);
    assert.ok(
      mended.target.profile.adjustments.some(
        ({ parameter, action }) => parameter === 'temperature' && action === 'drop',
      ),
    );
    const passed = await one({ names: ['o3'], parameters, parameterMode: 'pass' }, KEYS);
    assert.equal(
      passed.target.profile.parameters?.temperature ?? passed.target.profile.parameters?.extra['temperature'],
      0.5,
    );
    const skipped = await one({ names: ['o3'], parameters, skipParameters: ['temperature'] }, KEYS);
    assert.equal(skipped.target.profile.parameters?.temperature, undefined);
  });

  test('is told how to call tools only where prompts bring some', async () => {
    const options = { names: ['gpt-4o'], parameters: { parallel_tool_calls: false } };
    assert.equal((await refusalOf(options, KEYS)).code, 'PARAMETERS_REFUSED');
    const { target } = await one({ ...options, promptsHaveTools: true }, KEYS);
    assert.equal(target.profile.parameters?.extra['parallel_tool_calls'], false);
  });

  test('costs what the user says, then what the lists say', async () => {
    const listed = await one({ names: ['gpt-4o-mini'] }, KEYS);
    assert.deepEqual([listed.target.profile.price?.inputUsd, listed.target.profile.price?.outputUsd], [0.15, 0.6]);
    const prices = { inputUsd: 7, outputUsd: 8, cachedInputUsd: undefined };
    const own = await one({ names: ['gpt-4o-mini'], prices }, KEYS);
    assert.deepEqual([own.target.profile.price?.inputUsd, own.target.profile.price?.source], [7, 'user']);
    const elsewhere = await one({ ...ENDPOINT, models: ['gpt-4o-mini'] });
    assert.equal(elsewhere.target.profile.price, undefined);
  });

  test('costs what its region or its profile of Bedrock costs', async () => {
    const perToken = (input: number): object => ({
      litellm_provider: 'bedrock_converse',
      input_cost_per_token: input,
      output_cost_per_token: 1e-5,
    });
    const catalog = fileOf(
      'bedrock.json',
      JSON.stringify({
        'anthropic.claude-x': perToken(3e-6),
        'us.anthropic.claude-x': perToken(3.3e-6),
        'bedrock/us-gov-west-1/anthropic.claude-x': perToken(3.6e-6),
      }),
    );
    const arn = 'arn:aws:bedrock:us-west-2:12:inference-profile/us.anthropic.claude-x';
    const cases: readonly (readonly [string, number])[] = [
      ['bedrock/anthropic.claude-x', 3],
      ['bedrock/eu.anthropic.claude-x', 3],
      ['bedrock/us.anthropic.claude-x', 3.3],
      [`bedrock/${arn}`, 3.3],
      ['bedrock/us-gov-west-1/anthropic.claude-x', 3.6],
    ];
    for (const [name, expected] of cases) {
      const { target } = await one(
        { names: [name], catalogs: [catalog] },
        { AWS_BEARER_TOKEN_BEDROCK: 'b', AWS_REGION: 'us-east-1' },
      );
      assert.equal(target.profile.price?.inputUsd, expected, name);
    }
  });
});

describe('a configured provider', () => {
  const config = fileOf(
    'providers.toml',
    `[providers.gate]
model = "vendor/model"
api_base = "http://gate:9/v1"
api_key_env = "GATE_KEY"
temperature = 0.2
max_tokens = 512
timeout_s = 60
input_cost_per_mtok = 1.5
output_cost_per_mtok = 2.5
region = "eu"
tier = "gold"
[providers.gate.extra_headers]
X-Team = "bench"
X-Who = "\${WHO}"

[providers.quick]
models = ["groq/a", "groq/b"]
`,
  );
  const variables = { GATE_KEY: 'secret-key', WHO: 'me', GROQ_API_KEY: 'q' };

  test('is found by its name, alone or behind --provider, with all its fields', async () => {
    for (const options of [{ names: ['gate'] }, { providers: ['gate'] }]) {
      const { target, credentials } = await one({ config, ...options }, variables);
      assert.deepEqual(
        [target.provider, target.model, target.url, target.dialect],
        ['gate', 'vendor/model', 'http://gate:9/v1', 'openai-chat'],
      );
      const { parameters, price, timeoutMs, region, tier } = target.profile;
      assert.deepEqual([parameters?.temperature, parameters?.maxTokens, timeoutMs], [0.2, 512, 60_000]);
      assert.deepEqual(
        [price?.inputUsd, price?.outputUsd, price?.source, region, tier],
        [1.5, 2.5, 'user', 'eu', 'gold'],
      );
      assert.equal(credentials.apiKey, 'secret-key');
      assert.deepEqual(credentials.headers, { 'x-team': 'bench', 'x-who': 'me' });
    }
  });

  test('gives way to flags', async () => {
    const options = { config, names: ['gate'], apiKey: 'flag-key', headers: { 'x-team': 'other' } };
    const { target, credentials } = await one({ ...options, parameters: { temperature: 0.9 } }, variables);
    assert.deepEqual([credentials.apiKey, credentials.headers['x-team']], ['flag-key', 'other']);
    assert.deepEqual([target.profile.parameters?.temperature, target.profile.parameters?.maxTokens], [0.9, 512]);
  });

  test('has several models, and all are meant when none is named', async () => {
    const named = await address({ config, providers: ['quick'] }, variables);
    assert.deepEqual(
      named.map(({ target }) => `${target.provider} ${target.model}`),
      ['quick a', 'quick b'],
    );
    assert.equal((await address({ config }, variables)).length, 3);
  });

  test('whose variable is not set says which one', async () => {
    const noKey = await refusalOf({ config, names: ['gate'] }, { WHO: 'me' });
    assert.deepEqual([noKey.code, noKey.exit], ['KEY_MISSING', 5]);
    assert.match(noKey.hint, /GATE_KEY/);
    assert.match((await refusalOf({ config, names: ['gate'] }, { GATE_KEY: 'k' })).hint, /WHO/);
  });

  test('that is not there is told, with the nearest', async () => {
    const { code, hint } = await refusalOf({ config, providers: ['gaet'] }, variables);
    assert.deepEqual([code, hint], ['PROVIDER_NOT_CONFIGURED', 'did you mean gate?']);
  });
});

test('without anything to measure the hint shows how it is named', async () => {
  const { code, message, hint } = await refusalOf({});
  assert.deepEqual([code, message], ['FLAG_MISSING', 'MODEL is missing']);
  assert.match(hint, /openai\/gpt-4o-mini.*--endpoint/);
  assert.equal((await refusalOf({ endpoints: ['http://h/v1'] })).message, '--model is missing');
  assert.equal((await refusalOf({ ...ENDPOINT, models: ['m', ' '] })).message, '--model: the name is empty');
});

for (const [what, apiKey] of [
  ['a line end', 'sk-secret\n'],
  ['a carriage return of a .env file', 'sk-secret\r'],
  ['a second header', 'sk-secret\r\nx-evil: 1'],
  ['a blank', 'sk secret'],
  ['a letter beyond ASCII', 'sk-sécret'],
] as const) {
  test(`a key with ${what} is refused before it breaks a request, and not shown`, async () => {
    const { code, message } = await refusalOf({ ...ENDPOINT, apiKey });
    assert.equal(code, 'KEY_UNAVAILABLE');
    assert.doesNotMatch(message, /sk.s/);
  });
}

describe('an endpoint of which only the host is named', () => {
  /** Answers what it is asked for, and nothing else. */
  async function serverOf(pages: Readonly<Record<string, unknown>>): Promise<{ readonly url: string; close(): void }> {
    const server = createServer((request, response) => {
      const page = pages[request.url ?? ''];
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(page ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
  }

  test('is asked what it speaks', async () => {
    const server = await serverOf({
      '/api/version': { version: '0.12.3' },
      '/api/tags': { models: [{ name: 'llama3:latest', model: 'llama3:latest' }] },
    });
    const [found] = await address({ endpoints: [server.url], models: ['llama3'] }, {});
    assert.deepEqual([found?.target.dialect, found?.target.provider], ['ollama', new URL(server.url).host]);
    const [unasked] = await address({ endpoints: [server.url], models: ['llama3'] }, {}, true);
    assert.equal(unasked?.target.dialect, 'openai-chat');
    server.close();
  });

  test('is refused when nothing that it says is known, and left to the run when it says nothing', async () => {
    const server = await serverOf({});
    await assert.rejects(address({ endpoints: [server.url], models: ['m'] }, {}), { code: 'ENDPOINT_UNKNOWN' });
    server.close();
    const [silent] = await address({ endpoints: [server.url], models: ['m'] }, {});
    assert.equal(silent?.target.dialect, 'openai-chat');
  });
});
