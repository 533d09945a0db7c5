import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CREDENTIALS } from '../model/target.ts';
import { secretsOf } from './secrets.ts';

test('the keys that sign are secrets, like key, header values and query values', () => {
  const signing = {
    kind: 'aws-sigv4',
    region: 'us-east-1',
    service: 'bedrock',
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
    sessionToken: 'session',
  } as const;
  const headers = { authorization: 'Bearer abc', 'x-team': 'blue' };
  const secrets = secretsOf({ apiKey: 'key', headers, query: '?code=a%20b&empty=', signing });
  assert.deepEqual(secrets, ['key', 'Bearer abc', 'abc', 'blue', 'a b', 'AKID', 'secret', 'session']);
  const temporary = secretsOf({ ...NO_CREDENTIALS, signing: { ...signing, sessionToken: undefined } });
  assert.deepEqual(temporary, ['AKID', 'secret']);
});

test('a login is a secret as the server reads it', () => {
  const login = Buffer.from('user:p:w').toString('base64');
  const secrets = secretsOf({ ...NO_CREDENTIALS, headers: { authorization: `Basic ${login}` } });
  assert.deepEqual(secrets, [`Basic ${login}`, login, 'p:w']);
});

test('without credentials there is no secret', () => assert.deepEqual(secretsOf(NO_CREDENTIALS), []));
