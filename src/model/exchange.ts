import type { ProxyAddress } from './proxy.ts';
import type { Connection } from './record.ts';
import type { Milliseconds } from './units.ts';

/** One HTTP request, ready to be serialised. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, with query. */
  readonly url: string;
  /** By lower-case name; `host`, `content-length` and `connection` are the client's own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** A request whose bytes are already built, so that nothing is serialised after the clock has started. */
export interface PreparedRequest {
  readonly origin: Origin;
  /** Head and body in one piece. */
  readonly bytes: Uint8Array;
}

/** Where to connect to. */
export interface Origin {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** Undefined: it is reached directly. */
  readonly proxy: ProxyAddress | undefined;
}

/** Why an exchange ended without a whole response. `closed`: the other side ended the connection in an orderly way, too early. */
export interface TransportError {
  readonly kind: 'dns' | 'connect' | 'tls' | 'reset' | 'closed' | 'malformed';
  readonly code: string | undefined;
  readonly message: string;
}

/** What happens to one exchange, in order, each with the time at which it was seen. After `onEnd` or `onError` nothing more comes. */
export interface ExchangeListener {
  /** A usable connection is there. Comes again, as does `onSent`, when the server had just ended a kept one. */
  onSocket(atMs: Milliseconds, connection: Connection): void;
  /** The last byte of the request is written. */
  onSent(atMs: Milliseconds): void;
  /** Status and headers (lower-case names) of the final response are read. */
  onHeaders(atMs: Milliseconds, status: number, headers: ReadonlyMap<string, string>): void;
  /** Body bytes of one socket read; several calls may share a stamp. The bytes are only lent: they change after the call. */
  onData(atMs: Milliseconds, bytes: Uint8Array): void;
  onEnd(atMs: Milliseconds): void;
  onError(atMs: Milliseconds, error: TransportError): void;
}

/** The port to an HTTP client. It never retries, follows no redirect and has no timeouts: who measures decides. */
export interface HttpClient {
  prepare(request: HttpRequest): PreparedRequest;
  /** Starts an exchange; returns a function that ends it at once and closes its connection, without further calls. */
  send(request: PreparedRequest, listener: ExchangeListener): () => void;
  /** Closes all connections. */
  close(): void;
}

/** An answer other than 2xx, as far as it was read. */
export interface HttpRefusal {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Wall clock, for a Retry-After that is a date. */
  readonly nowEpochMs: Milliseconds;
}
