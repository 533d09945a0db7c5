import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSanitizer } from '../../wire/sanitize.ts';
import { failureOf } from './failure.ts';

describe('a refusal', () => {
  const given = 'Given: 4000 `inputs` tokens and 200 `max_new_tokens`';
  const rows: readonly (readonly [status: number, error: string, errorType: string, kind: string])[] = [
    [
      422,
      `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= 4096. ${given}`,
      'validation',
      'context-length',
    ],
    [
      422,
      'Input validation error: `inputs` must have less than 1024 tokens. Given: 2000',
      'validation',
      'context-length',
    ],
    [422, 'Input validation error: `temperature` must be strictly positive', 'validation', 'invalid-request'],
    [424, 'Request failed during generation: CUDA out of memory', 'generation', 'server'],
    [429, 'Model is overloaded', 'overloaded', 'rate-limited'],
    [500, 'Incomplete generation', 'incomplete_generation', 'server'],
  ];
  for (const [status, error, errorType, kind] of rows) {
    test(`with ${status} that says ${error} is ${kind}`, () => {
      const body = JSON.stringify({ error, error_type: errorType });
      const failure = failureOf({ status, headers: new Map(), body, nowEpochMs: 0 }, createSanitizer([]));
      assert.deepEqual([failure.kind, failure.status, failure.code], [kind, status, errorType]);
    });
  }
});
