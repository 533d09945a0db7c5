import { planAnswer } from './answer-tokens.ts';
import { Capacity } from './capacity.ts';
import { type ChatRequest, parseChatRequest } from './chat-request.ts';
import type { Arrival, Connection } from './connection.ts';
import { Exchange, type Reply } from './exchange.ts';
import { chooseFault } from './fault-choice.ts';
import { InvalidValue } from './invalid-value.ts';
import type { AnswerOptions, FaultKind, SimulatorOptions } from './options.ts';
import { createRandom } from './random.ts';
import { Refusal, refusalOfFault, refusalOfStatus } from './refusal.ts';
import { answerReply, instantFaultReply, refusalReply } from './replies.ts';
import { formatResponse } from './response-head.ts';
import { Scheduler } from './scheduler.ts';
import { type Override, parseSimulateHeader } from './simulate-header.ts';
import type { TruthRecord } from './truth.ts';

const CHAT_PATHS: ReadonlySet<string> = new Set(['/v1/chat/completions', '/chat/completions']);
const MODEL_PATHS: ReadonlySet<string> = new Set(['/v1/models', '/models']);
const JSON_HEADERS = { 'content-type': 'application/json' };
/** The one model that is listed when every name is accepted. */
const LISTED_MODEL = 'simulated';

interface Accepted {
  readonly chat: ChatRequest;
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
    const [pathname = ''] = path.split('?');
    if (method === 'POST' && CHAT_PATHS.has(pathname)) this.#receiveChat(arrival);
    else if (method === 'GET' && MODEL_PATHS.has(pathname)) this.#listModels(arrival);
    else this.#answerOnce(arrival.connection, 404, { message: `Unknown: ${method} ${path}`, type: 'not_found' });
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

  #receiveChat(arrival: Arrival): void {
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
    const accepted = this.#accept(exchange, n);
    if (accepted !== undefined) this.#queue(exchange, n, accepted);
  }

  /** Undefined if the request was refused, or its fault strikes at once. */
  #accept(exchange: Exchange, n: number): Accepted | undefined {
    const { headers, body } = exchange.arrival.request;
    try {
      this.#authorize(headers.get('authorization'));
      const chat = parseChatRequest(body);
      exchange.setFacts(chat);
      const override = readOverride(headers.get('x-simulate'));
      const options = { ...this.#options, ...override.answer };
      const fault = this.#faultOf(override, n);
      const instant = instantReply(override, options, { n, fault });
      if (instant !== undefined) {
        exchange.answer(instant);
        return undefined;
      }
      this.#checkModel(chat.model);
      checkStreamOptions(chat, options);
      return { chat, options, fault };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      exchange.answer(refusalReply(error, this.#options, { requestNumber: n, fault: null }));
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
    const refusal = refusalOfStatus(429);
    exchange.answer(refusalReply(refusal, accepted.options, { requestNumber: n, fault: null }));
  }

  #replyTo(arrival: Arrival, n: number, { chat, options, fault }: Accepted): Reply {
    const plan = planAnswer({
      requestNumber: n,
      seed: this.#options.seed,
      options,
      maxTokens: chat.maxTokens,
      toolName: chat.toolName,
      isEmpty: fault === 'empty',
    });
    const identity = {
      id: `chatcmpl-sim-${n}`,
      model: options.modelAnswered ?? chat.model,
      createdAtSeconds: Math.floor(Date.now() / 1000),
    };
    return answerReply({
      answer: { plan, identity, inputTokens: chat.inputTokens, wantsUsage: chat.wantsUsage },
      fault,
      isStreamed: chat.wantsStream && !options.ignoresStream,
      isChunked: !arrival.request.isHttp10,
    });
  }

  #authorize(authorization: string | undefined): void {
    const { apiKey } = this.#options;
    if (apiKey === undefined || authorization === `Bearer ${apiKey}`) return;
    throw refusalOfStatus(401);
  }

  #checkModel(model: string): void {
    const { models } = this.#options;
    if (models.length === 0 || models.includes(model)) return;
    const message = `The model ${JSON.stringify(model)} does not exist`;
    throw new Refusal(404, { message, type: 'invalid_request_error', code: 'model_not_found' });
  }

  #faultOf({ fault }: Override, n: number): FaultKind | undefined {
    if (fault !== undefined) return fault === 'none' ? undefined : fault;
    return chooseFault(this.#options.faults, n, createRandom(this.#options.seed, n, 'fault'));
  }

  #listModels({ request, connection }: Arrival): void {
    const { apiKey, models } = this.#options;
    if (apiKey !== undefined && request.headers.get('authorization') !== `Bearer ${apiKey}`) {
      this.#answerOnce(connection, 401, refusalOfFault('401')?.error);
      return;
    }
    const ids = models.length === 0 ? [LISTED_MODEL] : models;
    const data = ids.map((id) => ({ id, object: 'model', created: 0, owned_by: 'simulator' }));
    this.#answer(connection, formatResponse(200, JSON_HEADERS, JSON.stringify({ object: 'list', data })));
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
  options: AnswerOptions,
  { n, fault }: { readonly n: number; readonly fault: FaultKind | undefined },
): Reply | undefined {
  if (status !== undefined && ownFault === undefined) {
    return refusalReply(refusalOfStatus(status), options, { requestNumber: n, fault: `status-${status}` });
  }
  return fault === undefined ? undefined : instantFaultReply(fault, options, n);
}

function readOverride(header: string | undefined): Override {
  try {
    return parseSimulateHeader(header);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new Refusal(400, { message: `x-simulate: ${error.message}`, type: 'invalid_request_error' });
  }
}

function checkStreamOptions(chat: ChatRequest, options: AnswerOptions): void {
  if (options.acceptsStreamOptions || !chat.hasStreamOptions) return;
  const message = 'Unrecognized request argument supplied: stream_options';
  throw new Refusal(400, { message, type: 'invalid_request_error', code: 'unknown_parameter' });
}
