import type { HttpRequest } from '../../model/exchange.ts';
import { PLACEHOLDER, type Placeholder, type RestTemplate } from '../../model/rest-template.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { asObject } from '../json.ts';
import { toOpenaiMessage } from '../tool-shapes.ts';
import { templateOf } from './template.ts';

/** Undefined: not given, and then not sent. */
type Values = Readonly<Record<Placeholder, JsonValue | undefined>>;

/**
 * What the template says, with its placeholders filled in; extra parameters are laid over the body, or stand in the URL where there is
 * none. The user's own headers win over ours.
 */
export function encode(input: EncodeInput): HttpRequest {
  const { credentials, parameters } = input;
  const template = templateOf(input.target);
  const values = valuesOf(input);
  const body = template.method === 'GET' ? undefined : withExtra(fill(template.body ?? {}, values), parameters.extra);
  const query = fillUrl(credentials.query, values);
  return {
    method: template.method,
    url: `${fillUrl(input.target.url, values)}${body === undefined ? withParameters(query, parameters.extra) : query}`,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      accept: input.isStreamed ? ACCEPTED[template.framing] : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body)),
  };
}

const ACCEPTED: Readonly<Record<RestTemplate['framing'], string>> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

function valuesOf({ target, messages, parameters, isStreamed }: EncodeInput): Values {
  return {
    prompt: messages.map(({ content }) => content).join('\n\n'),
    messages: messages.map(toOpenaiMessage),
    model: target.model,
    max_tokens: parameters.maxTokens,
    temperature: parameters.temperature,
    stream: isStreamed,
  };
}

/** A copy with every placeholder filled. What has no value is left out of its object or list, and of a longer text. */
function fill(value: JsonValue, values: Values): JsonValue | undefined {
  if (typeof value === 'string') return fillText(value, values);
  if (Array.isArray(value)) {
    return value.map((item: JsonValue) => fill(item, values)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, fill(member, values)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined)) as JsonObject;
}

function fillText(text: string, values: Values): JsonValue | undefined {
  const alone = /^\{\{\s*(\w+)\s*\}\}$/.exec(text)?.[1];
  if (alone !== undefined) return values[alone as Placeholder];
  return text.replace(PLACEHOLDER, (_, name: Placeholder) => wordsOf(values[name]));
}

function fillUrl(url: string, values: Values): string {
  return url.replace(PLACEHOLDER, (_, name: Placeholder) => encodeURIComponent(wordsOf(values[name])));
}

function wordsOf(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function withExtra(body: JsonValue | undefined, extra: JsonObject): JsonValue | undefined {
  const fields = asObject(body) as JsonObject | undefined;
  return fields === undefined ? body : { ...fields, ...extra };
}

function withParameters(query: string, extra: JsonObject): string {
  const added = Object.entries(extra).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(wordsOf(value))}`,
  );
  if (added.length === 0) return query;
  return `${query === '' ? '?' : `${query}&`}${added.join('&')}`;
}
