import type { HttpRefusal } from '../../model/exchange.ts';
import type { Failure } from '../../model/record.ts';
import type { Sanitizer } from '../../model/sanitizer.ts';
import { failureOfHttp } from '../../wire/failure.ts';

const FAILED_DEPENDENCY = 424;

/** TGI answers 424 when its model fails, and words a prompt that is too long in its own way. */
export function failureOf(refusal: HttpRefusal, sanitizer: Sanitizer): Failure {
  const failure = failureOfHttp(refusal, sanitizer);
  if (refusal.status === FAILED_DEPENDENCY) return { ...failure, kind: 'server' };
  const isTooLong = failure.kind === 'invalid-request' && TOO_LONG.test(failure.message);
  return isTooLong ? { ...failure, kind: 'context-length' } : failure;
}

const TOO_LONG = /`inputs` (tokens \+ `max_new_tokens` must be <=|must have less than)/;
