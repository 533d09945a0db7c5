import type { HttpRequest } from '../../model/exchange.ts';
import type { EncodeInput } from '../dialect.ts';
import { streamOptions } from '../openai-options.ts';
import { openaiToolFields, toOpenaiMessage } from '../tool-shapes.ts';

/**
 * `POST {url}/chat/completions`. A parameter that was not given is not sent. The user's own headers win over ours.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters } = input;
  const body = {
    model: target.model,
    messages: input.messages.map(toOpenaiMessage),
    stream: input.isStreamed,
    ...streamOptions(input, true),
    ...(parameters.temperature === undefined ? {} : { temperature: parameters.temperature }),
    ...(parameters.maxTokens === undefined ? {} : { [parameters.maxTokensName ?? 'max_tokens']: parameters.maxTokens }),
    ...openaiToolFields(input),
    ...parameters.extra,
  };
  return {
    method: 'POST',
    url: `${endpointOf(target.url)}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A base URL (`…/v1`), or the full path of the endpoint: OpenAI's, Databricks' own and Snowflake's older one. */
function endpointOf(url: string): string {
  return WHOLE_PATH.test(url) ? url : `${url}/chat/completions`;
}

const WHOLE_PATH = /\/chat\/completions$|\/invocations$|\/inference:complete$/;
