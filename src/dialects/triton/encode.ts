import type { HttpRequest } from '../../model/exchange.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { asObject } from '../json.ts';

/**
 * `POST {url}/v2/models/{model}/generate_stream`, unstreamed `/generate`. There are no roles: the prompt is what the messages say, in
 * their order. A parameter that was not given is not sent. The user's own headers win over ours.
 * https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html
 */
export function encode(input: EncodeInput): HttpRequest {
  const { credentials, isStreamed } = input;
  const body = {
    text_input: input.messages.map(({ content }) => content).join('\n\n'),
    ...placeParameters(input.parameters, isStreamed),
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
      // Triton itself wants no key, but what stands before it may.
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A server (`http://localhost:8000`), or the full path of either route, which may name a version. */
function endpointOf({ target, isStreamed }: EncodeInput): string {
  const route = isStreamed ? 'generate_stream' : 'generate';
  if (ROUTE.test(target.url)) return target.url.replace(ROUTE, `/${route}`);
  return `${target.url}/v2/models/${encodeURIComponent(target.model)}/${route}`;
}

const ROUTE = /\/generate(_stream)?$/;

/**
 * Triton takes what stands in `parameters` for an input of the model where it has one of that name, and for a parameter else; so
 * all of ours stand there, whatever the backend (vLLM, TensorRT-LLM). A whole `parameters` among the extra ones is laid over them.
 */
function placeParameters(
  { temperature, maxTokens, maxTokensName, extra }: Parameters,
  isStreamed: boolean,
): JsonObject {
  const { parameters, ...given } = extra;
  const entries = Object.entries(given);
  return {
    parameters: {
      // The route alone does not make a backend stream.
      stream: isStreamed,
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { [maxTokensName ?? 'max_tokens']: maxTokens }),
      ...Object.fromEntries(entries.filter(([name]) => !REQUEST_FIELDS.has(name))),
      ...(asObject(parameters) as JsonObject | undefined),
    },
    ...Object.fromEntries(entries.filter(([name]) => REQUEST_FIELDS.has(name))),
  };
}

const REQUEST_FIELDS: ReadonlySet<string> = new Set(['text_input', 'id']);
