/** What each giver of tokens is asked, at a real socket. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder } from '../../../test/support/cli.ts';
import { refusalOf } from '../../../test/support/refusal.ts';
import { startTokenServer } from '../../../test/support/token-server.ts';
import { createDatabricks } from './databricks.ts';
import { createGigachat } from './gigachat.ts';
import { createGoogle } from './google.ts';
import { createIbmIam } from './ibm-iam.ts';
import { snowflakeHeaders } from './snowflake.ts';
import type { Lookup } from './token-source.ts';

const NOW_MS = 1_767_225_600_000;
const clock = { epochMs: () => NOW_MS };
const HOUR = { access_token: 'tok', expires_in: 3_600 };
const IN_AN_HOUR = { token: 'tok', expiresAtMs: NOW_MS + 3_600_000 };

test('IBM Cloud is given an API key', async () => {
  await using server = await startTokenServer(() => ({ body: { ...HOUR, expiration: 7 } }));
  const source = createIbmIam('the key', of({ WATSONX_IAM_URL: `${server.origin}/identity/token` }), clock);
  assert.deepEqual(await source.fetch(), IN_AN_HOUR);
  assert.equal(server.questions[0]?.url, '/identity/token');
  assert.deepEqual(server.questions[0]?.form, {
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    apikey: 'the key',
  });
});

describe('Databricks', () => {
  test('is given id and secret, at the workspace itself', async () => {
    await using server = await startTokenServer(() => ({ body: HOUR }));
    const environment = of({ DATABRICKS_CLIENT_ID: 'id' });
    const url = `${server.origin}/serving-endpoints/a/invocations`;
    const source = createDatabricks({ secret: 'se:cret', url, environment, clock });
    assert.deepEqual(await source.fetch(), IN_AN_HOUR);
    const [question] = server.questions;
    assert.equal(question?.url, '/oidc/v1/token');
    assert.deepEqual(question?.form, { grant_type: 'client_credentials', scope: 'all-apis' });
    // base64 of id:se:cret
    assert.equal(question?.headers.authorization, 'Basic aWQ6c2U6Y3JldA==');
  });

  test('cannot be asked without an id', async () => {
    const source = createDatabricks({ secret: 's', url: 'http://127.0.0.1:1', environment: of({}), clock });
    await assert.rejects(source.fetch(), /DATABRICKS_CLIENT_SECRET is set, DATABRICKS_CLIENT_ID is not/);
  });
});

test('GigaChat is given its key and a scope, and tells a date', async () => {
  await using server = await startTokenServer(() => ({
    body: { access_token: 'tok', expires_at: NOW_MS + 1_800_000 },
  }));
  const variables = { GIGACHAT_AUTH_URL: `${server.origin}/api/v2/oauth`, GIGACHAT_SCOPE: 'GIGACHAT_API_CORP' };
  assert.deepEqual(await createGigachat('a2V5', of(variables), clock).fetch(), {
    token: 'tok',
    expiresAtMs: NOW_MS + 1_800_000,
  });
  const [question] = server.questions;
  assert.equal(question?.headers.authorization, 'Basic a2V5');
  assert.match(String(question?.headers['rquid']), /^[0-9a-f-]{36}$/);
  assert.deepEqual(question?.form, { scope: 'GIGACHAT_API_CORP' });
});

describe('Google Cloud', () => {
  test('gives a token for the identity that a file of credentials names', async () => {
    using folder = makeFolder();
    await using server = await startTokenServer(() => ({ body: { ...HOUR, token_type: 'Bearer' } }));
    writeFileSync(join(folder.path, 'subject'), 'who I am');
    const file = join(folder.path, 'adc.json');
    writeFileSync(
      file,
      JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${server.origin}/v1/token`,
        credential_source: { file: join(folder.path, 'subject') },
      }),
    );
    const before = Date.now();
    const { token, expiresAtMs } = await createGoogle(of({ GOOGLE_APPLICATION_CREDENTIALS: file })).fetch();
    assert.equal(token, 'tok');
    assert.ok(expiresAtMs !== undefined && expiresAtMs >= before + 3_600_000);
    assert.equal(server.questions[0]?.form['subject_token'], 'who I am');
    assert.equal(server.questions[0]?.form['scope'], 'https://www.googleapis.com/auth/cloud-platform');
  });

  test('says what to do when the file is not there', async () => {
    const source = createGoogle(of({ GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/adc.json' }));
    const error = await refusalOf(source.fetch());
    assert.equal(error.code, 'KEY_UNAVAILABLE');
    assert.match(error.message, /^Google Cloud: .*\/nowhere\/adc\.json/);
    assert.match(error.hint, /gcloud auth application-default login/);
  });
});

test('Snowflake is told which kind of token it is given', () => {
  assert.deepEqual(snowflakeHeaders('eyJ.a.b'), {
    authorization: 'Bearer eyJ.a.b',
    'x-snowflake-authorization-token-type': 'KEYPAIR_JWT',
  });
  assert.deepEqual(snowflakeHeaders('pat/abc'), {
    authorization: 'Bearer abc',
    'x-snowflake-authorization-token-type': 'PROGRAMMATIC_ACCESS_TOKEN',
  });
});

function of(variables: Readonly<Record<string, string>>): Lookup {
  return (name) => variables[name];
}
