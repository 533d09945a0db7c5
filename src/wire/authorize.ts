import aws4 from 'aws4';
import { isoOf } from '../clock.ts';
import type { HttpRequest } from '../model/exchange.ts';
import type { Credentials, RequestSigning } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';

/**
 * Signs a request where its credentials sign; any other stays as it is, and so does one with an `authorization` of the user's own.
 * AWS accepts a signature for five minutes. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function authorize(
  request: HttpRequest,
  { signing }: Pick<Credentials, 'signing'>,
  epochMs: Milliseconds,
): HttpRequest {
  if (signing === undefined || request.headers['authorization'] !== undefined) return request;
  return { ...request, headers: { ...request.headers, ...signatureOf(request, signing, epochMs) } };
}

function signatureOf(request: HttpRequest, signing: RequestSigning, epochMs: Milliseconds): HttpRequest['headers'] {
  const url = new URL(request.url);
  const { service, region, accessKeyId, secretAccessKey, sessionToken } = signing;
  const own = {
    'x-amz-date': isoOf(epochMs).replaceAll(/[:-]|\.\d+/g, ''),
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const { headers } = aws4.sign(
    {
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...signedHeaders(request.headers), ...own },
      ...(request.body === undefined ? {} : { body: Buffer.from(request.body) }),
      service,
      region,
    },
    { accessKeyId, secretAccessKey },
  );
  return { ...own, authorization: String(headers?.['Authorization']) };
}

/** A proxy may change any other on its way. */
function signedHeaders(headers: HttpRequest['headers']): HttpRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(content-type|x-amzn?-.*)$/.test(name)));
}
