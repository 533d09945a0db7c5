import type { HttpRequest } from '../../model/exchange.ts';
import type { EncodeInput } from '../dialect.ts';

/**
 * `POST {url}/completion`. A parameter that was not given is not sent, and all stand at the top of the body, extra ones too. The
 * user's own headers win over ours. https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters, isStreamed } = input;
  const body = {
    // A server of one model passes over it; one that serves several (router mode) needs it.
    model: target.model,
    // There are no turns and no template here: the prompt is sent to the model as it stands.
    prompt: input.messages.map(({ content }) => content).join('\n\n'),
    stream: isStreamed,
    ...(parameters.temperature === undefined ? {} : { temperature: parameters.temperature }),
    ...(parameters.maxTokens === undefined ? {} : { n_predict: parameters.maxTokens }),
    ...parameters.extra,
  };
  return {
    method: 'POST',
    url: `${endpointOf(target.url)}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: isStreamed ? 'text/event-stream' : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A server (`http://localhost:8080`) or the full path of the endpoint. */
function endpointOf(url: string): string {
  return url.endsWith('/completion') ? url : `${url}/completion`;
}
