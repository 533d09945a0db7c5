import type { Socket } from 'node:net';
import { monotonicMs } from './monotonic.ts';
import { type HttpRequest, MalformedRequest, RequestParser } from './request-parser.ts';

/** A request as it came in on a connection. */
export interface Arrival {
  readonly request: HttpRequest;
  readonly connection: Connection;
  /** From 1, on this connection. */
  readonly requestOnConnection: number;
  /** When its last byte was read. */
  readonly receivedAtMs: number;
}

interface ConnectionEvents {
  readonly onRequest: (arrival: Arrival) => void;
  readonly onMalformed: (connection: Connection, message: string) => void;
}

/** One client's TCP connection: requests one after the other, raw writes for their answers. */
export class Connection {
  /** From 1, in order of acceptance. */
  readonly number: number;
  /** Called once if the client leaves while a request is being answered. */
  onGone: (() => void) | undefined;
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #parser = new RequestParser();
  #requestCount = 0;
  #isAnswering = false;
  #isLast = false;
  #readAtMs = 0;

  constructor(socket: Socket, number: number, events: ConnectionEvents) {
    this.number = number;
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#readAtMs = monotonicMs();
      this.#parser.push(bytes);
      this.#readRequest();
    });
    // A failed socket always closes too, and `close` is where its request is ended.
    socket.on('error', () => undefined);
    socket.on('end', () => this.#leave());
    socket.on('close', () => this.#leave());
  }

  /** One socket write. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** The answer is complete: read the next request, or close if the client wanted that. */
  finish(): void {
    this.onGone = undefined;
    this.#isAnswering = false;
    if (this.#isLast) this.#socket.end();
    else this.#readRequest();
  }

  /** FIN after what was written, whatever the state of the answer. */
  close(): void {
    this.onGone = undefined;
    this.#socket.end();
  }

  /** RST. */
  reset(): void {
    this.onGone = undefined;
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.onGone = undefined;
    this.#socket.destroy();
  }

  #readRequest(): void {
    if (this.#isAnswering || this.#isLast) return;
    try {
      const request = this.#parser.next();
      if (request !== undefined) this.#deliver(request);
      else if (this.#parser.awaitsContinue()) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    } catch (error) {
      if (!(error instanceof MalformedRequest)) throw error;
      this.#isLast = true;
      this.#events.onMalformed(this, error.message);
    }
  }

  #deliver(request: HttpRequest): void {
    this.#isAnswering = true;
    this.#isLast = request.isHttp10 || request.headers.get('connection')?.toLowerCase() === 'close';
    this.#requestCount += 1;
    const requestOnConnection = this.#requestCount;
    this.#events.onRequest({ request, connection: this, requestOnConnection, receivedAtMs: this.#readAtMs });
  }

  #leave(): void {
    const onGone = this.onGone;
    this.onGone = undefined;
    onGone?.();
  }
}
