import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder } from '../../../test/support/cli.ts';
import { refusalOf } from '../../../test/support/refusal.ts';
import { awsSigning } from './aws.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'secret/env' };
const FILE = `
# of my own
[ default ]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key=secret/default+==

[work]
region = eu-west-1
aws_access_key_id=AKIDWORK
aws_secret_access_key =  secret/work
aws_session_token = session/work==
s3 =
  max_concurrent_requests = 20
[sso]
sso_session = mine
[workshop]\r
aws_access_key_id = AKIDSHOP\r
aws_secret_access_key = secret/shop\r
`;

describe('keys that sign', () => {
  test('are those of the environment first', async () => {
    const signing = await find({ ...KEYS, AWS_SESSION_TOKEN: 'session', AWS_PROFILE: 'work' });
    assert.deepEqual(signing, {
      kind: 'aws-sigv4',
      service: 'bedrock',
      region: 'us-east-1',
      accessKeyId: 'AKIDENV',
      secretAccessKey: 'secret/env',
      sessionToken: 'session',
    });
  });

  const rows: readonly (readonly [profile: string | undefined, keys: readonly (string | undefined)[]])[] = [
    [undefined, ['AKIDDEFAULT', 'secret/default+==', undefined]],
    ['work', ['AKIDWORK', 'secret/work', 'session/work==']],
    ['workshop', ['AKIDSHOP', 'secret/shop', undefined]],
  ];
  for (const [profile, keys] of rows) {
    test(`are those of the profile ${profile ?? 'default'} then`, async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = await find(
        profile === undefined ? {} : { AWS_PROFILE: profile },
      );
      assert.deepEqual([accessKeyId, secretAccessKey, sessionToken], keys);
    });
  }

  test('may lie in a file of another place', async () => {
    using folder = makeFolder();
    const file = join(folder.path, 'mine');
    writeFileSync(file, '[default]\naws_access_key_id=A\naws_secret_access_key=B\n');
    assert.equal((await find({ AWS_SHARED_CREDENTIALS_FILE: file })).accessKeyId, 'A');
  });
});

describe('without keys', () => {
  const rows: readonly (readonly [variables: Record<string, string>, message: RegExp, hint: RegExp])[] = [
    [
      { HOME: '/nowhere' },
      /^AWS: no access keys were found$/,
      /eval "\$\(aws configure export-credentials --format env\)"$/,
    ],
    [
      { AWS_PROFILE: 'sso' },
      /^AWS: profile sso has no access keys in .*credentials$/,
      /export-credentials --profile sso --format env/,
    ],
    [{ AWS_DEFAULT_PROFILE: 'none' }, /^AWS: profile none has no access keys/, /--profile none/],
    [{ AWS_ACCESS_KEY_ID: 'A' }, /^AWS: AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not$/, /^set both$/],
    [{ AWS_SECRET_ACCESS_KEY: 'B' }, /^AWS: AWS_SECRET_ACCESS_KEY is set, AWS_ACCESS_KEY_ID is not$/, /^set both$/],
    [{ AWS_SHARED_CREDENTIALS_FILE: '/' }, /^AWS: cannot read \/: EISDIR$/, /permissions/],
  ];
  for (const [variables, message, hint] of rows) {
    test(`${JSON.stringify(variables)} says what to do`, async () => {
      const error = await refusalOf(find(variables));
      assert.deepEqual([error.code, error.exit], ['KEY_UNAVAILABLE', 5]);
      assert.match(error.message, message);
      assert.match(error.hint, hint);
    });
  }
});

describe('the region', () => {
  const rows: readonly (readonly [variables: Record<string, string>, region: string])[] = [
    [{ AWS_REGION: 'a', AWS_REGION_NAME: 'b', AWS_DEFAULT_REGION: 'c' }, 'a'],
    [{ AWS_REGION_NAME: 'b', AWS_DEFAULT_REGION: 'c' }, 'b'],
    [{ AWS_DEFAULT_REGION: 'c' }, 'c'],
  ];
  for (const [variables, region] of rows) {
    test(`is ${region} with ${JSON.stringify(variables)}`, async () => {
      assert.equal((await find({ ...KEYS, ...variables }, undefined)).region, region);
    });
  }

  test('that is given comes before all', async () => {
    assert.equal((await find({ ...KEYS, AWS_REGION: 'a' }, 'given')).region, 'given');
  });

  test('is asked for when nobody knows it', async () => {
    const error = await refusalOf(find(KEYS, undefined));
    assert.equal(`${error.message}; ${error.hint}`, 'AWS: a signature needs a region; set AWS_REGION');
  });
});

async function find(
  variables: Readonly<Record<string, string>>,
  ...given: readonly (string | undefined)[]
): ReturnType<typeof awsSigning> {
  using folder = makeFolder();
  mkdirSync(join(folder.path, '.aws'));
  writeFileSync(join(folder.path, '.aws', 'credentials'), FILE);
  const [region] = given.length === 0 ? ['us-east-1'] : given;
  const all: Readonly<Record<string, string>> = { HOME: folder.path, ...variables };
  return await awsSigning({ service: 'bedrock', region, environment: (name) => all[name] });
}
