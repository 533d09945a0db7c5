import type { HttpRefusal } from '../model/exchange.ts';
import type { Failure, FailureKind } from '../model/record.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import type { Milliseconds } from '../model/units.ts';

/** How much of a body is kept for people to read. */
const MAX_EXCERPT_CHARS = 2_048;
const MS_PER_SECOND = 1_000;

/** An error as providers word it, from a body or from an event within a stream. */
export interface ProviderError {
  readonly message: string;
  readonly code: string | undefined;
}

/** Names what an answer other than 2xx means. Source: the error envelopes of the providers we know, and RFC 9110. */
export function failureOfHttp(input: HttpRefusal, sanitizer: Sanitizer): Failure {
  const provider = readProviderError(input.body);
  const kind = kindOfStatus(input.status, provider);
  const location = input.headers.get('location');
  const fallback = location === undefined ? statusPhrase(input.status) : `redirected to ${location}: use that URL`;
  return {
    kind,
    message: sanitizer.line(`HTTP ${input.status}: ${provider?.message ?? fallback}`),
    status: input.status,
    code: provider?.code === undefined ? undefined : sanitizer.line(provider.code),
    retryAfterMs: retryAfterMs(input.headers, input.nowEpochMs) ?? retryAfterInWords(provider?.message),
    excerpt: input.body === '' ? undefined : sanitizer.text(input.body).slice(0, MAX_EXCERPT_CHARS),
  };
}

function kindOfStatus(status: number, provider: ProviderError | undefined): FailureKind {
  const hint = `${provider?.code ?? ''} ${provider?.message ?? ''}`.toLowerCase();
  if (status === 402 || (status === 429 && /insufficient_quota|billing|credit/.test(hint))) return 'quota';
  if (status === 429) return 'rate-limited';
  if (status === 401) return 'auth';
  if (status === 403) return 'permission';
  if (status === 404) return 'not-found';
  if (status === 503 || status === 529) return 'overloaded';
  if (status >= 500) return 'server';
  if (/context_length|context length|context window|maximum context|prompt is too long/.test(hint))
    return 'context-length';
  if (/content_filter|content_policy|content management policy/.test(hint)) return 'content-filter';
  return 'invalid-request';
}

/**
 * `{error: {message, code, type}}` of OpenAI and its look-alikes, `{error: "text"}` with or without `code` (xAI, Ollama),
 * `{message}` and `{detail}`; undefined when the body is none of these.
 */
export function readProviderError(body: string): ProviderError | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined; // HTML of a proxy, or plain text: the excerpt keeps it.
  }
  return toProviderError(parsed);
}

/** The same for a parsed value. */
export function toProviderError(value: unknown): ProviderError | undefined {
  const envelope = Array.isArray(value) ? value[0] : value;
  if (!isObject(envelope)) return undefined;
  const error = envelope['error'];
  if (isObject(error)) {
    const code = error['code'] ?? error['type'];
    return { message: words(error['message'] ?? error['type'] ?? 'error'), code: codeOf(code) };
  }
  if (typeof error === 'string') return { message: error, code: codeOf(envelope['code']) };
  const text = envelope['message'] ?? envelope['detail'];
  return text === undefined ? undefined : { message: words(text), code: codeOf(envelope['code'] ?? envelope['type']) };
}

function codeOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `retry-after-ms`, then `retry-after` as seconds (also with a fraction) or as an HTTP date; never negative. */
function retryAfterMs(headers: ReadonlyMap<string, string>, nowEpochMs: Milliseconds): Milliseconds | undefined {
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const value = headers.get('retry-after');
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * MS_PER_SECOND;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowEpochMs);
}

/** Groq and OpenAI say it in the message too: `try again in 5.289s`. */
function retryAfterInWords(message: string | undefined): Milliseconds | undefined {
  const match = /try again in (\d+(?:\.\d+)?)(ms|s)\b/i.exec(message ?? '');
  return match === null ? undefined : Number(match[1]) * (match[2] === 'ms' ? 1 : MS_PER_SECOND);
}

function statusPhrase(status: number): string {
  return STATUS_PHRASES[status] ?? 'refused without a reason';
}

const STATUS_PHRASES: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'the key was refused',
  402: 'payment required',
  403: 'not permitted',
  404: 'not found: is the URL right, and does it end in /v1?',
  405: 'method not allowed: is the URL right?',
  408: 'the server gave up waiting',
  413: 'the request is too large',
  429: 'too many requests',
  500: 'internal server error',
  502: 'bad gateway',
  503: 'overloaded or down',
  504: 'gateway timeout',
  529: 'overloaded',
};
