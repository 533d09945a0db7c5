import type { HttpRequest } from '../../model/exchange.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject } from '../../model/units.ts';
import type { Dialect, EncodeInput } from '../dialect.ts';
import { asObject } from '../json.ts';
import { isDeployment, isGeneration, urlOf } from './routes.ts';

/**
 * `POST {url}/ml/v1/text/chat_stream`, unstreamed `/chat`, or `/generation_stream` and `/generation` where the URL ends so. A parameter
 * that was not given is not sent; `project_id` or `space_id` come from the extra ones. The user's own headers win over ours.
 * https://cloud.ibm.com/apidocs/watsonx-ai
 */
export function encode(chat: Dialect, input: EncodeInput): HttpRequest {
  const { credentials, isStreamed, target } = input;
  const body = {
    // A deployment's path says which model.
    ...(isDeployment(target) ? {} : { model_id: target.model }),
    ...(isGeneration(target) ? generationOf(input) : chatOf(chat, input)),
  };
  return {
    method: 'POST',
    url: urlOf(target, { isStreamed, query: credentials.query }),
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

/** OpenAI's body without what the path says, and with a field of its own for a choice in one word. */
function chatOf(chat: Dialect, input: EncodeInput): JsonObject {
  const encoded = Buffer.from(chat.encode(input).body ?? []).toString('utf8');
  const { model: _model, stream: _stream, stream_options: _options, ...body } = JSON.parse(encoded) as JsonObject;
  const { tool_choice: choice, ...others } = body;
  return typeof choice === 'string' ? { ...others, tool_choice_option: choice } : body;
}

/** There are no roles here: the input is what the messages say, in their order. */
function generationOf({ messages, parameters }: EncodeInput): JsonObject {
  return { input: messages.map(({ content }) => content).join('\n\n'), ...placeParameters(parameters) };
}

/** Extra parameters go to `parameters`, except the request's own fields. A whole `parameters` among them is laid over ours. */
function placeParameters({ temperature, maxTokens, extra }: Parameters): JsonObject {
  const { parameters, ...given } = extra;
  const entries = Object.entries(given);
  const placed = {
    ...(maxTokens === undefined ? {} : { max_new_tokens: maxTokens }),
    // Greedy decoding is the default, and passes over any temperature.
    ...(temperature === undefined ? {} : { decoding_method: temperature === 0 ? 'greedy' : 'sample', temperature }),
    ...Object.fromEntries(entries.filter(([name]) => !REQUEST_FIELDS.has(name))),
    ...(asObject(parameters) as JsonObject | undefined),
  };
  return {
    ...(Object.keys(placed).length === 0 ? {} : { parameters: placed }),
    ...Object.fromEntries(entries.filter(([name]) => REQUEST_FIELDS.has(name))),
  };
}

const REQUEST_FIELDS: ReadonlySet<string> = new Set(['input', 'model_id', 'project_id', 'space_id', 'moderations']);
