import type { HttpRefusal } from '../model/exchange.ts';
import type { Failure, FailureKind } from '../model/record.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import type { Milliseconds } from '../model/units.ts';
import { cut } from './sanitize.ts';

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
  const waitMs = retryAfterMs(input.headers, input.nowEpochMs) ?? retryAfterInWords(input.body);
  const kind = kindOfStatus(input.status, provider, waitMs);
  const location = input.headers.get('location');
  const fallback = location === undefined ? statusPhrase(input.status) : `redirected to ${location}: use that URL`;
  return {
    kind,
    message: sanitizer.line(`HTTP ${input.status}: ${provider?.message ?? fallback}`),
    status: input.status,
    code: provider?.code === undefined ? undefined : sanitizer.line(provider.code),
    retryAfterMs: waitMs,
    excerpt: input.body === '' ? undefined : cut(sanitizer.text(input.body), MAX_EXCERPT_CHARS),
  };
}

function kindOfStatus(
  status: number,
  provider: ProviderError | undefined,
  waitMs: Milliseconds | undefined,
): FailureKind {
  const hint = `${provider?.code ?? ''} ${provider?.message ?? ''}`.toLowerCase();
  if (status === 402) return 'quota';
  // Groq, Gemini and OpenAI's free tier point to their billing page in every rate limit, but also say how long to wait.
  if (status === 429 && (/insufficient_quota/.test(hint) || (waitMs === undefined && /billing|credit/.test(hint))))
    return 'quota';
  if (status === 429) return 'rate-limited';
  if (status === 401) return 'auth';
  if (status === 403) return 'permission';
  if (status === 404) return 'not-found';
  if (status === 503 || status === 529) return 'overloaded';
  if (status === 408 || status >= 500) return 'server';
  // Anthropic says so by a 400.
  if (/credit balance/.test(hint)) return 'quota';
  if (/context[ _](length|window|size|limit)|maximum context|prompt is too long|too many tokens/.test(hint)) {
    return 'context-length';
  }
  if (/content_filter|content_policy|content management policy/.test(hint)) return 'content-filter';
  return 'invalid-request';
}

/**
 * `{error: {message, code, type}}` of OpenAI and its look-alikes, `{error: "text"}` with or without `code` (xAI, Ollama) or
 * `error_type` (TGI), `{errors: [{message, code}]}` (IBM), `{message}` (AWS also `{Message}`) and `{detail}` (Replicate); undefined when
 * the body is none of these.
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
  const { errors } = envelope;
  if (Array.isArray(errors) && isObject(errors[0])) return toProviderError({ error: errors[0] });
  const error = envelope['error'];
  if (isObject(error)) {
    const code = error['code'] ?? error['type'];
    return { message: words(error['message'] ?? error['type'] ?? 'error'), code: codeOf(code) };
  }
  if (typeof error === 'string') return { message: error, code: codeOf(envelope['code'] ?? envelope['error_type']) };
  const text = envelope['message'] ?? envelope['Message'] ?? envelope['detail'];
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
  const exactMs = asDecimal(headers.get('retry-after-ms'));
  if (exactMs !== undefined) return exactMs;
  const value = headers.get('retry-after') ?? '';
  const seconds = asDecimal(value);
  if (seconds !== undefined) return seconds * MS_PER_SECOND;
  // `Date.parse` finds a date in nearly anything; a real one has a time of day.
  const date = /\d:\d\d:\d/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowEpochMs);
}

function asDecimal(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** Said in the body: `try again in 1m47.5s` (Groq, OpenAI), `retry after 6 seconds` (Azure), `"retryDelay": "37s"` (Gemini). */
function retryAfterInWords(body: string): Milliseconds | undefined {
  const words = WAIT.exec(body)?.[1];
  if (words === undefined) return undefined;
  let sum = 0;
  for (const [, amount, unit = 's'] of words.matchAll(/(\d+(?:\.\d+)?) ?(milli|ms|h|m|s)/gi))
    sum += Number(amount) * (MS_PER_UNIT[unit.toLowerCase()] ?? 0);
  return sum;
}

const WAIT = /(?:(?:try again|retry) (?:in|after) |"retryDelay":\s*")((?:[\d.]+ ?(?:milli|ms|h|m|s))+)/i;
const MS_PER_UNIT: Readonly<Record<string, number>> = { milli: 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

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
