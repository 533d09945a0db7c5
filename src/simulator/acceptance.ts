import { planAnswer } from './answer-tokens.ts';
import type { Reply, RequestFacts } from './exchange.ts';
import { chooseFault } from './fault-choice.ts';
import { InvalidValue } from './invalid-value.ts';
import { type AnswerOptions, type FaultKind, listedModels, type SimulatorOptions } from './options.ts';
import { createRandom } from './random.ts';
import { Refusal, refusalOfStatus } from './refusal.ts';
import { instantFaultReply, type Refusing, refusalReply } from './replies.ts';
import type { HttpRequest } from './request-parser.ts';
import { carriesKey } from './shapes/keys.ts';
import { parseFields } from './shapes/request-fields.ts';
import type { Route } from './shapes/routes.ts';
import type { Answer, Asked, Shape } from './shapes/shape.ts';
import { type Override, parseSimulateHeader } from './simulate-header.ts';

/** A request that will be answered with tokens, and how. */
export interface Accepted {
  readonly shape: Shape;
  readonly answer: Answer;
  readonly fault: FaultKind | undefined;
}

/** What becomes of a request: an answer, or at once a refusal or a fault; `facts` as far as it could be read. */
export interface Verdict {
  readonly facts: RequestFacts | undefined;
  readonly outcome: Accepted | Reply;
}

interface Arrived {
  readonly n: number;
  readonly request: HttpRequest;
  readonly route: Route;
}

/** Reads and checks a request. */
export function judge({ n, request, route }: Arrived, server: SimulatorOptions): Verdict {
  let { shape } = route;
  let facts: RequestFacts | undefined;
  let context = { requestNumber: n, retryAfterSeconds: server.retryAfterSeconds };
  try {
    if (server.apiKey !== undefined && !carriesKey(request, server.apiKey, shape.keys)) throw refusalOfStatus(401);
    const fields = parseFields(request.body);
    shape = shape.forBody?.(fields) ?? shape;
    const query = new URLSearchParams(request.path.split('?')[1]);
    const asked = shape.read({ fields, params: route.params, query, headers: request.headers });
    const override = readOverride(request.headers.get('x-simulate'));
    const fault = faultOf(override, server, n);
    const options = withFaultOptions({ ...server, ...override.answer }, fault);
    facts = { model: asked.model ?? '', inputTokens: options.inputTokens ?? asked.inputTokens };
    context = { requestNumber: n, retryAfterSeconds: options.retryAfterSeconds };
    const instant = instantReply(override, { shape, context }, fault);
    if (instant !== undefined) return { facts, outcome: instant };
    checkModel(asked, server);
    checkStreamOptions(asked, options);
    return { facts, outcome: { shape, answer: answerTo(asked, { n, shape, options, fault }), fault } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { facts, outcome: refusalReply(error, { shape, context }, null) };
  }
}

interface Settled {
  readonly n: number;
  readonly shape: Shape;
  readonly options: SimulatorOptions;
  readonly fault: FaultKind | undefined;
}

function answerTo(asked: Asked, { n, shape, options, fault }: Settled): Answer {
  const plan = planAnswer({
    requestNumber: n,
    seed: options.seed,
    options,
    maxTokens: asked.maxTokens,
    toolName: shape.toolCalls === 'none' ? undefined : asked.toolName,
    isEmpty: fault === 'empty',
    isOverLimit: fault === 'over-limit',
    hasReasoning: shape.hasReasoning,
    isCallWhole: shape.toolCalls === 'whole',
  });
  const model = options.modelAnswered ?? asked.model ?? listedModels(options)[0] ?? '';
  return { plan, asked, model, createdAtMs: Date.now() };
}

function faultOf({ fault }: Override, { faults, seed }: SimulatorOptions, n: number): FaultKind | undefined {
  if (fault !== undefined) return fault === 'none' ? undefined : fault;
  return chooseFault(faults, n, createRandom(seed, n, 'fault'));
}

function withFaultOptions(options: SimulatorOptions, fault: FaultKind | undefined): SimulatorOptions {
  return fault === 'no-usage' ? { ...options, usage: 'none' } : options;
}

function instantReply(
  { status, fault: ownFault }: Override,
  refusing: Refusing,
  fault: FaultKind | undefined,
): Reply | undefined {
  if (status !== undefined && ownFault === undefined) {
    return refusalReply(refusalOfStatus(status), refusing, `status-${status}`);
  }
  return fault === undefined ? undefined : instantFaultReply(fault, refusing);
}

function readOverride(header: string | undefined): Override {
  try {
    return parseSimulateHeader(header);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new Refusal(400, { message: `x-simulate: ${error.message}`, type: 'invalid_request_error' });
  }
}

function checkModel({ model }: Asked, { models }: SimulatorOptions): void {
  if (model === undefined || models.length === 0 || models.includes(model)) return;
  const message = `The model ${JSON.stringify(model)} does not exist`;
  throw new Refusal(404, { message, type: 'invalid_request_error', code: 'model_not_found' });
}

function checkStreamOptions({ hasStreamOptions }: Asked, { acceptsStreamOptions }: AnswerOptions): void {
  if (acceptsStreamOptions || !hasStreamOptions) return;
  const message = 'Unrecognized request argument supplied: stream_options';
  throw new Refusal(400, { message, type: 'invalid_request_error', code: 'unknown_parameter' });
}
