import type { Clock } from '../clock.ts';
import type {
  ExchangeListener,
  HttpClient,
  HttpRequest,
  Origin,
  PreparedRequest,
  TransportError,
} from '../model/exchange.ts';
import { NO_PROXIES, type ProxyRules, proxyName } from '../model/proxy.ts';
import type { Milliseconds } from '../model/units.ts';
import { type Connection, createReadBuffer, openConnection } from './connection.ts';
import { createResponseParser, type ResponseParser } from './http-response.ts';
import { RequestWriter } from './request-bytes.ts';

/** Idle connections are dropped after this, unless the server named a shorter time. */
const KEEP_ALIVE_MS = 90_000;
/** Taken off a server's own keep-alive time, so that it does not close while we send. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
/** A server that ends a connection so soon after an answer did not wait for another request: llama.cpp does, after every stream. */
const EARLY_END_MS = 100;
/** So many early ends in a row, and the server's connections are not used again. */
const MAX_EARLY_ENDS = 2;

/**
 * The HTTP/1.1 client of the measuring path: one request a connection at a time, connections kept and reused (newest first), every
 * socket read stamped before anything else. It has no timers, no redirects and no decompression of its own, and it repeats nothing
 * that a server may have seen: only a request that crossed with the early end of its kept connection goes out once more, on a new
 * one (RFC 9112 §9.3.1), which its listener is told.
 */
export function createHttpClient(clock: Clock, proxies: ProxyRules = NO_PROXIES): HttpClient {
  return new PoolingClient(clock, proxies);
}

class PoolingClient implements HttpClient {
  readonly #clock: Clock;
  readonly #readBuffer = createReadBuffer();
  readonly #writer: RequestWriter;
  readonly #idle = new Map<string, Lane[]>();
  readonly #lanes = new Set<Lane>();
  /** How often in a row a server has ended a connection early, by origin. */
  readonly #earlyEnds = new Map<string, number>();

  constructor(clock: Clock, proxies: ProxyRules) {
    this.#clock = clock;
    this.#writer = new RequestWriter(proxies);
  }

  prepare(request: HttpRequest): PreparedRequest {
    return this.#writer.prepare(request);
  }

  send(request: PreparedRequest, listener: ExchangeListener): () => void {
    const lane = this.#takeIdle(request.origin) ?? this.#openLane(request.origin);
    lane.send(request.bytes, listener);
    return () => {
      for (const one of [...this.#lanes]) one.abort(listener);
    };
  }

  close(): void {
    for (const lane of [...this.#lanes]) lane.destroy();
    this.#idle.clear();
  }

  #takeIdle(origin: Origin): Lane | undefined {
    const key = keyOf(origin);
    const stack = this.#idle.get(key);
    for (let lane = stack?.pop(); lane !== undefined; lane = stack?.pop()) {
      if (this.#isKeeping(key) && lane.isFresh(this.#clock.nowMs())) return lane;
      lane.destroy();
    }
    return undefined;
  }

  #openLane(origin: Origin): Lane {
    const key = keyOf(origin);
    const lane: Lane = new Lane({
      clock: this.#clock,
      origin,
      readBuffer: this.#readBuffer,
      onIdle: (isReused) => {
        if (isReused) this.#earlyEnds.delete(key);
        if (!this.#isKeeping(key)) return lane.destroy();
        const stack = this.#idle.get(key);
        if (stack === undefined) this.#idle.set(key, [lane]);
        else stack.push(lane);
      },
      onEarlyEnd: (bytes, listener) => {
        this.#earlyEnds.set(key, (this.#earlyEnds.get(key) ?? 0) + 1);
        if (listener !== undefined) this.#openLane(origin).send(bytes, listener);
      },
      onGone: () => {
        this.#lanes.delete(lane);
        const stack = this.#idle.get(key);
        const place = stack?.indexOf(lane) ?? -1;
        if (place !== -1) stack?.splice(place, 1);
      },
    });
    this.#lanes.add(lane);
    return lane;
  }

  #isKeeping(key: string): boolean {
    return (this.#earlyEnds.get(key) ?? 0) < MAX_EARLY_ENDS;
  }
}

interface LaneOptions {
  readonly clock: Clock;
  readonly origin: Origin;
  readonly readBuffer: Uint8Array;
  /** `isReused`: it has carried more than one exchange. */
  readonly onIdle: (isReused: boolean) => void;
  /** The server ended it soon after an answer, before any byte of another; with the request that crossed with that. */
  readonly onEarlyEnd: (bytes: Uint8Array, listener: ExchangeListener | undefined) => void;
  readonly onGone: () => void;
}

const NOTHING = new Uint8Array(0);

/** One connection with its parser, carrying one exchange at a time. */
class Lane {
  readonly #options: LaneOptions;
  readonly #connection: Connection;
  readonly #parser: ResponseParser;
  #listener: ExchangeListener | undefined;
  #pending: Uint8Array | undefined;
  #request: Uint8Array = NOTHING;
  #answers = 0;
  #hasRead = false;
  #isOpen = false;
  #isGone = false;
  #isSent = false;
  #readAtMs: Milliseconds = 0;
  #hasAnswered = false;
  #keepAliveMs = KEEP_ALIVE_MS;
  #idleSinceMs: Milliseconds = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#parser = createResponseParser({
      onHeaders: (status, headers) => this.#onHeaders(status, headers),
      onBody: (bytes, start, end) => this.#listener?.onData(this.#readAtMs, bytes.subarray(start, end)),
      onEnd: (isReusable, bytesLeft) => this.#onEnd(isReusable && bytesLeft === 0),
      onMalformed: (problem) =>
        this.#fail({ kind: 'malformed', code: undefined, message: `the answer is not HTTP: ${problem}` }),
    });
    this.#connection = openConnection({
      clock: options.clock,
      origin: options.origin,
      readBuffer: options.readBuffer,
      protocol: 'http/1.1',
      listener: {
        onOpen: (atMs, phases) => {
          this.#isOpen = true;
          this.#listener?.onSocket(atMs, phases);
          this.#write();
        },
        onRead: (atMs, bytes, end) => {
          this.#readAtMs = atMs;
          this.#hasRead = true;
          // Bytes nobody asked for: the connection is out of step and must not be used again.
          if (this.#listener === undefined) this.destroy();
          else this.#parser.push(bytes, end);
        },
        onClose: (atMs, error) => this.#onClose(atMs, error),
      },
    });
  }

  isFresh(nowMs: Milliseconds): boolean {
    return nowMs - this.#idleSinceMs < this.#keepAliveMs;
  }

  send(bytes: Uint8Array, listener: ExchangeListener): void {
    this.#listener = listener;
    this.#pending = bytes;
    this.#request = bytes;
    this.#hasRead = false;
    this.#isSent = false;
    this.#hasAnswered = false;
    if (!this.#isOpen) return;
    this.#connection.setRef(true);
    listener.onSocket(this.#options.clock.nowMs(), {
      isReused: true,
      dnsMs: undefined,
      tcpMs: undefined,
      tlsMs: undefined,
    });
    this.#write();
  }

  abort(listener: ExchangeListener): void {
    if (this.#listener === listener) this.destroy();
  }

  destroy(): void {
    this.#isGone = true;
    this.#listener = undefined;
    this.#connection.destroy();
    this.#options.onGone();
  }

  #write(): void {
    const bytes = this.#pending;
    const listener = this.#listener;
    if (bytes === undefined || listener === undefined) return;
    this.#pending = undefined;
    this.#connection.write(bytes, (atMs) => {
      if (this.#listener !== listener) return;
      this.#isSent = true;
      listener.onSent(atMs);
    });
  }

  #onHeaders(status: number, headers: ReadonlyMap<string, string>): void {
    this.#hasAnswered = true;
    const seconds = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1];
    if (seconds !== undefined) {
      this.#keepAliveMs = Math.min(KEEP_ALIVE_MS, Math.max(0, Number(seconds) * 1_000 - KEEP_ALIVE_MARGIN_MS));
    }
    this.#listener?.onHeaders(this.#readAtMs, status, headers);
  }

  #onEnd(isReusable: boolean): void {
    // Its user gave up within this very read.
    if (this.#isGone) return;
    const listener = this.#listener;
    this.#listener = undefined;
    // Bytes after the answer belong to nobody, and must not be taken for the next one. An answer that came before the request was
    // written out leaves the rest of the request on the wire.
    if (isReusable && this.#isSent) {
      this.#idleSinceMs = this.#readAtMs;
      this.#answers++;
      this.#hasRead = false;
      this.#connection.setRef(false);
      this.#options.onIdle(this.#answers > 1);
    } else this.destroy();
    listener?.onEnd(this.#readAtMs);
  }

  #onClose(atMs: Milliseconds, error: TransportError | undefined): void {
    const isEarly = this.#answers > 0 && !this.#hasRead && atMs - this.#idleSinceMs < EARLY_END_MS;
    if (error === undefined && isEarly) {
      const listener = this.#listener;
      this.destroy();
      this.#options.onEarlyEnd(this.#request, listener);
      return;
    }
    this.#readAtMs = atMs;
    if (error === undefined && this.#parser.close()) return;
    this.#fail(error ?? this.#orderlyEnd());
  }

  #orderlyEnd(): TransportError {
    return this.#hasAnswered
      ? { kind: 'closed', code: undefined, message: 'the server closed the connection before the end of its answer' }
      : { kind: 'reset', code: undefined, message: 'the server closed the connection without an answer' };
  }

  #fail(error: TransportError): void {
    const listener = this.#listener;
    this.destroy();
    listener?.onError(this.#readAtMs, error);
  }
}

/** What one connection can serve: an origin; of a proxy that passes requests on, all that it serves. */
export function keyOf({ isTls, host, port, proxy }: Origin): string {
  const through = proxy === undefined ? '' : proxyName(proxy);
  return isTls || proxy === undefined ? `${isTls ? 'https' : 'http'}://${host}:${port} ${through}` : through;
}
