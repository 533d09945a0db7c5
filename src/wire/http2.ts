import { type ClientHttp2Session, connect } from 'node:http2';
import type { Clock } from '../clock.ts';
import type {
  ExchangeListener,
  HttpClient,
  HttpRequest,
  Origin,
  PreparedRequest,
  TransportError,
} from '../model/exchange.ts';
import { NO_PROXIES, type ProxyRules } from '../model/proxy.ts';
import type { Connection as ConnectionPhases } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import { type Connection, openConnection } from './connection.ts';
import { keyOf } from './http.ts';
import { Http2Exchange, type Http2Request } from './http2-exchange.ts';
import { checkField, originOf } from './request-bytes.ts';

/** Room for what a server may send before we have read it: of one stream, and of a whole connection. */
const STREAM_WINDOW_BYTES = 1_048_576;
const CONNECTION_WINDOW_BYTES = 16_777_216;
/** Node's own limit of what a connection holds in memory, 10 MB, is soon reached by a thousand streams. */
const MAX_SESSION_MEMORY_MB = 1_024;
const CLOSED: TransportError = { kind: 'reset', code: undefined, message: 'the server closed the connection' };
const REUSED: ConnectionPhases = { isReused: true, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined };

/**
 * The HTTP/2 client of the measuring path, over Node's own (RFC 9113): many requests share a connection, as many as the server allows;
 * for more another one is opened. TLS agrees on it by ALPN and fails where the server does not offer it; without TLS it is spoken at
 * once, by prior knowledge. Like its HTTP/1.1 counterpart it retries nothing and has no timers.
 */
export function createHttp2Client(clock: Clock, proxies: ProxyRules = NO_PROXIES): HttpClient {
  return new Http2Client(clock, proxies);
}

class Http2Client implements HttpClient {
  readonly #clock: Clock;
  readonly #proxies: ProxyRules;
  readonly #sessions = new Map<string, Session[]>();

  constructor(clock: Clock, proxies: ProxyRules) {
    this.#clock = clock;
    this.#proxies = proxies;
  }

  prepare(request: HttpRequest): Http2Request {
    const url = new URL(request.url);
    const body = request.body ?? new Uint8Array(0);
    for (const [name, value] of Object.entries(request.headers)) checkField(name, value);
    const length = request.body === undefined ? {} : { 'content-length': String(body.length) };
    return {
      origin: originOf(url, this.#proxies),
      bytes: body,
      hasBody: request.body !== undefined,
      fields: {
        ':method': request.method,
        ':scheme': url.protocol.slice(0, -1),
        ':authority': url.host,
        ':path': `${url.pathname}${url.search}`,
        ...request.headers,
        ...length,
      },
    };
  }

  send(prepared: PreparedRequest, listener: ExchangeListener): () => void {
    if (!('fields' in prepared)) throw new Error('this request was prepared for another client');
    const exchange = new Http2Exchange(prepared as Http2Request, listener, this.#clock);
    this.#assign(exchange);
    return () => exchange.abort();
  }

  close(): void {
    for (const session of [...this.#sessions.values()].flat()) session.destroy();
    this.#sessions.clear();
  }

  #assign(exchange: Http2Exchange): void {
    const { origin } = exchange.request;
    const key = keyOf(origin);
    const sessions = this.#sessions.get(key) ?? [];
    const free = sessions.find((session) => session.hasRoom);
    if (free !== undefined) {
      free.take(exchange);
      return;
    }
    const opened = new Session({
      clock: this.#clock,
      origin,
      // What a new server's limit leaves over needs a connection of its own.
      onLeftOver: (left) => this.#assign(left),
      onGone: () =>
        this.#sessions.set(
          key,
          (this.#sessions.get(key) ?? []).filter((one) => one !== opened),
        ),
    });
    this.#sessions.set(key, [...sessions, opened]);
    opened.take(exchange);
  }
}

interface SessionOptions {
  readonly clock: Clock;
  readonly origin: Origin;
  readonly onLeftOver: (exchange: Http2Exchange) => void;
  readonly onGone: () => void;
}

/** One connection. Until the server has said how many streams it allows, requests wait. */
class Session {
  readonly #options: SessionOptions;
  readonly #connection: Connection;
  readonly #underWay = new Set<Http2Exchange>();
  #waiting: Http2Exchange[] = [];
  #session: ClientHttp2Session | undefined;
  #phases: ConnectionPhases = REUSED;
  /** Undefined until the server's settings are there. */
  #maxStreams: number | undefined;
  #isLeaving = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#connection = openConnection({
      clock: options.clock,
      origin: options.origin,
      readBuffer: undefined,
      protocol: 'h2',
      listener: {
        onOpen: (_atMs, phases) => this.#onOpen(phases),
        onRead: () => undefined,
        onClose: (atMs, error) => this.#end(atMs, error ?? CLOSED),
      },
    });
  }

  get hasRoom(): boolean {
    if (this.#isLeaving) return false;
    return this.#maxStreams === undefined || this.#underWay.size < this.#maxStreams;
  }

  take(exchange: Http2Exchange): void {
    exchange.onOver = () => this.#release(exchange);
    if (this.#maxStreams === undefined) this.#waiting.push(exchange);
    else this.#start(exchange);
  }

  destroy(): void {
    this.#isLeaving = true;
    for (const exchange of [...this.#waiting, ...this.#underWay]) exchange.abort();
    this.#session?.destroy();
    this.#connection.destroy();
  }

  #onOpen(phases: ConnectionPhases): void {
    this.#phases = phases;
    const { origin, clock } = this.#options;
    const socket = this.#connection.socket();
    if (origin.isTls && (socket as { alpnProtocol?: unknown }).alpnProtocol !== 'h2') {
      const message = 'the server does not offer HTTP/2 (ALPN); measure it without --http2';
      this.#connection.destroy();
      this.#end(clock.nowMs(), { kind: 'tls', code: undefined, message });
      return;
    }
    const session = connect(origin.isTls ? 'https://origin' : 'http://origin', {
      createConnection: () => socket,
      maxSessionMemory: MAX_SESSION_MEMORY_MB,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    this.#session = session;
    session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
    session.on('remoteSettings', ({ maxConcurrentStreams }) => this.#onSettings(maxConcurrentStreams));
    session.on('goaway', () => this.#leave());
    // Each stream tells what became of it; what had none yet is told here.
    session.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(clock.nowMs(), { kind: 'reset', code: error.code, message: error.message }),
    );
    session.on('close', () => this.#end(clock.nowMs(), CLOSED));
  }

  #onSettings(maxStreams = Number.POSITIVE_INFINITY): void {
    const isFirst = this.#maxStreams === undefined;
    this.#maxStreams = Math.max(1, maxStreams);
    if (!isFirst) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const room = Math.min(waiting.length, this.#maxStreams);
    for (const exchange of waiting.slice(0, room)) this.#start(exchange);
    for (const exchange of waiting.slice(room)) this.#options.onLeftOver(exchange);
  }

  #start(exchange: Http2Exchange): void {
    const session = this.#session;
    if (session === undefined || exchange.isOver) return;
    const phases = this.#phases;
    this.#phases = REUSED;
    this.#underWay.add(exchange);
    this.#connection.setRef(true);
    exchange.onSocket(phases);
    const { fields, bytes, hasBody } = exchange.request;
    const stream = session.request(fields, { endStream: !hasBody });
    exchange.follow(stream);
    if (hasBody) stream.end(bytes);
  }

  #release(exchange: Http2Exchange): void {
    this.#waiting = this.#waiting.filter((one) => one !== exchange);
    this.#underWay.delete(exchange);
    if (this.#underWay.size === 0 && this.#session !== undefined) this.#connection.setRef(false);
    if (this.#isLeaving && this.#underWay.size === 0) this.#session?.close();
  }

  /** The server takes no more requests on it (GOAWAY). */
  #leave(): void {
    this.#isLeaving = true;
    this.#options.onGone();
  }

  #end(atMs: Milliseconds, error: TransportError): void {
    this.#leave();
    const isStranger = this.#maxStreams === undefined && error.code === 'ERR_HTTP2_ERROR';
    const named: TransportError = isStranger
      ? { ...error, kind: 'malformed', message: `the answer is not HTTP/2: ${error.message}` }
      : error;
    for (const exchange of [...this.#waiting, ...this.#underWay]) exchange.fail(atMs, named);
  }
}
