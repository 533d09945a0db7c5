import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSanitizer } from '../wire/sanitize.ts';
import { awsFailureOf } from './aws-failure.ts';

type Row = readonly [status: number, type: string | undefined, body: string, kind: string, code: string | undefined];

const rows: readonly Row[] = [
  [429, 'ThrottlingException', '{"message":"Too many tokens, please wait"}', 'rate-limited', 'ThrottlingException'],
  [400, 'ThrottlingException', '{"message":null}', 'rate-limited', 'ThrottlingException'],
  [400, 'ThrottlingException:http://internal.example/coral/', '{}', 'rate-limited', 'ThrottlingException'],
  [400, undefined, '{"__type":"com.amazon.coral.x#ThrottlingException"}', 'rate-limited', 'ThrottlingException'],
  [400, 'ServiceQuotaExceededException', '{"message":"m"}', 'quota', 'ServiceQuotaExceededException'],
  [403, 'AccessDeniedException', '{"message":"no access to the model"}', 'permission', 'AccessDeniedException'],
  [403, 'AccessDeniedException', '{"Message":"Authentication failed: a"}', 'auth', 'AccessDeniedException'],
  [403, undefined, '{"Message":"Invalid API Key format: a"}', 'auth', undefined],
  [403, undefined, '{"message":"The security token included in the request is invalid"}', 'auth', undefined],
  [403, undefined, '{"message":"not yours"}', 'permission', undefined],
  [403, 'UnrecognizedClientException', '{"message":"m"}', 'auth', 'UnrecognizedClientException'],
  [403, 'ExpiredTokenException', '{"message":"m"}', 'auth', 'ExpiredTokenException'],
  [403, 'InvalidSignatureException', '{"message":"m"}', 'auth', 'InvalidSignatureException'],
  [400, 'ValidationException', '{"message":"m"}', 'invalid-request', 'ValidationException'],
  [
    400,
    'ValidationException',
    '{"message":"Input is too long for requested model."}',
    'context-length',
    'ValidationException',
  ],
  [
    400,
    'ValidationException',
    '{"message":"prompt is too long: 3 tokens > 2 maximum"}',
    'context-length',
    'ValidationException',
  ],
  [
    400,
    'ValidationException',
    '{"message":"The provided model identifier is invalid."}',
    'not-found',
    'ValidationException',
  ],
  [400, 'ValidationError', '{"message":"Endpoint a of account 1 not found."}', 'not-found', 'ValidationError'],
  [404, 'ResourceNotFoundException', '{"message":"m"}', 'not-found', 'ResourceNotFoundException'],
  [429, 'ModelNotReadyException', '{"message":"m"}', 'overloaded', 'ModelNotReadyException'],
  [503, 'ServiceUnavailableException', '{"message":"m"}', 'overloaded', 'ServiceUnavailableException'],
  [408, 'ModelTimeoutException', '{"message":"m"}', 'server', 'ModelTimeoutException'],
  [424, 'ModelErrorException', '{"message":"m","originalStatusCode":500}', 'server', 'ModelErrorException'],
  [500, 'InternalServerException', '{"message":"m"}', 'server', 'InternalServerException'],
  [418, 'NewException', '{"message":"m"}', 'invalid-request', 'NewException'],
  [418, ':', '{"message":"m"}', 'invalid-request', undefined],
  [502, undefined, '<html>', 'server', undefined],
  [429, undefined, '[1]', 'rate-limited', undefined],
];

describe('a refusal of AWS', () => {
  for (const [status, type, body, kind, code] of rows) {
    test(`${status} ${type ?? 'without a name'} ${body} is ${kind}`, () => {
      const failure = failureOf(status, type, body);
      assert.deepEqual([failure.kind, failure.code, failure.status], [kind, code, status]);
    });
  }

  test('that passes on a container’s own refusal is named by that', () => {
    const kinds = [
      [400, '{"error":{"message":"maximum context length is 8"}}'],
      [400, 'bad'],
      [429, 'slow down'],
      [500, ''],
    ].map(([OriginalStatusCode, OriginalMessage]) => {
      const body = JSON.stringify({
        Message: 'Received client error from primary',
        OriginalStatusCode,
        OriginalMessage,
      });
      return failureOf(424, 'ModelError', body).kind;
    });
    assert.deepEqual(kinds, ['context-length', 'invalid-request', 'rate-limited', 'server']);
  });

  test('keeps what AWS says, and no secret', () => {
    const { message, code } = failureOf(403, 'Secret1234', '{"Message":"Secret1234 is no key"}');
    assert.deepEqual([message, code], ['HTTP 403: *** is no key', '***']);
  });
});

function failureOf(status: number, type: string | undefined, body: string): ReturnType<typeof awsFailureOf> {
  const headers = new Map(type === undefined ? [] : [['x-amzn-errortype', type]]);
  return awsFailureOf({ status, headers, body, nowEpochMs: 0 }, createSanitizer(['Secret1234']));
}
