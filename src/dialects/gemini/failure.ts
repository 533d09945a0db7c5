import type { HttpRefusal } from '../../model/exchange.ts';
import type { Failure, FailureKind } from '../../model/record.ts';
import type { Sanitizer } from '../../model/sanitizer.ts';
import { failureOfHttp } from '../../wire/failure.ts';

/** Google answers 400 to a wrong key, and words a prompt that is too long in its own way. */
export function failureOf(refusal: HttpRefusal, sanitizer: Sanitizer): Failure {
  const failure = failureOfHttp(refusal, sanitizer);
  if (failure.kind !== 'invalid-request') return failure;
  const kind: FailureKind | undefined = SIGNS.find(([sign]) => sign.test(refusal.body))?.[1];
  return kind === undefined ? failure : { ...failure, kind };
}

const SIGNS: readonly (readonly [RegExp, FailureKind])[] = [
  [/"API_KEY_INVALID"|API key (not valid|expired)/, 'auth'],
  [/input token count .*exceeds the maximum/, 'context-length'],
];
