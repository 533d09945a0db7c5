import type { HttpRequest } from '../../model/exchange.ts';
import type { JsonObject } from '../../model/units.ts';
import { awsHeaders, encodeSegment } from '../aws-request.ts';
import type { Dialect, EncodeInput } from '../dialect.ts';

/**
 * `POST {url}/endpoints/{model}/invocations-response-stream`, unstreamed `/invocations`: the model is the endpoint's name, the body
 * the container's. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
 */
export function encodeInvocation(inner: Dialect, input: EncodeInput): HttpRequest {
  const body: JsonObject = JSON.parse(Buffer.from(inner.encode(input).body ?? []).toString('utf8'));
  return {
    method: 'POST',
    url: `${endpointOf(input)}${input.credentials.query}`,
    headers: awsHeaders(input),
    // A container has one path: whether it is to stream must stand in the body, also where the path says so elsewhere.
    body: new TextEncoder().encode(JSON.stringify({ stream: input.isStreamed, ...body })),
  };
}

/** A base URL or the full path of either operation. */
function endpointOf({ target, isStreamed }: EncodeInput): string {
  const base = target.url.replace(/\/endpoints\/[^/]+\/invocations(-response-stream)?$/, '');
  const operation = isStreamed ? 'invocations-response-stream' : 'invocations';
  return `${base}/endpoints/${encodeSegment(target.model)}/${operation}`;
}
