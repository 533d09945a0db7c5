import { planAnswer } from './answer-tokens.ts';
import { Capacity } from './capacity.ts';
import type { Arrival, Connection } from './connection.ts';
import { Exchange, type Reply } from './exchange.ts';
import { chooseFault } from './fault-choice.ts';
import { InvalidValue } from './invalid-value.ts';
import type { AnswerOptions, FaultKind, SimulatorOptions } from './options.ts';
import { createRandom } from './random.ts';
import { Refusal, refusalOfStatus } from './refusal.ts';
import { answerReply, instantFaultReply, type Refusing, refusalReply } from './replies.ts';
import type { HttpRequest } from './request-parser.ts';
import { formatResponse } from './response-head.ts';
import { Scheduler } from './scheduler.ts';
import { describeSelf } from './self-description.ts';
import { carriesKey } from './shapes/keys.ts';
import { parseFields } from './shapes/request-fields.ts';
import { findRoute, type Route } from './shapes/routes.ts';
import type { Asked, Shape } from './shapes/shape.ts';
import { type Override, parseSimulateHeader } from './simulate-header.ts';
import type { TruthRecord } from './truth.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const TEXT_HEADERS = { 'content-type': 'text/plain; charset=utf-8' };
/** The one model that is listed when every name is accepted. */
const LISTED_MODEL = 'simulated';

interface Accepted {
  readonly shape: Shape;
  readonly asked: Asked;
  readonly options: AnswerOptions;
  readonly fault: FaultKind | undefined;
}

/** What the simulator answers: routes requests, refuses or queues them, and starts their answers. */
export class Endpoint {
  readonly #options: SimulatorOptions;
  readonly #onTruth: (record: TruthRecord) => void;
  readonly #scheduler = new Scheduler();
  readonly #capacity: Capacity;
  readonly #exchanges = new Set<Exchange>();
  #requestCount = 0;

  constructor(options: SimulatorOptions, onTruth: (record: TruthRecord) => void) {
    this.#options = options;
    this.#onTruth = onTruth;
    this.#capacity = new Capacity(options);
  }

  receive(arrival: Arrival): void {
    const { method, path } = arrival.request;
    const route = method === 'POST' ? findRoute(path, this.#options.speaks) : undefined;
    if (route !== undefined) this.#receivePrompt(arrival, route);
    else this.#describe(arrival);
  }

  rejectMalformed(connection: Connection, message: string): void {
    this.#answerOnce(connection, 400, { message, type: 'invalid_request_error' });
  }

  /** Ends all open requests without another write. */
  close(): void {
    this.#scheduler.close();
    // The youngest first: ending one in service would otherwise start one that waits.
    for (const exchange of [...this.#exchanges].reverse()) exchange.abandon();
  }

  #receivePrompt(arrival: Arrival, route: Route): void {
    this.#requestCount += 1;
    const n = this.#requestCount;
    const { silence } = this.#options;
    if (n === 1 && silence !== undefined) {
      const fromMs = arrival.receivedAtMs + silence.atMs;
      this.#scheduler.silence(fromMs, fromMs + silence.forMs);
    }
    const exchange = new Exchange({ n, arrival }, this.#scheduler, (ended, record) => {
      this.#exchanges.delete(ended);
      this.#onTruth(record);
    });
    this.#exchanges.add(exchange);
    const accepted = this.#accept(exchange, n, route);
    if (accepted !== undefined) this.#queue(exchange, n, accepted);
  }

  /** Undefined if the request was refused, or its fault strikes at once. */
  #accept(exchange: Exchange, n: number, { shape, params }: Route): Accepted | undefined {
    const { request } = exchange.arrival;
    const context = { requestNumber: n, retryAfterSeconds: this.#options.retryAfterSeconds };
    try {
      this.#authorize(request, shape);
      const query = new URLSearchParams(request.path.split('?')[1]);
      const asked = shape.read({ fields: parseFields(request.body), params, query, headers: request.headers });
      const override = readOverride(request.headers.get('x-simulate'));
      const fault = this.#faultOf(override, n);
      const options = withFaultOptions({ ...this.#options, ...override.answer }, fault);
      exchange.setFacts({ model: asked.model ?? '', inputTokens: options.inputTokens ?? asked.inputTokens });
      const { retryAfterSeconds } = options;
      const instant = instantReply(override, { shape, context: { requestNumber: n, retryAfterSeconds } }, fault);
      if (instant !== undefined) {
        exchange.answer(instant);
        return undefined;
      }
      this.#checkModel(asked.model);
      checkStreamOptions(asked, options);
      return { shape, asked, options, fault };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      exchange.answer(refusalReply(error, { shape, context }, null));
      return undefined;
    }
  }

  #queue(exchange: Exchange, n: number, accepted: Accepted): void {
    let hasWaited = false;
    const place = this.#capacity.enter(() => {
      exchange.startService(hasWaited);
      exchange.answer(this.#replyTo(exchange.arrival, n, accepted));
    });
    hasWaited = true;
    if (place !== undefined) {
      exchange.place = place;
      return;
    }
    const { shape, options } = accepted;
    const context = { requestNumber: n, retryAfterSeconds: options.retryAfterSeconds };
    exchange.answer(refusalReply(refusalOfStatus(429), { shape, context }, null));
  }

  #replyTo(arrival: Arrival, n: number, { shape, asked, options, fault }: Accepted): Reply {
    const plan = planAnswer({
      requestNumber: n,
      seed: this.#options.seed,
      options,
      maxTokens: asked.maxTokens,
      toolName: shape.toolCalls === 'none' ? undefined : asked.toolName,
      isEmpty: fault === 'empty',
      isOverLimit: fault === 'over-limit',
      hasReasoning: shape.hasReasoning,
      isCallWhole: shape.toolCalls === 'whole',
    });
    return answerReply({
      shape,
      answer: {
        plan,
        asked,
        model: options.modelAnswered ?? asked.model ?? this.#listedModels()[0] ?? '',
        createdAtMs: Date.now(),
      },
      fault,
      isStreamed: asked.wantsStream && !options.ignoresStream,
      isChunked: !arrival.request.isHttp10,
    });
  }

  #authorize(request: HttpRequest, { keys }: Shape): void {
    const { apiKey } = this.#options;
    if (apiKey !== undefined && !carriesKey(request, apiKey, keys)) throw refusalOfStatus(401);
  }

  #checkModel(model: string | undefined): void {
    const { models } = this.#options;
    if (model === undefined || models.length === 0 || models.includes(model)) return;
    const message = `The model ${JSON.stringify(model)} does not exist`;
    throw new Refusal(404, { message, type: 'invalid_request_error', code: 'model_not_found' });
  }

  #faultOf({ fault }: Override, n: number): FaultKind | undefined {
    if (fault !== undefined) return fault === 'none' ? undefined : fault;
    return chooseFault(this.#options.faults, n, createRandom(this.#options.seed, n, 'fault'));
  }

  #describe({ request, connection }: Arrival): void {
    const page = describeSelf(request, { ...this.#options, models: this.#listedModels() });
    if (page === undefined) {
      const message = `Unknown: ${request.method} ${request.path}`;
      this.#answerOnce(connection, 404, { message, type: 'not_found' });
      return;
    }
    const headers = page.isJson ? JSON_HEADERS : TEXT_HEADERS;
    this.#answer(connection, formatResponse(page.status, headers, page.body));
  }

  #listedModels(): readonly string[] {
    const { models } = this.#options;
    return models.length === 0 ? [LISTED_MODEL] : models;
  }

  #answerOnce(connection: Connection, status: number, error: unknown): void {
    this.#answer(connection, formatResponse(status, JSON_HEADERS, JSON.stringify({ error })));
  }

  /** Through the scheduler like all writes, so that a silence holds for these too. */
  #answer(connection: Connection, bytes: Buffer): void {
    this.#scheduler.at(0, () => {
      connection.write(bytes);
      connection.finish();
    });
  }
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

function withFaultOptions<Options extends AnswerOptions>(options: Options, fault: FaultKind | undefined): Options {
  return fault === 'no-usage' ? { ...options, usage: 'none' } : options;
}

function readOverride(header: string | undefined): Override {
  try {
    return parseSimulateHeader(header);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new Refusal(400, { message: `x-simulate: ${error.message}`, type: 'invalid_request_error' });
  }
}

function checkStreamOptions(asked: Asked, options: AnswerOptions): void {
  if (options.acceptsStreamOptions || !asked.hasStreamOptions) return;
  const message = 'Unrecognized request argument supplied: stream_options';
  throw new Refusal(400, { message, type: 'invalid_request_error', code: 'unknown_parameter' });
}
