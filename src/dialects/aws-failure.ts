import type { HttpRefusal } from '../model/exchange.ts';
import type { Failure, FailureKind } from '../model/record.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import { failureOfHttp } from '../wire/failure.ts';
import { asCount, asObject, asText, type Fields } from './json.ts';

/**
 * AWS names its errors in a header, older services in the body's `__type`; the status says less.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 */
export function awsFailureOf(refusal: HttpRefusal, sanitizer: Sanitizer): Failure {
  const body = fieldsOf(refusal.body);
  const failure = failureOfHttp(refusal, sanitizer);
  const type = errorTypeOf(refusal, body);
  const kind = kindOf({ type, body, refusal, failure, sanitizer });
  return { ...failure, kind, code: type === undefined ? failure.code : sanitizer.line(type) };
}

interface Evidence {
  readonly type: string | undefined;
  readonly body: Fields;
  readonly refusal: HttpRefusal;
  /** What the status says. */
  readonly failure: Failure;
  readonly sanitizer: Sanitizer;
}

function kindOf({ type, body, refusal, failure, sanitizer }: Evidence): FailureKind {
  // A model's own refusal, which SageMaker passes on.
  const status = asCount(body['OriginalStatusCode']);
  if (status !== undefined && status >= 400) {
    const original = { ...refusal, status, body: asText(body['OriginalMessage']) ?? '' };
    return failureOfHttp(original, sanitizer).kind;
  }
  const kind = KINDS.get(type ?? '') ?? failure.kind;
  if (kind === 'permission' && NO_KEY.test(failure.message)) return 'auth';
  if (kind === 'invalid-request' && TOO_LONG.test(failure.message)) return 'context-length';
  if (kind === 'invalid-request' && NO_MODEL.test(failure.message)) return 'not-found';
  return kind;
}

/** `ThrottlingException`, whether it stands alone, before `:http://…` or after a name space and `#`. */
function errorTypeOf({ headers }: HttpRefusal, body: Fields): string | undefined {
  const told = headers.get('x-amzn-errortype') ?? asText(body['__type']);
  return told === undefined ? undefined : /([\w.]+)(?:$|:)/.exec(told.replace(/^.*#/, ''))?.[1];
}

function fieldsOf(body: string): Fields {
  try {
    return asObject(JSON.parse(body)) ?? {};
  } catch {
    return {};
  }
}

/** Where AWS's name says more than its status: it answers 400 and 403 to many things. */
const KINDS: ReadonlyMap<string, FailureKind> = new Map([
  ['AccessDeniedException', 'permission'],
  ['OptInRequired', 'permission'],
  ['UnrecognizedClientException', 'auth'],
  ['InvalidClientTokenId', 'auth'],
  ['InvalidSignatureException', 'auth'],
  ['SignatureDoesNotMatch', 'auth'],
  ['IncompleteSignature', 'auth'],
  ['IncompleteSignatureException', 'auth'],
  ['MissingAuthenticationToken', 'auth'],
  ['MissingAuthenticationTokenException', 'auth'],
  ['ExpiredToken', 'auth'],
  ['ExpiredTokenException', 'auth'],
  ['RequestExpired', 'auth'],
  ['NotAuthorized', 'auth'],
  ['ThrottlingException', 'rate-limited'],
  ['Throttling', 'rate-limited'],
  ['TooManyRequestsException', 'rate-limited'],
  ['ServiceQuotaExceededException', 'quota'],
  ['ResourceNotFoundException', 'not-found'],
  ['UnknownOperationException', 'not-found'],
  ['ValidationException', 'invalid-request'],
  ['ValidationError', 'invalid-request'],
  ['ConflictException', 'invalid-request'],
  ['ModelNotReadyException', 'overloaded'],
  ['ServiceUnavailable', 'overloaded'],
  ['ServiceUnavailableException', 'overloaded'],
  ['ModelError', 'server'],
  ['ModelErrorException', 'server'],
  ['ModelStreamErrorException', 'server'],
  ['ModelTimeoutException', 'server'],
  ['InternalServerException', 'server'],
  ['InternalFailure', 'server'],
  ['InternalDependencyException', 'server'],
]);

/** A bearer token that Bedrock does not know is refused as access denied. */
const NO_KEY = /api key|authentication failed|security token|signature/i;
const TOO_LONG =
  /input is too long|too many input tokens|input tokens exceeded|prompt is too long|context (length|limit|window)/i;
/** The id of a model that is not there is called invalid; so is an endpoint of SageMaker. */
const NO_MODEL = /model identifier is invalid|endpoint .*not found/i;
