/** The `error` object of OpenAI's error bodies. */
export interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly code?: string;
}

/** A request answered with an error instead of tokens. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly error: ErrorBody;

  constructor(status: number, error: ErrorBody) {
    super(error.message);
    this.status = status;
    this.error = error;
  }
}

const STATUS_ERRORS: ReadonlyMap<string, [number, ErrorBody]> = new Map<string, [number, ErrorBody]>([
  ['400', [400, { message: 'Invalid request', type: 'invalid_request_error' }]],
  ['401', [401, { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' }]],
  ['402', [402, { message: 'Insufficient balance', type: 'billing_error', code: 'insufficient_balance' }]],
  ['403', [403, { message: 'Not allowed for this key', type: 'permission_error', code: 'permission_denied' }]],
  ['404', [404, { message: 'The model does not exist', type: 'invalid_request_error', code: 'model_not_found' }]],
  ['429', [429, { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' }]],
  ['500', [500, { message: 'The server had an error', type: 'server_error' }]],
  ['503', [503, { message: 'The server is overloaded', type: 'server_error', code: 'service_unavailable' }]],
  ['529', [529, { message: 'Overloaded', type: 'overloaded_error' }]],
  ['quota', [429, { message: 'You exceeded your quota', type: 'insufficient_quota', code: 'insufficient_quota' }]],
  [
    'context-length',
    [
      400,
      {
        message: "This model's maximum context length is exceeded",
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      },
    ],
  ],
  [
    'content-filter',
    [400, { message: 'Rejected by the content filter', type: 'invalid_request_error', code: 'content_filter' }],
  ],
]);

/** The refusal that a fault stands for; undefined for a fault that is no refusal. */
export function refusalOfFault(fault: string): Refusal | undefined {
  const found = STATUS_ERRORS.get(fault);
  return found === undefined ? undefined : new Refusal(...found);
}

/** The refusal for any HTTP status. */
export function refusalOfStatus(status: number): Refusal {
  const known = refusalOfFault(String(status));
  return known ?? new Refusal(status, { message: `Simulated status ${status}`, type: 'simulated_error' });
}
