import type { Refusal } from '../refusal.ts';
import { retryHeaders } from './openai-error.ts';
import { type ErrorContext, type ErrorReply, type Frame, frameOf, STREAM_FAILURE } from './shape.ts';

const CODES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_token_not_valid'],
  [403, 'user_authorization_failed'],
  [404, 'model_not_supported'],
  [429, 'rate_limit_reached_requests'],
  [500, 'downstream_request_failed'],
]);

/** IBM's list of errors with a trace. */
export function watsonxError(refusal: Refusal, context: ErrorContext): ErrorReply {
  const { status, error } = refusal;
  const code = CODES.get(status) ?? (status < 500 ? 'invalid_request_entity' : 'internal_server_error');
  const body = {
    errors: [{ code, message: error.message }],
    trace: `sim-${context.requestNumber}`,
    status_code: status,
  };
  return { body: JSON.stringify(body), headers: retryHeaders(refusal, context) };
}

/** Amid a stream the same comes as an event of that name. */
export function watsonxFailure(id: number): Frame {
  const errors = [{ code: 'downstream_request_failed', message: STREAM_FAILURE }];
  return frameOf(JSON.stringify({ errors, status_code: 500 }), 'error', String(id));
}
