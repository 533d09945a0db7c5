import { answerEvents, type Ending, wholeAnswer } from './answer-events.ts';
import type { Reply } from './exchange.ts';
import type { FaultKind } from './options.ts';
import { Refusal, refusalOfFault } from './refusal.ts';
import type { HttpRequest } from './request-parser.ts';
import { formatHead, formatResponse, type Headers } from './response-head.ts';
import { type Answer, type ErrorContext, type Shape, STREAM_FAILURE } from './shapes/shape.ts';
import { withFault } from './stream-faults.ts';
import { streamWrites, toWrite, type Write, type Writes } from './stream-writes.ts';
import { CONTENT_TYPES } from './wire-framing.ts';

/** An answer, in whose words, and what is to go wrong with it. */
export interface Prepared {
  readonly shape: Shape;
  readonly answer: Answer;
  readonly fault: FaultKind | undefined;
}

interface Delivery extends Prepared {
  readonly isChunked: boolean;
}

/** Who refuses, and in which words. */
export interface Refusing {
  readonly shape: Shape;
  readonly context: ErrorContext;
}

const BAD_GATEWAY_HTML =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
const FAILURE: Refusal = new Refusal(500, { message: STREAM_FAILURE, type: 'server_error', code: 'simulated' });
// How the faults that cut a stream cut a body of announced length, half of which was sent.
const BODY_ENDINGS: ReadonlyMap<FaultKind, Ending['how']> = new Map<FaultKind, Ending['how']>([
  ['reset', 'reset'],
  ['close', 'close'],
  ['stall', 'hang'],
]);

/** An error response; `fault` names the fault behind it, if one is. */
export function refusalReply(refusal: Refusal, { shape, context }: Refusing, fault: string | null): Reply {
  const { body, headers } = shape.formatError(refusal, context);
  const all = { ...jsonHeaders(context.requestNumber), ...headers };
  return { status: refusal.status, fault, writes: oneWrite(formatResponse(refusal.status, all, body)) };
}

/** The reply of a fault that takes no time: refusals, and failures before any byte of the answer. */
export function instantFaultReply(fault: FaultKind, refusing: Refusing): Reply | undefined {
  const { shape, context } = refusing;
  const refusal = refusalOfFault(fault);
  if (refusal !== undefined) return refusalReply(refusal, refusing, fault);
  if (fault === 'reset-before') return { status: 0, fault, writes: noWrite('reset') };
  if (fault === '502') {
    const html = formatResponse(502, { 'content-type': 'text/html' }, BAD_GATEWAY_HTML);
    return { status: 502, fault, writes: oneWrite(html) };
  }
  if (fault === 'error-json') {
    const { body } = shape.formatError(FAILURE, context);
    return { status: 200, fault, writes: oneWrite(formatResponse(200, jsonHeaders(context.requestNumber), body)) };
  }
  return undefined;
}

/** The reply that carries tokens, with a fault in it if there is one. */
export function replyTo(prepared: Prepared, request: HttpRequest): Reply {
  const { shape, answer, fault = null } = prepared;
  const delivery = { ...prepared, isChunked: !request.isHttp10 };
  if (fault === 'no-headers') return { status: 0, fault, writes: noWrite('hang') };
  if (answer.asked.wantsStream && !answer.plan.options.ignoresStream) {
    return { status: 200, fault, writes: streamedAnswer(delivery) };
  }
  return { status: shape.wholeStatus, fault, writes: bodyAnswer(delivery) };
}

function streamedAnswer({ shape, answer, fault, isChunked }: Delivery): Writes {
  const { plan } = answer;
  const { framing, coalesce, slowEndMs } = plan.options;
  const { wire, keepAlive } = shape;
  const head = formatHead(200, {
    'content-type': CONTENT_TYPES[wire],
    'cache-control': 'no-cache',
    'x-request-id': `sim-${plan.requestNumber}`,
    ...shape.headersOf(answer),
    ...(isChunked ? { 'transfer-encoding': 'chunked' } : { connection: 'close' }),
  });
  const totalTokens = plan.reasoningTokens + plan.answerTokens;
  const writer = shape.createWriter(answer);
  const events = withFault(answerEvents(answer, writer), { fault, totalTokens, slowEndMs, fail: writer.fail });
  return streamWrites(events, {
    head,
    wire,
    keepAlive,
    framing,
    coalesce,
    isChunked,
    requestNumber: plan.requestNumber,
  });
}

/** One body; what cuts or disturbs a stream does the same to its bytes. */
function* bodyAnswer({ shape, answer, fault, isChunked }: Delivery): Writes {
  const { body, kind, dueMs } = wholeAnswer(answer, shape);
  const { plan } = answer;
  const status = shape.wholeStatus;
  const headers = { ...jsonHeaders(plan.requestNumber), ...shape.headersOf(answer) };
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const ending = fault === undefined ? undefined : BODY_ENDINGS.get(fault);
  const half = body.slice(0, body.length / 2);
  if (fault === 'stall-before') {
    yield toWrite(Buffer.from(formatHead(status, { ...headers, ...length })), 0);
    return { how: 'hang', dueMs: 0 };
  }
  if (ending !== undefined) {
    yield toWrite(Buffer.from(formatHead(status, { ...headers, ...length }) + half), dueMs);
    return { how: ending, dueMs };
  }
  if (fault === 'truncate' || fault === 'malformed') {
    yield toWrite(formatResponse(status, headers, half), dueMs);
    return { how: 'end', dueMs };
  }
  if (fault === 'error-event' || fault === 'error-field') {
    const context = { requestNumber: plan.requestNumber, retryAfterSeconds: 0 };
    yield toWrite(formatResponse(status, headers, shape.formatError(FAILURE, context).body), dueMs);
    return { how: 'end', dueMs };
  }
  const tokens: Pick<Write, 'kind' | 'tokens' | 'reasoningTokens'> = {
    kind,
    tokens: plan.reasoningTokens + plan.answerTokens,
    reasoningTokens: plan.reasoningTokens,
  };
  if (fault === 'slow-end' && isChunked) {
    const head = formatHead(status, { ...headers, 'transfer-encoding': 'chunked' });
    const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
    yield { bytes: Buffer.from(head + chunk), dueMs, ...tokens };
    return { how: 'late-end', dueMs: dueMs + plan.options.slowEndMs };
  }
  yield { bytes: formatResponse(status, headers, body), dueMs, ...tokens };
  return { how: 'end', dueMs };
}

function jsonHeaders(requestNumber: number): Headers {
  return { 'content-type': 'application/json', 'x-request-id': `sim-${requestNumber}` };
}

function* oneWrite(bytes: Buffer): Writes {
  yield toWrite(bytes, 0);
  return { how: 'end', dueMs: 0 };
}

function* noWrite(how: Ending['how']): Writes {
  yield* [];
  return { how, dueMs: 0 };
}
