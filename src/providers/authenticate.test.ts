import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusalOf } from '../../test/support/refusal.ts';
import { startTokenServer } from '../../test/support/token-server.ts';
import { type AuthenticateInput, type Authentication, authenticate } from './authenticate.ts';
import type { Auth, KeyAuth } from './resolution.ts';

const NOW_MS = 1_767_225_600_000;
const AWS: Auth = { strategy: 'aws-sigv4', service: 'bedrock', region: 'us-east-1' };

describe('a key', () => {
  const rows: readonly (readonly [where: string, auth: KeyAuth, credentials: object])[] = [
    ['where the dialect puts it', keyed({}), { apiKey: 'k/y' }],
    ['as a bearer token', keyed({ strategy: 'bearer' }), { headers: { authorization: 'Bearer k/y' } }],
    ['in a header', keyed({ strategy: 'header', header: 'api-key' }), { headers: { 'api-key': 'k/y' } }],
    [
      'in a header after a word',
      keyed({ strategy: 'header', header: 'authorization', scheme: 'ZenApiKey' }),
      { headers: { authorization: 'ZenApiKey k/y' } },
    ],
    [
      'in other headers besides',
      keyed({ alsoHeaders: ['x-one', 'x-two'] }),
      { apiKey: 'k/y', headers: { 'x-one': 'k/y', 'x-two': 'k/y' } },
    ],
    [
      'as Snowflake wants it',
      keyed({ strategy: 'snowflake' }),
      { headers: { authorization: 'Bearer k/y', 'x-snowflake-authorization-token-type': 'KEYPAIR_JWT' } },
    ],
  ];
  for (const [where, auth, credentials] of rows) {
    test(`goes ${where}`, async () => {
      const expected = { apiKey: undefined, headers: {}, signing: undefined, ...credentials };
      assert.deepEqual(await find([auth], { A_KEY: 'k/y' }), { credentials: expected, renewal: undefined });
      assert.deepEqual(await find([auth], {}, 'k/y'), { credentials: expected, renewal: undefined });
    });
  }

  test('comes before keys that sign', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' };
    const ways = [keyed({ strategy: 'bearer' }), AWS];
    const { credentials } = await find(ways, { ...keys, A_KEY: 'k' });
    assert.deepEqual([credentials.headers, credentials.signing], [{ authorization: 'Bearer k' }, undefined]);
    const { credentials: signed } = await find(ways, keys);
    assert.deepEqual([signed.headers, signed.apiKey, signed.signing?.accessKeyId], [{}, undefined, 'A']);
  });
});

describe('a token', () => {
  test('is got for a key, and the next one before it ends', async () => {
    await using server = await startTokenServer((_, place) => ({
      body: { access_token: `tok-${place}`, expires_in: 3_600 * place },
    }));
    const first = await find([keyed({ strategy: 'ibm-iam' })], { A_KEY: 'k', WATSONX_IAM_URL: server.origin });
    assert.deepEqual(first.credentials, {
      apiKey: undefined,
      headers: { authorization: 'Bearer tok-1' },
      signing: undefined,
    });
    assert.equal(first.renewal?.expiresAtMs, NOW_MS + 3_600_000);
    const second = await first.renewal?.fetch();
    assert.deepEqual(second?.credentials.headers, { authorization: 'Bearer tok-2' });
    assert.equal(second?.renewal?.expiresAtMs, NOW_MS + 7_200_000);
    assert.deepEqual(
      server.questions.map(({ form }) => form['apikey']),
      ['k', 'k'],
    );
  });

  test('is got at the endpoint itself, or where a variable says', async () => {
    await using server = await startTokenServer(() => ({ body: { access_token: 'tok' } }));
    const variables = { A_KEY: 'k', DATABRICKS_CLIENT_ID: 'id', GIGACHAT_AUTH_URL: `${server.origin}/oauth` };
    for (const strategy of ['databricks', 'gigachat'] as const) {
      const ways = [keyed({ strategy })];
      const { credentials } = await find(ways, variables, undefined, `${server.origin}/serving-endpoints`);
      assert.deepEqual(credentials.headers, { authorization: 'Bearer tok' });
    }
    assert.deepEqual(
      server.questions.map(({ url }) => url),
      ['/oidc/v1/token', '/oauth'],
    );
  });

  test('without an end is not renewed', async () => {
    await using server = await startTokenServer(() => ({ body: { access_token: 'tok' } }));
    const { renewal } = await find([keyed({ strategy: 'ibm-iam' })], { A_KEY: 'k', WATSONX_IAM_URL: server.origin });
    assert.equal(renewal, undefined);
  });
});

describe('without a key', () => {
  test('nothing is sent where none is needed', async () => {
    const nothing = { credentials: { apiKey: undefined, headers: {}, signing: undefined }, renewal: undefined };
    assert.deepEqual(await find([keyed({ isOptional: true })], {}), nothing);
    assert.deepEqual(await find([{ strategy: 'none' }], {}), nothing);
  });

  const rows: readonly (readonly [ways: readonly Auth[], given: string | undefined, says: string])[] = [
    [
      [keyed({}), keyed({ strategy: 'bearer', keyVariables: ['TOKEN', 'A_KEY'] })],
      undefined,
      'KEY_MISSING groq/m: no key was found; set A_KEY or TOKEN, or give it by --api-key',
    ],
    [[keyed({ keyVariables: [] })], undefined, 'KEY_MISSING groq/m: no key was found; give it by --api-key'],
    [[keyed({})], 'os.environ/MINE', 'KEY_MISSING groq/m: no key was found; set MINE, or give it by --api-key'],
    [
      [{ strategy: 'none' }],
      'k',
      'KEY_UNAVAILABLE groq/m: a key was given, but nothing is sent there that could hold it; leave the key out',
    ],
    [
      [keyed({})],
      'k\ney',
      'KEY_UNAVAILABLE groq/m: the key holds a blank, a line end or another character that no key has; copy it once more',
    ],
    [
      [AWS],
      undefined,
      'KEY_UNAVAILABLE AWS: no access keys were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ' +
        'AWS_BEARER_TOKEN_BEDROCK, or export those of your login: eval "$(aws configure export-credentials --format env)"',
    ],
  ];
  for (const [ways, given, says] of rows) {
    test(`the user is told: ${says}`, async () => {
      const error = await refusalOf(find(ways, {}, given));
      assert.equal(`${error.code} ${error.message}; ${error.hint}`, says);
      assert.equal(error.exit, 5);
    });
  }
});

describe('a key that stands in a header of the user’s own', () => {
  const rows: readonly (readonly [ways: readonly Auth[], header: string])[] = [
    [[keyed({})], 'authorization'],
    [[keyed({})], 'x-api-key'],
    [[keyed({ strategy: 'header', header: 'api-key' })], 'api-key'],
    [[AWS], 'authorization'],
    [[{ strategy: 'google' }], 'authorization'],
  ];
  for (const [ways, header] of rows) {
    test(`${header} is enough for ${JSON.stringify(ways)}`, async () => {
      assert.deepEqual(await authenticate(inputOf(ways, {}, { ownHeaders: ['x-team', header] })), {
        credentials: { apiKey: undefined, headers: {}, signing: undefined },
        renewal: undefined,
      });
    });
  }

  test('leaves one that was found where the dialect puts it, but is not traded for a token', async () => {
    const withOwn = (way: KeyAuth) =>
      authenticate(
        inputOf([way], { A_KEY: 'k', WATSONX_IAM_URL: 'http://127.0.0.1:1' }, { ownHeaders: ['authorization'] }),
      );
    assert.equal((await withOwn(keyed({}))).credentials.apiKey, 'k');
    assert.deepEqual((await withOwn(keyed({ strategy: 'ibm-iam' }))).credentials.headers, {});
  });

  test('is none when the header is another', async () => {
    const input = inputOf([keyed({})], {}, { ownHeaders: ['x-team', 'api-key'] });
    assert.equal((await refusalOf(authenticate(input))).code, 'KEY_MISSING');
  });
});

function keyed(some: Partial<KeyAuth>): KeyAuth {
  return {
    strategy: 'native',
    header: undefined,
    scheme: undefined,
    alsoHeaders: [],
    keyVariables: ['A_KEY'],
    isOptional: false,
    ...some,
  };
}

function inputOf(
  ways: readonly Auth[],
  variables: Readonly<Record<string, string>>,
  some: Partial<AuthenticateInput> = {},
): AuthenticateInput {
  const all: Readonly<Record<string, string>> = { HOME: '/nowhere', ...variables };
  return {
    model: 'groq/m',
    ways,
    givenKey: undefined,
    ownHeaders: [],
    url: 'http://127.0.0.1:1',
    environment: (name) => all[name],
    clock: { epochMs: () => NOW_MS },
    ...some,
  };
}

async function find(
  ways: readonly Auth[],
  variables: Readonly<Record<string, string>>,
  ...[givenKey, url = 'http://127.0.0.1:1']: readonly (string | undefined)[]
): Promise<Authentication> {
  return await authenticate(inputOf(ways, variables, { givenKey, url }));
}
