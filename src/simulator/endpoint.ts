import { type Accepted, judge } from './acceptance.ts';
import { Capacity } from './capacity.ts';
import type { Arrival, Connection } from './connection.ts';
import { Exchange } from './exchange.ts';
import type { SimulatorOptions } from './options.ts';
import { Predictions } from './predictions.ts';
import { refusalOfStatus } from './refusal.ts';
import { refusalReply, replyTo } from './replies.ts';
import { formatResponse } from './response-head.ts';
import { Scheduler } from './scheduler.ts';
import { describeSelf } from './self-description.ts';
import { findRoute, type Route } from './shapes/routes.ts';
import type { TruthRecord } from './truth.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const TEXT_HEADERS = { 'content-type': 'text/plain; charset=utf-8' };

/** What the simulator answers: routes requests, refuses or queues them, and starts their answers. */
export class Endpoint {
  readonly #options: SimulatorOptions;
  readonly #onTruth: (record: TruthRecord) => void;
  readonly #scheduler = new Scheduler();
  readonly #capacity: Capacity;
  readonly #exchanges = new Set<Exchange>();
  readonly #predictions: Predictions;
  #requestCount = 0;

  constructor(options: SimulatorOptions, onTruth: (record: TruthRecord) => void) {
    this.#options = options;
    this.#onTruth = onTruth;
    this.#capacity = new Capacity(options);
    this.#predictions = new Predictions(options, (connection, bytes) => this.#answer(connection, bytes));
  }

  receive(arrival: Arrival): void {
    const { method, path } = arrival.request;
    const route = method === 'POST' ? findRoute(path, this.#options.speaks) : undefined;
    if (route !== undefined) this.#receivePrompt(arrival, route);
    else if (!this.#predictions.receive(arrival)) this.#describe(arrival);
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
      this.#onTruth(this.#options.keepBodies ? { ...record, body: arrival.request.body.toString('utf8') } : record);
    });
    this.#exchanges.add(exchange);
    const { facts, outcome } = judge({ n, request: arrival.request, route }, this.#options);
    if (facts !== undefined) exchange.setFacts(facts);
    if ('writes' in outcome) exchange.answer(outcome);
    else this.#queue(exchange, outcome);
  }

  #queue(exchange: Exchange, accepted: Accepted): void {
    const { shape, answer } = accepted;
    const { request } = exchange.arrival;
    const { requestNumber, options } = answer.plan;
    const ticket = shape.ticketFor?.({ asked: answer.asked, headers: request.headers, requestNumber });
    let hasWaited = false;
    const place = this.#capacity.enter(() => {
      exchange.startService(hasWaited);
      if (ticket === undefined) exchange.answer(replyTo(accepted, request));
    });
    hasWaited = true;
    if (place === undefined) {
      const context = { requestNumber, retryAfterSeconds: options.retryAfterSeconds };
      exchange.answer(refusalReply(refusalOfStatus(429), { shape, context }, null));
      return;
    }
    exchange.place = place;
    if (ticket !== undefined) this.#predictions.open(exchange, accepted, ticket);
  }

  #describe({ request, connection }: Arrival): void {
    const page = describeSelf(request, this.#options);
    if (page === undefined) {
      const message = `Unknown: ${request.method} ${request.path}`;
      this.#answerOnce(connection, 404, { message, type: 'not_found' });
      return;
    }
    const headers = page.isJson ? JSON_HEADERS : TEXT_HEADERS;
    this.#answer(connection, formatResponse(page.status, headers, page.body));
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
