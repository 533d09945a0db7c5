import type { HttpRequest } from '../../model/exchange.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { toContents, toolFields } from './contents.ts';

/**
 * `POST {url}/models/{model}:streamGenerateContent?alt=sse`, unstreamed `:generateContent`. A parameter that was not given is not
 * sent. The user's own headers win over ours. https://ai.google.dev/api/generate-content
 */
export function encode(input: EncodeInput): HttpRequest {
  const { credentials, messages, isStreamed } = input;
  const system = messages.filter(({ role }) => role === 'system');
  const { fields, generationConfig } = placeParameters(input.parameters);
  const body = {
    contents: toContents(messages, input.target.model),
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system.map(({ content }) => ({ text: content })) } }),
    ...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
    ...toolFields(input),
    ...fields,
  };
  return {
    method: 'POST',
    url: `${endpointOf(input)}${isStreamed ? withSse(credentials.query) : credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: isStreamed ? 'text/event-stream' : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      ...(credentials.apiKey === undefined ? {} : { 'x-goog-api-key': credentials.apiKey }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A base URL (`…/v1beta`, also with `/models`) or the full path of either method; a method of another name is left alone. */
function endpointOf({ target, isStreamed }: EncodeInput): string {
  const method = isStreamed ? 'streamGenerateContent' : 'generateContent';
  const { url, model } = target;
  if (/:(streamG|g)enerateContent$/.test(url)) return url.replace(/[^:]+$/, method);
  if (/\/models\/[^/]+:[^/]+$/.test(url)) return url;
  // Tuned models and Vertex publishers bring their own collection, as in Google's SDK.
  const path = model.includes('/') ? model : `models/${model}`;
  return `${url.replace(/\/models$/, '')}/${path.split('/').map(encodeURIComponent).join('/')}:${method}`;
}

/** Without `alt=sse` a stream comes as one JSON list. */
function withSse(query: string): string {
  if (/[?&]alt=/.test(query)) return query;
  return `${query === '' ? '?' : `${query}&`}alt=sse`;
}

/**
 * Users expect `topP` or `thinkingConfig` to work as they are, and those live in `generationConfig`: extra parameters go there,
 * except the request's own fields. A `generationConfig` among them is merged into ours and has the last word.
 */
function placeParameters({ temperature, maxTokens, extra }: Parameters): {
  readonly fields: JsonObject;
  readonly generationConfig: JsonObject;
} {
  const given = Object.entries(extra).filter(([name]) => name !== 'generationConfig');
  const { generationConfig = {} } = extra;
  const config = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...Object.fromEntries(given.filter(([name]) => !REQUEST_FIELDS.has(name))),
  };
  return {
    fields: Object.fromEntries(given.filter(([name]) => REQUEST_FIELDS.has(name))),
    generationConfig: isObject(generationConfig) ? mergeDeeply(config, generationConfig) : config,
  };
}

/** Fields of the request beside `generationConfig`; the last three are Vertex AI's or newer. */
const REQUEST_FIELDS: ReadonlySet<string> = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'safetySettings',
  'cachedContent',
  'labels',
  'serviceTier',
  'store',
]);

function mergeDeeply(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const before = under[name];
    merged[name] = isObject(before) && isObject(value) ? mergeDeeply(before, value) : value;
  }
  return merged;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
