import type { Accepted } from './acceptance.ts';
import { wholeAnswer } from './answer-events.ts';
import type { Arrival, Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { monotonicMs } from './monotonic.ts';
import type { SimulatorOptions } from './options.ts';
import { refusalOfStatus } from './refusal.ts';
import { replyTo } from './replies.ts';
import { formatResponse } from './response-head.ts';
import { carriesKey } from './shapes/keys.ts';
import { formatUnfinished, replicate } from './shapes/replicate.ts';

interface Prediction {
  readonly exchange: Exchange;
  readonly accepted: Accepted;
  /** Its tokens go, or went, to a stream or to the reader of its end. */
  isTaken: boolean;
}

/** Finished ones that are kept, for those who read the counts after the stream. */
const MOST_KEPT = 1000;
const JSON_HEADERS = { 'content-type': 'application/json' };
const PATH = /^\/v1\/(streams|predictions)\/([\w-]+)(?:\?.*)?$/;

/**
 * Answers that are asked for in one request and read in another. Their time runs from the first, whoever reads when; what was due
 * before somebody came is written as soon as he is there.
 */
export class Predictions {
  readonly #server: SimulatorOptions;
  readonly #say: (connection: Connection, bytes: Buffer) => void;
  readonly #all = new Map<string, Prediction>();

  constructor(server: SimulatorOptions, say: (connection: Connection, bytes: Buffer) => void) {
    this.#server = server;
    this.#say = say;
  }

  /** Answers the first request with the ticket. */
  open(exchange: Exchange, accepted: Accepted, ticket: string): void {
    const { connection } = exchange.arrival;
    this.#forgetOldest();
    this.#all.set(`sim-${accepted.answer.plan.requestNumber}`, { exchange, accepted, isTaken: false });
    this.#say(connection, formatResponse(201, JSON_HEADERS, ticket));
  }

  /** False if the request means something else. */
  receive(arrival: Arrival): boolean {
    const { method, path } = arrival.request;
    const [, kind, id = ''] = PATH.exec(path) ?? [];
    if (method !== 'GET' || kind === undefined || !this.#server.speaks.includes(replicate.family)) return false;
    const prediction = this.#all.get(id);
    const { apiKey } = this.#server;
    // The stream's address is a secret by itself.
    const isForbidden =
      kind === 'predictions' && apiKey !== undefined && !carriesKey(arrival.request, apiKey, replicate.keys);
    if (isForbidden) this.#refuse(arrival, 401);
    else if (prediction === undefined || (kind === 'streams' && prediction.isTaken)) this.#refuse(arrival, 404);
    else if (kind === 'streams') this.#stream(prediction, arrival);
    else this.#report(prediction, id, arrival);
    return true;
  }

  #stream(prediction: Prediction, arrival: Arrival): void {
    const { exchange, accepted } = prediction;
    prediction.isTaken = true;
    exchange.moveTo(arrival);
    exchange.onceStarted(() => exchange.answer(replyTo(accepted, arrival.request)));
  }

  /** How it stands: its whole answer once its last token is due. */
  #report(prediction: Prediction, id: string, arrival: Arrival): void {
    const { exchange, accepted } = prediction;
    const { shape, answer } = accepted;
    const { body, dueMs } = wholeAnswer(answer, shape);
    const isOver = prediction.isTaken ? exchange.hasEnded : monotonicMs() >= exchange.dueAtMs(dueMs);
    if (!isOver) this.#tell(arrival, formatUnfinished(answer.model, id));
    else if (prediction.isTaken) this.#tell(arrival, body);
    else {
      prediction.isTaken = true;
      exchange.moveTo(arrival);
      const asked = { ...answer.asked, wantsStream: false };
      const told = { ...accepted, shape: { ...shape, wholeStatus: 200 }, answer: { ...answer, asked } };
      exchange.answer(replyTo(told, arrival.request));
    }
  }

  #refuse(arrival: Arrival, status: number): void {
    const { body } = replicate.formatError(refusalOfStatus(status), { requestNumber: 0, retryAfterSeconds: 0 });
    this.#say(arrival.connection, formatResponse(status, JSON_HEADERS, body));
  }

  #tell(arrival: Arrival, body: string): void {
    this.#say(arrival.connection, formatResponse(200, JSON_HEADERS, body));
  }

  #forgetOldest(): void {
    for (const [id, { exchange }] of this.#all) {
      if (this.#all.size < MOST_KEPT) return;
      if (exchange.hasEnded) this.#all.delete(id);
    }
  }
}
