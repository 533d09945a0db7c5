import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SdkRequest, sdkSign } from '../../test/support/aws-sdk.ts';
import type { HttpRequest } from '../model/exchange.ts';
import { NO_CREDENTIALS, type RequestSigning } from '../model/target.ts';
import { authorize } from './authorize.ts';

/** Keys of AWS's own examples. */
const SIGNING: RequestSigning = {
  kind: 'aws-sigv4',
  region: 'us-east-1',
  service: 'bedrock',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: undefined,
};
const NOW = new Date('2026-03-01T23:59:59.999Z');
const BODY = Buffer.from('{"messages":[{"content":"Grüße 👋"}]}');

test('a request is signed as in AWS’s first example', () => {
  const request: HttpRequest = { method: 'GET', url: 'https://example.amazonaws.com/', headers: {}, body: undefined };
  const { headers } = signed(request, { service: 'service' }, new Date('2015-08-30T12:36:00Z'));
  assert.deepEqual(headers, {
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  });
});

describe('the AWS SDK signs the same', () => {
  const arn = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2';
  const rows: readonly (readonly [url: string, some: Partial<RequestSigning>])[] = [
    ['https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse-stream', {}],
    [
      `https://bedrock-runtime.eu-west-1.amazonaws.com/model/${encodeURIComponent(arn)}/converse`,
      { region: 'eu-west-1' },
    ],
    [
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/a%20b%21%27%28%29%2A~%C3%BC/invoke',
      { sessionToken: 'a/b+c==' },
    ],
    ['https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/my-ep/invocations', { service: 'sagemaker' }],
    ['http://127.0.0.1:8080/base/model/x/converse?b=2&a=x%20y&c=', {}],
  ];
  for (const [url, some] of rows) {
    test(`for ${url}`, async () => {
      const signing = { ...SIGNING, ...some };
      const request: HttpRequest = {
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          'x-amzn-bedrock-trace': 'ENABLED',
          'x-amzn-sagemaker-target-model': ' two  words ',
          accept: 'a/b',
          'user-agent': 'llm-bench/0',
        },
        body: BODY,
      };
      const ours = signed(request, some).headers;
      const theirs = await sdkSign(toSdk(request), { ...signing, credentials: signing }, NOW);
      for (const name of ['authorization', 'x-amz-date', 'x-amz-security-token'])
        assert.equal(ours[name], theirs[name], name);
    });
  }

  test('only with the same secret', async () => {
    const request: HttpRequest = { method: 'POST', url: 'https://a.example/x', headers: {}, body: BODY };
    const ours = signed(request, { secretAccessKey: 'other' }).headers;
    const theirs = await sdkSign(toSdk(request), { ...SIGNING, credentials: SIGNING }, NOW);
    assert.notEqual(ours['authorization'], theirs['authorization']);
  });
});

describe('a request stays as it is', () => {
  const request: HttpRequest = { method: 'POST', url: 'https://a.example/x', headers: { a: 'b' }, body: BODY };

  test('without a way to sign', () => assert.equal(authorize(request, NO_CREDENTIALS, 0), request));

  test('when the user gave an authorization', () => {
    const own = { ...request, headers: { authorization: 'mine' } };
    assert.equal(authorize(own, { signing: SIGNING }, 0), own);
  });

  test('but for the headers of its signature', () => {
    const { headers, ...rest } = signed(request, { sessionToken: 'token' });
    assert.deepEqual(rest, { method: 'POST', url: 'https://a.example/x', body: BODY });
    assert.deepEqual(Object.keys(headers), ['a', 'x-amz-date', 'x-amz-security-token', 'authorization']);
    assert.ok(!JSON.stringify(headers).includes(SIGNING.secretAccessKey));
  });
});

function signed(request: HttpRequest, some: Partial<RequestSigning>, now: Date = NOW): HttpRequest {
  return authorize(request, { signing: { ...SIGNING, ...some } }, now.getTime());
}

/** With the headers that are to be signed; our client adds host and length. */
function toSdk({ method, url, headers, body }: HttpRequest): SdkRequest {
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const { accept: _accept, 'user-agent': _agent, ...own } = headers;
  return {
    method,
    protocol,
    hostname,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { ...own, host, 'content-length': String(body?.length) },
    body,
  };
}
