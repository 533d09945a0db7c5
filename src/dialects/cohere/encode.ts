import type { HttpRequest } from '../../model/exchange.ts';
import type { EncodeInput } from '../dialect.ts';

/**
 * `POST {url}/chat` of API v2. A parameter that was not given is not sent; system messages stay among the others. The user's own
 * headers win over ours. https://docs.cohere.com/reference/chat-stream
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters } = input;
  const body = {
    model: target.model,
    messages: input.messages,
    stream: input.isStreamed,
    ...(parameters.temperature === undefined ? {} : { temperature: parameters.temperature }),
    ...(parameters.maxTokens === undefined ? {} : { max_tokens: parameters.maxTokens }),
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

/** A base URL (`…/v2`) or the full path of the endpoint. */
function endpointOf(url: string): string {
  return url.endsWith('/chat') ? url : `${url}/chat`;
}
