import type { Refusal } from '../refusal.ts';
import { DONE_FRAME, type ErrorContext, type ErrorReply, type Frame, frameOf, STREAM_FAILURE } from './shape.ts';

const RETRY_AFTER_STATUSES: ReadonlySet<number> = new Set([429, 503, 529]);

/** Retry-After where a retry makes sense. */
export function retryHeaders({ status }: Refusal, { retryAfterSeconds }: ErrorContext): { 'retry-after'?: string } {
  return RETRY_AFTER_STATUSES.has(status) ? { 'retry-after': String(retryAfterSeconds) } : {};
}

/** OpenAI's error body. */
export function openaiError(refusal: Refusal, context: ErrorContext): ErrorReply {
  const body = JSON.stringify({ error: { param: null, code: null, ...refusal.error } });
  return { body, headers: retryHeaders(refusal, context) };
}

const FAILURE_JSON: string = JSON.stringify({
  error: { message: STREAM_FAILURE, type: 'server_error', code: 'simulated' },
});

/** An error as data, or in a field of that name; then the end mark. */
export function openaiFailure(isField: boolean): readonly Frame[] {
  const error = frameOf(FAILURE_JSON);
  return [isField ? { ...error, kind: 'error-field' } : error, DONE_FRAME];
}
