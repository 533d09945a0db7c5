import type { HttpRequest } from '../../model/exchange.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';

/**
 * `POST {url}/generate_stream`, unstreamed `/generate`. There are no roles: the prompt is what the messages say, in their order.
 * A parameter that was not given is not sent. The user's own headers win over ours.
 * https://huggingface.github.io/text-generation-inference/
 */
export function encode(input: EncodeInput): HttpRequest {
  const { credentials, isStreamed } = input;
  const body = {
    inputs: input.messages.map(({ content }) => content).join('\n\n'),
    ...placeParameters(input.parameters),
  };
  return {
    method: 'POST',
    url: `${endpointOf(input)}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: isStreamed ? 'text/event-stream' : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      // TGI itself wants no key, but the endpoints that host it do.
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A base URL or the full path of either route. */
function endpointOf({ target, isStreamed }: EncodeInput): string {
  return `${target.url.replace(/\/generate(_stream)?$/, '')}/${isStreamed ? 'generate_stream' : 'generate'}`;
}

/**
 * Users know `top_p` or `seed` as members of `parameters`: extra parameters go there, except the request's own fields. A whole
 * `parameters` among them is laid over ours.
 */
function placeParameters({ temperature, maxTokens, extra }: Parameters): JsonObject {
  const { parameters, ...given } = extra;
  const entries = Object.entries(given);
  return {
    parameters: {
      ...(maxTokens === undefined ? {} : { max_new_tokens: maxTokens }),
      ...(temperature === undefined ? {} : { temperature }),
      // Without it the last event says neither why the answer ended nor how long it is.
      details: true,
      ...Object.fromEntries(entries.filter(([name]) => !REQUEST_FIELDS.has(name))),
      ...(isObject(parameters) ? parameters : {}),
    },
    ...Object.fromEntries(entries.filter(([name]) => REQUEST_FIELDS.has(name))),
  };
}

const REQUEST_FIELDS: ReadonlySet<string> = new Set(['inputs', 'add_special_tokens']);

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
