import type { HttpRequest } from '../../model/exchange.ts';
import type { Target } from '../../model/target.ts';
import type { EncodeInput } from '../dialect.ts';
import { streamOptions } from '../openai-options.ts';

/**
 * `POST {url}/completions`. There are no messages here: the prompt is their contents, joined by two newlines, without roles. A
 * parameter that was not given is not sent; extra ones go to the top level, so a `prompt` of token ids can be given there. The
 * user's own headers win over ours.
 * https://platform.openai.com/docs/api-reference/completions/create
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters } = input;
  const body = {
    model: target.model,
    prompt: input.messages.map(({ content }) => content).join('\n\n'),
    stream: input.isStreamed,
    ...streamOptions(input, !isFillInTheMiddle(target)),
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

/**
 * Mistral's route for what stands between a prompt and a `suffix`, which is given as an extra parameter. It counts its tokens without being
 * asked, and knows no option for that. https://docs.mistral.ai/api/endpoint/fim
 */
export function isFillInTheMiddle({ url }: Target): boolean {
  return url.endsWith('/fim/completions');
}

/** A base URL (`…/v1`) or the full path of the endpoint. */
function endpointOf(url: string): string {
  return url.endsWith('/completions') ? url : `${url}/completions`;
}
