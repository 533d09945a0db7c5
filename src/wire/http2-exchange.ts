import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Clock } from '../clock.ts';
import type { ExchangeListener, PreparedRequest, TransportError } from '../model/exchange.ts';
import type { Connection as ConnectionPhases } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';

/** A request whose header fields HTTP/2 will write. */
export interface Http2Request extends PreparedRequest {
  readonly fields: Readonly<Record<string, string>>;
  readonly hasBody: boolean;
}

/** One request on a stream of its own. Tells its listener what happens, until it is over. */
export class Http2Exchange {
  readonly request: Http2Request;
  readonly #listener: ExchangeListener;
  readonly #clock: Clock;
  #stream: ClientHttp2Stream | undefined;
  #hasAnswered = false;
  #endedAtMs: Milliseconds | undefined;
  isOver = false;
  /** Tells the connection that its stream is free. */
  onOver: () => void = () => undefined;

  constructor(request: Http2Request, listener: ExchangeListener, clock: Clock) {
    this.request = request;
    this.#listener = listener;
    this.#clock = clock;
  }

  onSocket(phases: ConnectionPhases): void {
    this.#listener.onSocket(this.#clock.nowMs(), phases);
  }

  follow(stream: ClientHttp2Stream): void {
    const clock = this.#clock;
    this.#stream = stream;
    if (this.isOver) {
      stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    stream.on('data', (bytes: Uint8Array) => {
      const atMs = clock.nowMs();
      if (!this.isOver) this.#listener.onData(atMs, bytes);
    });
    stream.once('response', (fields) => {
      const atMs = clock.nowMs();
      if (this.isOver) return;
      this.#hasAnswered = true;
      this.#listener.onHeaders(atMs, Number(fields[':status']), toHeaders(fields));
    });
    stream.once('finish', () => {
      const atMs = clock.nowMs();
      if (!this.isOver) this.#listener.onSent(atMs);
    });
    // A reset ends the reading too: which it was shows when the stream is closed, right after.
    stream.once('end', () => {
      this.#endedAtMs = clock.nowMs();
    });
    stream.on('error', (error: NodeJS.ErrnoException) => this.#onReset(error.code, error.message));
    stream.once('close', () => {
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR && this.#endedAtMs !== undefined) this.#onEnd();
      else this.#onReset(undefined, 'the server closed the stream before the end of its answer');
    });
  }

  fail(atMs: Milliseconds, error: TransportError): void {
    this.#finish(() => this.#listener.onError(atMs, error));
  }

  abort(): void {
    this.#finish(() => this.#stream?.close(constants.NGHTTP2_CANCEL));
  }

  #onEnd(): void {
    const atMs = this.#endedAtMs ?? this.#clock.nowMs();
    if (this.#hasAnswered) this.#finish(() => this.#listener.onEnd(atMs));
    else this.fail(atMs, { kind: 'reset', code: undefined, message: 'the server closed the stream without an answer' });
  }

  #onReset(code: string | undefined, message: string): void {
    const atMs = this.#clock.nowMs();
    const reason = this.#stream?.rstCode ?? constants.NGHTTP2_NO_ERROR;
    if (reason === constants.NGHTTP2_NO_ERROR) {
      // Ended in an orderly way, but before the answer did.
      const kind = this.#hasAnswered ? 'closed' : 'reset';
      this.fail(atMs, { kind, code, message });
      return;
    }
    const name = errorCodeName(reason);
    this.fail(atMs, { kind: 'reset', code: name, message: `the server reset the stream: ${name}` });
  }

  #finish(tell: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onOver();
    tell();
  }
}

/** By lower-case name, as HTTP/2 has them; repeated ones joined by a comma. */
function toHeaders(fields: IncomingHttpHeaders): Map<string, string> {
  return new Map(
    Object.entries(fields).flatMap(([name, value]) => {
      if (name.startsWith(':') || value === undefined) return [];
      return [[name, Array.isArray(value) ? value.join(', ') : String(value)] as const];
    }),
  );
}

/** What a server means by resetting a stream, in its own word (RFC 9113 §7). */
function errorCodeName(code: number): string {
  const name = Object.entries(constants).find(([key, value]) => value === code && ERROR_NAMES.test(key))?.[0];
  return name?.replace('NGHTTP2_', '') ?? String(code);
}

const ERROR_NAMES =
  /^NGHTTP2_(NO_ERROR|PROTOCOL_ERROR|INTERNAL_ERROR|FLOW_CONTROL_ERROR|SETTINGS_TIMEOUT|STREAM_CLOSED|FRAME_SIZE_ERROR|REFUSED_STREAM|CANCEL|COMPRESSION_ERROR|CONNECT_ERROR|ENHANCE_YOUR_CALM|INADEQUATE_SECURITY|HTTP_1_1_REQUIRED)$/;
