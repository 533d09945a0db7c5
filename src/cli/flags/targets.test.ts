import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../errors.ts';
import { EMPTY_PROFILE } from '../../model/target.ts';
import { type AddressedTarget, readTargets, type TargetFlags } from './targets.ts';

function targetsOf(flags: Partial<TargetFlags>): readonly AddressedTarget[] {
  return readTargets({
    endpoints: ['http://h/v1'],
    models: ['m'],
    apiKey: undefined,
    apiKeys: {},
    dialect: undefined,
    headers: {},
    ...flags,
  });
}

function endpointOf(text: string): AddressedTarget {
  const [first] = targetsOf({ endpoints: [text] });
  assert.ok(first);
  return first;
}

function refusalOf(flags: Partial<TargetFlags>): AppError {
  try {
    targetsOf(flags);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

for (const [text, provider, url] of [
  ['http://localhost:8000/v1', 'localhost:8000', 'http://localhost:8000/v1'],
  ['http://localhost:8000/v1/', 'localhost:8000', 'http://localhost:8000/v1'],
  ['http://localhost:8000/v1///', 'localhost:8000', 'http://localhost:8000/v1'],
  ['https://api.example.com', 'api.example.com', 'https://api.example.com'],
  ['https://API.Example.com:443/V1', 'api.example.com', 'https://api.example.com/V1'], // 443 is what https means.
  ['http://h/v1/chat/completions', 'h', 'http://h/v1/chat/completions'],
  ['mine=http://localhost:8000/v1', 'mine', 'http://localhost:8000/v1'],
  ['my-vllm_2.0=https://h/v1', 'my-vllm_2.0', 'https://h/v1'],
  ['http://[::1]:8000/v1', '[::1]:8000', 'http://[::1]:8000/v1'],
  ['six=http://[2001:db8::1]/v1', 'six', 'http://[2001:db8::1]/v1'],
  ['http://h/v1#part', 'h', 'http://h/v1'],
] as const) {
  test(`--endpoint ${text} is provider ${provider} at ${url}`, () => {
    const { target, credentials } = endpointOf(text);
    assert.deepEqual(target, { provider, model: 'm', url, dialect: 'openai-chat', profile: EMPTY_PROFILE });
    assert.deepEqual(credentials, { apiKey: undefined, headers: {}, query: '', signing: undefined });
  });
}

test('a query string is kept apart from the URL, since it may hold a key', () => {
  const { target, credentials } = endpointOf('az=https://h/v1/?api-version=2024&key=a=b');
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
  test(`the login ${login} of a URL becomes a header and leaves the URL`, () => {
    const { target, credentials } = endpointOf(`http://${login}@h:1234/v1`);
    assert.deepEqual([target.provider, target.url], ['h:1234', 'http://h:1234/v1']);
    const [scheme, encoded = ''] = (credentials.headers['authorization'] ?? '').split(' ');
    assert.equal(scheme, 'Basic');
    assert.equal(Buffer.from(encoded, 'base64').toString('utf8'), decoded);
  });
}

test('a header of the user wins over the login of the URL', () => {
  const [target] = targetsOf({ endpoints: ['http://u:p@h/v1'], headers: { authorization: 'Token t', 'x-a': '1' } });
  assert.deepEqual(target?.credentials.headers, { authorization: 'Token t', 'x-a': '1' });
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
  'a b=http://h/v1',
]) {
  test(`"${text}" is no endpoint`, () => {
    const { code, message } = refusalOf({ endpoints: [text] });
    assert.equal(code, 'FLAG_INVALID');
    assert.equal(message, '--endpoint: this is not a URL that begins with http:// or https://');
  });
}

test('a URL that cannot be used is refused without its password', () => {
  const { message, hint } = refusalOf({ endpoints: ['ftp://user:hunter22@h/v1?key=sk-123'] });
  assert.doesNotMatch(`${message} ${hint}`, /hunter22|sk-123/);
});

test('every model is measured at every endpoint, endpoint by endpoint', () => {
  const targets = targetsOf({ endpoints: ['a=http://h/v1', 'http://h/v1'], models: ['m1', 'm2'], apiKey: 'k-1' });
  assert.deepEqual(
    targets.map(({ target }) => `${target.provider} ${target.model}`),
    ['a m1', 'a m2', 'h m1', 'h m2'],
  );
  assert.ok(targets.every(({ credentials }) => credentials.apiKey === 'k-1'));
});

for (const [what, flags] of [
  ['the same URL twice', { endpoints: ['http://h/v1', 'http://h/v1/'] }],
  ['two paths of one host', { endpoints: ['http://h/v1', 'http://h/v2'] }],
  ['the same name twice', { endpoints: ['h=http://a/v1', 'h=http://b/v1'] }],
] as const) {
  test(`${what} is refused, with the way out`, () => {
    assert.equal(refusalOf(flags).message, '--endpoint: h has m twice; name the endpoints: --endpoint a=URL');
  });
}

test('the path of the URL tells the dialect, and the flag knows better', () => {
  const dialectAt = (flags: Partial<TargetFlags>): string | undefined => targetsOf(flags)[0]?.target.dialect;
  assert.equal(dialectAt({}), 'openai-chat');
  assert.equal(dialectAt({ endpoints: ['http://h:11434/api/generate/'] }), 'ollama');
  assert.equal(dialectAt({ endpoints: ['http://h/v1/messages?beta=true'] }), 'anthropic-messages');
  assert.equal(dialectAt({ endpoints: ['http://h/v1/messages'], dialect: 'openai-chat' }), 'openai-chat');
});

test('a key of the environment goes to its own family only, and a flag to all', () => {
  const keyFor = (endpoint: string, apiKey?: string): string | undefined =>
    targetsOf({ endpoints: [endpoint], apiKey, apiKeys: { 'openai-chat': 'o', gemini: 'g' } })[0]?.credentials.apiKey;
  assert.equal(keyFor('http://h/v1'), 'o');
  assert.equal(keyFor('http://h/v1beta'), 'g');
  assert.equal(keyFor('http://h/api'), undefined);
  assert.equal(keyFor('http://h/api', 'flag'), 'flag');
});

test('the same model twice is refused', () => {
  assert.equal(refusalOf({ models: ['m', 'm'] }).message, '--model: m was given twice');
});

test('without an endpoint or a model the hint shows how one is written', () => {
  const noEndpoint = refusalOf({ endpoints: [] });
  assert.deepEqual([noEndpoint.code, noEndpoint.message], ['FLAG_MISSING', '--endpoint is missing']);
  assert.equal(noEndpoint.hint, 'give the base URL: --endpoint http://localhost:8000/v1');
  const noModel = refusalOf({ models: [] });
  assert.deepEqual([noModel.code, noModel.message], ['FLAG_MISSING', '--model is missing']);
  assert.equal(noModel.hint, 'name the model as the endpoint does: --model mistral-7b');
  assert.equal(refusalOf({ models: ['m', ' '] }).message, '--model: the name is empty');
});

for (const [what, apiKey] of [
  ['a line end', 'sk-secret\n'],
  ['a carriage return of a .env file', 'sk-secret\r'],
  ['a second header', 'sk-secret\r\nx-evil: 1'],
  ['a blank', 'sk secret'],
  ['a letter beyond ASCII', 'sk-sécret'],
  ['nothing at all', ''],
] as const) {
  test(`a key with ${what} is refused before it breaks a request, and not shown`, () => {
    const { code, message } = refusalOf({ apiKey });
    assert.equal(code, 'FLAG_INVALID');
    assert.match(message, /^--api-key: /);
    assert.doesNotMatch(message, /sk.s/);
  });
}
