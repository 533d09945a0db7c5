import type { Refusal } from '../refusal.ts';
import type { ErrorContext, ErrorReply } from './shape.ts';

const EXCEPTIONS: ReadonlyMap<number, string> = new Map([
  [400, 'ValidationException'],
  [401, 'UnrecognizedClientException'],
  [403, 'AccessDeniedException'],
  [404, 'ResourceNotFoundException'],
  [408, 'ModelTimeoutException'],
  [424, 'ModelErrorException'],
  [429, 'ThrottlingException'],
  [500, 'InternalServerException'],
  [503, 'ServiceUnavailableException'],
]);

/** Bedrock names the error in a header; it says nothing of limits. */
export function bedrockError({ status, error }: Refusal, { requestNumber }: ErrorContext): ErrorReply {
  const type = EXCEPTIONS.get(status) ?? (status < 500 ? 'ValidationException' : 'InternalServerException');
  return {
    body: JSON.stringify({ message: error.message }),
    headers: { 'x-amzn-errortype': type, 'x-amzn-requestid': `sim-${requestNumber}` },
  };
}
