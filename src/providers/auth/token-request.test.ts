import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusalOf } from '../../../test/support/refusal.ts';
import { startTokenServer, type TokenAnswer } from '../../../test/support/token-server.ts';
import type { AppError } from '../../errors.ts';
import { requestToken } from './token-request.ts';
import type { Token } from './token-source.ts';

const NOW_MS = 1_767_225_600_000;
const SECRET = 'S3cretOfMine';

describe('a token', () => {
  const rows: readonly (readonly [ends: string, body: object, expiresAtMs: number | undefined])[] = [
    ['after seconds', { access_token: 't', expires_in: 3_600, expires_at: 1 }, NOW_MS + 3_600_000],
    ['after seconds in words', { access_token: 't', expires_in: '60' }, NOW_MS + 60_000],
    ['at a date', { access_token: 't', expires_at: NOW_MS + 5 }, NOW_MS + 5],
    ['when nobody says', { access_token: 't', expires_in: 'soon' }, undefined],
  ];
  for (const [ends, body, expiresAtMs] of rows) {
    test(`that ends ${ends}`, async () => {
      assert.deepEqual(await ask({ body }), { token: 't', expiresAtMs });
    });
  }

  test('is asked for by a form, and with headers of its giver', async () => {
    await using server = await startTokenServer(() => ({ body: { access_token: 't' } }));
    await askAt(`${server.origin}/token?a=b`);
    const [question] = server.questions;
    assert.deepEqual([question?.method, question?.url], ['POST', '/token?a=b']);
    assert.deepEqual(question?.form, { grant_type: 'x', key: SECRET });
    assert.match(question?.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    assert.deepEqual([question?.headers.accept, question?.headers['x-own']], ['application/json', 'yes']);
  });
});

describe('no token', () => {
  const rows: readonly (readonly [answer: TokenAnswer, problem: RegExp])[] = [
    [{ status: 401, body: { error: 'invalid_client', error_description: `no ${SECRET}` } }, /^HTTP 401: no \*\*\*$/],
    [
      { status: 400, body: { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key not found.' } },
      /^HTTP 400: Provided/,
    ],
    [{ status: 400, body: { code: 4, message: 'scope is empty' } }, /^HTTP 400: scope is empty$/],
    [{ status: 503, body: '<html>' }, /^HTTP 503$/],
    [{ status: 200, body: '<html>' }, /^HTTP 200, but no token in the answer$/],
    [{ status: 200, body: { access_token: '' } }, /^HTTP 200, but no token in the answer$/],
    [{ status: 200, body: 'null' }, /^HTTP 200, but no token in the answer$/],
  ];
  for (const [answer, problem] of rows) {
    test(`is said in one line for ${JSON.stringify(answer)}`, async () => {
      const error = await refusalOf(ask(answer));
      assertUnavailable(error, problem);
    });
  }

  test('is got from another place than the one that was asked', async () => {
    await using other = await startTokenServer(() => ({ body: { access_token: 't' } }));
    const answer = { status: 307, headers: { location: `${other.origin}/token` }, body: '' };
    const error = await refusalOf(ask(answer));
    assertUnavailable(error, /redirect/);
    assert.deepEqual(other.questions, []);
  });

  test('comes from where nobody listens', async () => {
    const server = await startTokenServer(() => ({ body: {} }));
    await server[Symbol.asyncDispose]();
    const error = await refusalOf(askAt(server.origin));
    assertUnavailable(error, /ECONNREFUSED/);
  });
});

async function ask(answer: TokenAnswer): Promise<Token> {
  await using server = await startTokenServer(() => answer);
  return await askAt(server.origin);
}

function askAt(url: string): Promise<Token> {
  return requestToken({
    giver: 'The Giver',
    url,
    headers: { 'x-own': 'yes' },
    form: { grant_type: 'x', key: SECRET },
    secrets: [SECRET],
    hint: 'try another',
    clock: { epochMs: () => NOW_MS },
  });
}

function assertUnavailable(error: AppError, problem: RegExp): void {
  assert.deepEqual([error.code, error.exit, error.hint], ['KEY_UNAVAILABLE', 5, 'try another']);
  assert.match(error.message, /^The Giver: /);
  assert.match(error.message.slice('The Giver: '.length), problem);
  assert.doesNotMatch(error.message, /\n|S3cret/);
}
