import type { HttpRequest } from '../../model/exchange.ts';
import { awsHeaders, bedrockUrl } from '../aws-request.ts';
import type { Dialect, EncodeInput } from '../dialect.ts';

/** Anthropic's API version on Bedrock, which wants it in the body. */
const ANTHROPIC_VERSION = 'bedrock-2023-05-31';

/**
 * `POST {url}/model/{model}/invoke-with-response-stream`, unstreamed `/invoke`: the vendor's body without the model's name and the
 * wish for a stream, which the path says. https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export function encodeInvoke(inner: Dialect, input: EncodeInput): HttpRequest {
  const { model: _model, stream: _stream, ...body } = JSON.parse(bodyOf(inner.encode(input)));
  return {
    method: 'POST',
    url: bedrockUrl(input, input.isStreamed ? 'invoke-with-response-stream' : 'invoke'),
    headers: awsHeaders(input),
    body: new TextEncoder().encode(JSON.stringify({ anthropic_version: ANTHROPIC_VERSION, ...body })),
  };
}

function bodyOf({ body }: HttpRequest): string {
  return Buffer.from(body ?? []).toString('utf8');
}
