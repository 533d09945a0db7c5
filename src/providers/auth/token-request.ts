import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { Milliseconds } from '../../model/units.ts';
import { MS_PER_SECOND } from '../../model/units.ts';
import { readProviderError } from '../../wire/failure.ts';
import { createSanitizer } from '../../wire/sanitize.ts';
import type { Token } from './token-source.ts';

/** How a token is asked for at an OAuth endpoint. */
export interface TokenRequest {
  /** Shown in errors: `IBM Cloud`. */
  readonly giver: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** Taken out of whatever is shown of the answer. */
  readonly secrets: readonly string[];
  /** What to do when the answer is no. */
  readonly hint: string;
  readonly clock: Pick<Clock, 'epochMs'>;
}

const TIMEOUT_MS = 15_000;

/** Rejects with KEY_UNAVAILABLE, in one line and without a secret. */
export async function requestToken(request: TokenRequest): Promise<Token> {
  const { giver, secrets, hint, clock } = request;
  const sanitizer = createSanitizer(secrets);
  const refuse = (problem: string, cause?: unknown): never => {
    throw new AppError('KEY_UNAVAILABLE', { giver, problem: sanitizer.line(problem), hint }, { cause });
  };
  const askedAtMs = clock.epochMs();
  const response = await post(request).catch((error: unknown) => refuse(reasonOf(error), error));
  const body = await response.text().catch((error: unknown) => refuse(reasonOf(error), error));
  if (!response.ok) refuse(`HTTP ${response.status}${wordsOf(body)}`);
  return readToken(body, askedAtMs) ?? refuse(`HTTP ${response.status}, but no token in the answer`);
}

function post({ url, headers, form }: TokenRequest): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams(form),
    // What is sent is a secret, and meant for this host alone.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** `fetch` says only that it failed; why, its cause knows. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** OAuth has its words in `error_description`, IBM in `errorMessage`. */
function wordsOf(body: string): string {
  const fields = fieldsOf(body);
  const own = fields['error_description'] ?? fields['errorMessage'];
  const words = typeof own === 'string' ? own : readProviderError(body)?.message;
  return words === undefined ? '' : `: ${words}`;
}

/** The end as a span from now (seconds), or as a date: `expires_at` in milliseconds. */
function readToken(body: string, askedAtMs: Milliseconds): Token | undefined {
  const { access_token: token, expires_in: seconds, expires_at: dateMs } = fieldsOf(body);
  if (typeof token !== 'string' || token === '') return undefined;
  const span = Number(seconds ?? Number.NaN) * MS_PER_SECOND;
  const date = typeof dateMs === 'number' ? dateMs : undefined;
  return { token, expiresAtMs: Number.isFinite(span) ? askedAtMs + span : date };
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
