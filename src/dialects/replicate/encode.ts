import type { HttpRequest } from '../../model/exchange.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { asObject } from '../json.ts';

/**
 * `POST {url}/models/{owner}/{name}/predictions`, or `/predictions` for one version of a model: makes a prediction, whose answer names
 * the address of its stream. Not streamed, it waits for the prediction's end, a minute at most. There are no roles: the
 * prompt is what the messages say, in their order, those of the system apart. A parameter that was not given is not sent; what
 * there are hangs on the model. The user's own headers win over ours. https://replicate.com/docs/reference/http
 */
export function encode(input: EncodeInput): HttpRequest {
  const { credentials, isStreamed } = input;
  const { url, version } = placeOf(input);
  const { placed, fields } = placeParameters(input.parameters);
  const body = {
    ...(version === undefined ? {} : { version }),
    input: { ...promptOf(input), ...placed },
    ...(isStreamed ? { stream: true } : {}),
    ...fields,
  };
  return {
    method: 'POST',
    url: `${url}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      // A compressed answer would be refused.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      ...(isStreamed ? {} : { prefer: 'wait' }),
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A base URL (`…/v1`), or the full path of one of the three routes. Only the route without a model in it wants a version. */
function placeOf({ target }: EncodeInput): { readonly url: string; readonly version: string | undefined } {
  const { url, model } = target;
  const [name = '', version] = model.split(':');
  if (/\/(models|deployments)\/[^/]+\/[^/]+\/predictions$/.test(url)) return { url, version: undefined };
  if (url.endsWith('/predictions')) return { url, version: version ?? model };
  const path = name.split('/').map(encodeURIComponent).join('/');
  if (name.startsWith('deployments/')) return { url: `${url}/${path}/predictions`, version: undefined };
  if (version === undefined && name.includes('/')) return { url: `${url}/models/${path}/predictions`, version };
  return { url: `${url}/predictions`, version: version ?? model };
}

function promptOf({ messages }: EncodeInput): JsonObject {
  const join = (isSystem: boolean): string =>
    messages
      .filter(({ role }) => (role === 'system') === isSystem)
      .map(({ content }) => content)
      .join('\n\n');
  const system = join(true);
  return { prompt: join(false), ...(system === '' ? {} : { system_prompt: system }) };
}

/** Extra parameters are the model's, except the request's own fields. A whole `input` among them is laid over ours. */
function placeParameters({ temperature, maxTokens, maxTokensName, extra }: Parameters): {
  readonly placed: JsonObject;
  readonly fields: JsonObject;
} {
  const { input, ...given } = extra;
  const entries = Object.entries(given);
  return {
    placed: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { [maxTokensName ?? 'max_tokens']: maxTokens }),
      ...Object.fromEntries(entries.filter(([name]) => !REQUEST_FIELDS.has(name))),
      ...(asObject(input) as JsonObject | undefined),
    },
    fields: Object.fromEntries(entries.filter(([name]) => REQUEST_FIELDS.has(name))),
  };
}

const REQUEST_FIELDS: ReadonlySet<string> = new Set(['version', 'stream', 'webhook', 'webhook_events_filter']);
