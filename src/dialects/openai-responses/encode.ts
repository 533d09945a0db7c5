import type { HttpRequest } from '../../model/exchange.ts';
import type { EncodeInput } from '../dialect.ts';

/**
 * `POST {url}/responses`. A parameter that was not given is not sent; extra ones go to the top level. The user's own headers win over
 * ours. System messages stay in `input`, which takes them as items: `instructions` would lose their place.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters } = input;
  const body = {
    model: target.model,
    input: input.messages.map(({ role, content }) => ({ role, content })),
    stream: input.isStreamed,
    ...(parameters.temperature === undefined ? {} : { temperature: parameters.temperature }),
    ...(parameters.maxTokens === undefined ? {} : { max_output_tokens: parameters.maxTokens }),
    ...parameters.extra,
  };
  return {
    method: 'POST',
    url: `${endpointOf(target.url)}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: input.isStreamed ? 'text/event-stream' : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A base URL (`…/v1`) or the full path of the endpoint. */
function endpointOf(url: string): string {
  return url.endsWith('/responses') ? url : `${url}/responses`;
}
