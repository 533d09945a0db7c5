import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HttpRefusal } from '../model/exchange.ts';
import type { Failure, FailureKind } from '../model/record.ts';
import { failureOfHttp, readProviderError, toProviderError } from './failure.ts';
import { createSanitizer } from './sanitize.ts';

const REFUSALS = join(import.meta.dirname, '../../test/fixtures/streams/openai-chat/refusals.json');
const KEY = 'Qx9vTz4mRk7w';
/** Wed, 01 Jan 2025 00:00:00 GMT */
const NOW = 1_735_689_600_000;

/** A body as a server words it (JSON, or a text as it is), and what it means. */
interface Refusal {
  readonly from: string;
  readonly status: number;
  readonly kind: FailureKind;
  readonly code?: string;
  readonly retryAfterMs?: number;
  readonly message: string;
  readonly body: unknown;
}

describe('a refusal', () => {
  const refusals = JSON.parse(readFileSync(REFUSALS, 'utf8')) as readonly Refusal[];

  for (const { from, status, kind, code, retryAfterMs, message, body } of refusals) {
    test(`of ${from} (${status}) is ${kind}`, () => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      assert.deepEqual(failureOf({ status, body: text }), {
        kind,
        status,
        code,
        message: `HTTP ${status}: ${message}`,
        retryAfterMs,
        excerpt: text === '' ? undefined : text,
      });
    });
  }

  test('by a redirect names the new place', () => {
    const { kind, message } = failureOf({ status: 308, headers: { location: `https://b.example/v1?key=${KEY}` } });
    assert.deepEqual(
      [kind, message],
      ['invalid-request', 'HTTP 308: redirected to https://b.example/v1?key=***: use that URL'],
    );
  });

  test('keeps no key, neither in its message nor in its code or excerpt', () => {
    const body = `{"error":{"message":"key ${KEY}\\nis wrong","code":"${KEY}-bad"},"also":"${KEY}"}`;
    const failure = failureOf({ status: 401, body });
    assert.equal(failure.message, 'HTTP 401: key *** is wrong');
    assert.equal(failure.code, '***-bad');
    assert.equal(failure.excerpt, body.replaceAll(KEY, '***'));
  });

  test('keeps 2,048 characters of its body, cut after the keys were taken out and not through a character', () => {
    assert.equal(failureOf({ status: 500, body: 'x'.repeat(3_000) }).excerpt, 'x'.repeat(2_048));
    assert.equal(failureOf({ status: 500, body: `${'x'.repeat(2_040)}${KEY}yy` }).excerpt, `${'x'.repeat(2_040)}***yy`);
    assert.equal(failureOf({ status: 500, body: `${'x'.repeat(2_046)}${KEY}` }).excerpt, `${'x'.repeat(2_046)}**`);
    assert.equal(failureOf({ status: 500, body: `${'x'.repeat(2_047)}😀` }).excerpt, 'x'.repeat(2_047));
  });
});

describe('a wait that the server asks for', () => {
  const rows: readonly (readonly [what: string, headers: Record<string, string>, ms: number | undefined])[] = [
    ['whole seconds', { 'retry-after': '7' }, 7_000],
    ['no time at all', { 'retry-after': '0' }, 0],
    ['a fraction of seconds', { 'retry-after': '1.5' }, 1_500],
    ['a date', { 'retry-after': 'Wed, 01 Jan 2025 00:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Tue, 31 Dec 2024 23:59:59 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '250' }, 250],
    ['a fraction of milliseconds', { 'retry-after-ms': '0.5' }, 0.5],
    ['milliseconds before seconds', { 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    ['seconds when the milliseconds are nonsense', { 'retry-after-ms': 'soon', 'retry-after': '1' }, 1_000],
    ['seconds when the milliseconds are negative', { 'retry-after-ms': '-1', 'retry-after': '1' }, 1_000],
    ['seconds when the milliseconds are empty', { 'retry-after-ms': '', 'retry-after': '1' }, 1_000],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['words with a number', { 'retry-after': 'soon 5' }, undefined],
    ['a negative number', { 'retry-after': '-1' }, undefined],
    ['nothing', {}, undefined],
  ];
  for (const [what, headers, ms] of rows) {
    test(`as ${what}`, () => assert.equal(failureOf({ status: 503, headers }).retryAfterMs, ms));
  }

  test('in a header beats the one in words', () => {
    const body = '{"error":{"message":"Please try again in 20s"}}';
    assert.equal(failureOf({ status: 429, body, headers: { 'retry-after': '2' } }).retryAfterMs, 2_000);
  });

  test('in words stands in for a header that cannot be read', () => {
    const body = '{"error":{"message":"Please try again in 20s"}}';
    assert.equal(failureOf({ status: 429, body, headers: { 'retry-after': 'soon 5' } }).retryAfterMs, 20_000);
  });

  test('makes a 429 that speaks of billing a matter of time', () => {
    const body = '{"error":{"message":"Too fast. More credits: /billing"}}';
    assert.equal(failureOf({ status: 429, body }).kind, 'quota');
    assert.equal(failureOf({ status: 429, body, headers: { 'retry-after': '2' } }).kind, 'rate-limited');
  });

  test('does not make a spent quota a matter of time', () => {
    const body = '{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}';
    assert.equal(failureOf({ status: 429, body, headers: { 'retry-after': '2' } }).kind, 'quota');
  });
});

describe('the words of an error', () => {
  test('are found in any envelope', () => {
    assert.deepEqual(toProviderError({ error: { message: { deep: 1 }, type: 't' } }), {
      message: '{"deep":1}',
      code: 't',
    });
    assert.deepEqual(toProviderError({ error: { type: 'only_a_type' } }), {
      message: 'only_a_type',
      code: 'only_a_type',
    });
    assert.deepEqual(toProviderError({ error: 'text', code: 7 }), { message: 'text', code: '7' });
    assert.deepEqual(toProviderError({ errors: [{ code: 'c', message: 'text' }, 1], status_code: 404 }), {
      message: 'text',
      code: 'c',
    });
    assert.deepEqual(toProviderError({ title: 'x', detail: 'text', status: 422 }), {
      message: 'text',
      code: undefined,
    });
    assert.deepEqual(toProviderError([{ error: 'text' }, 1]), { message: 'text', code: undefined });
  });

  test('are none where there is no envelope', () => {
    for (const value of [null, 1, 'text', [], [[]], {}, { error: true }, { errors: [] }, { errors: ['text'] }])
      assert.equal(toProviderError(value), undefined);
    for (const body of ['', '<html>', '{"error":', 'null']) assert.equal(readProviderError(body), undefined);
  });
});

function failureOf(input: Pick<HttpRefusal, 'status'> & { body?: string; headers?: Record<string, string> }): Failure {
  const headers = new Map(Object.entries(input.headers ?? {}));
  const refusal = { status: input.status, headers, body: input.body ?? '', nowEpochMs: NOW };
  return failureOfHttp(refusal, createSanitizer([KEY]));
}
