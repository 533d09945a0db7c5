import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Sanitizer } from '../../model/sanitizer.ts';
import { createSanitizer } from '../../wire/sanitize.ts';
import { failureOf } from './failure.ts';

const sanitizer: Sanitizer = createSanitizer([]);

function refusal(message: string, details: readonly object[] = []): string {
  return JSON.stringify([{ error: { code: 400, message, status: 'INVALID_ARGUMENT', details } }], null, 2);
}

describe('a refusal', () => {
  const invalid = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
  const rows: readonly (readonly [what: string, status: number, body: string, kind: string])[] = [
    ['of a wrong key', 400, refusal('API key not valid. Please pass a valid API key.', invalid), 'auth'],
    ['of a wrong key, in words alone', 400, refusal('API key not valid. Please pass a valid API key.'), 'auth'],
    ['of an old key', 400, refusal('API key expired. Please renew the API key.'), 'auth'],
    ['without a key', 403, refusal('Method doesn’t allow unregistered callers.'), 'permission'],
    [
      'of a long prompt',
      400,
      refusal('The input token count (2551556) exceeds the maximum number of tokens allowed (1048576).'),
      'context-length',
    ],
    [
      'of a long prompt whose length is not told',
      400,
      refusal('The input token count exceeds the maximum number of tokens allowed 1048576.'),
      'context-length',
    ],
    ['of a parameter', 400, refusal('Invalid value at generation_config.top_p'), 'invalid-request'],
    ['of an unknown model', 404, refusal('models/x is not found for API version v1beta'), 'not-found'],
    ['of a busy model', 503, refusal('API key not valid'), 'overloaded'],
  ];
  for (const [what, status, body, kind] of rows) {
    test(`${what} is ${kind}`, () => {
      const failure = failureOf({ status, headers: new Map(), body, nowEpochMs: 0 }, sanitizer);
      assert.deepEqual([failure.kind, failure.status, failure.code], [kind, status, '400']);
    });
  }
});
