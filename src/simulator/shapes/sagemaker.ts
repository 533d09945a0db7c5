import type { Refusal } from '../refusal.ts';
import { openaiChat } from './openai-chat.ts';
import { badRequest, type JsonFields } from './request-fields.ts';
import { type ErrorContext, type ErrorReply, type Frame, frameOf, type Shape, STREAM_FAILURE } from './shape.ts';
import { tgi } from './tgi.ts';

/** SageMaker's endpoints: whatever the container answers, in slices; here chat completions or TGI, as the body has it. */
export const sagemaker: Shape = { ...hosting(openaiChat), forBody: shapeForBody };

const hostedChat: Shape = hosting(openaiChat);
const hostedTgi: Shape = hosting(tgi);

function shapeForBody(fields: JsonFields): Shape {
  if (fields['messages'] !== undefined) return hostedChat;
  if (fields['inputs'] !== undefined) return hostedTgi;
  throw badRequest('the container takes messages or inputs');
}

/** The container's shape behind SageMaker's door: the path names the endpoint and says whether to stream. */
function hosting(container: Shape): Shape {
  return {
    ...container,
    family: 'sagemaker',
    wire: 'aws-payload-parts',
    keys: ['bearer', 'aws-signature'],
    read(request) {
      const [endpoint = '', method] = request.params;
      const wantsStream = method === 'invocations-response-stream';
      return { ...container.read(request), model: endpoint, wantsStream };
    },
    createWriter(answer) {
      const writer = container.createWriter(answer);
      // The door breaks the stream, or the container tells of a failure in its own.
      return { ...writer, fail: (isField) => (isField ? writer.fail(false) : [BROKEN_STREAM]) };
    },
    formatError: sagemakerError,
    headersOf: (answer) => ({
      ...container.headersOf(answer),
      'x-amzn-requestid': `sim-${answer.plan.requestNumber}`,
      'x-amzn-sagemaker-content-type': answer.asked.wantsStream ? 'text/event-stream' : 'application/json',
    }),
  };
}

const BROKEN_STREAM: Frame = {
  ...frameOf(JSON.stringify({ Message: STREAM_FAILURE, ErrorCode: 'StreamBroken' }), 'ModelStreamError'),
  kind: 'exception',
};

const ERRORS: ReadonlyMap<number, string> = new Map([
  [400, 'ValidationError'],
  [401, 'UnrecognizedClientException'],
  [403, 'AccessDeniedException'],
  [404, 'ValidationError'],
  [424, 'ModelError'],
  [429, 'ThrottlingException'],
  [500, 'InternalFailure'],
  [503, 'ServiceUnavailable'],
]);

function sagemakerError({ status, error }: Refusal, { requestNumber }: ErrorContext): ErrorReply {
  const type = ERRORS.get(status) ?? (status < 500 ? 'ValidationError' : 'InternalFailure');
  return {
    body: JSON.stringify({ Message: error.message }),
    headers: { 'x-amzn-errortype': type, 'x-amzn-requestid': `sim-${requestNumber}` },
  };
}
