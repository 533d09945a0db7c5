/** Bytes and sockets as a network really gives them, for tests of what reads them. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Clock } from '../../src/clock.ts';
import type { ExchangeListener, HttpClient, HttpRequest, TransportError } from '../../src/model/exchange.ts';
import type { Connection } from '../../src/model/record.ts';

/** A server that does what a test scripts, byte by byte. */
export interface RawServer {
  readonly port: number;
  /** All connections so far, in order of arrival. */
  readonly sockets: readonly Socket[];
  /** Ends everything, unless that was done before; waits until it is over. */
  close(): Promise<void>;
}

export interface RawServerOptions {
  /** 127.0.0.1 unless told. */
  readonly host?: string;
  /** Speaks TLS when given. */
  readonly tls?: TlsOptions;
}

/** Listens on a free port; `script` is called for every connection with its number, from 0. */
export async function startRawServer(
  script: (socket: Socket, place: number) => void,
  options: RawServerOptions = {},
): Promise<RawServer> {
  const sockets: Socket[] = [];
  const onConnection = (socket: Socket): void => {
    // A test that resets a connection does not want to hear of it.
    socket.on('error', () => undefined);
    sockets.push(socket);
    script(socket, sockets.length - 1);
  };
  const server: Server =
    options.tls === undefined ? createServer(onConnection) : createTlsServer(options.tls, onConnection);
  server.on('tlsClientError', () => undefined);
  server.listen(0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async close() {
      if (!server.listening) return;
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Calls back with each whole request on the socket: head and a body of its content-length. */
export function onRequest(socket: Socket, callback: (request: string) => void): void {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    text += piece;
    for (;;) {
      const headEnd = text.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const end = headEnd + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
      if (text.length < end) return;
      const request = text.slice(0, end);
      text = text.slice(end);
      callback(request);
    }
  });
}

/** Resolves once the socket is closed, however that came. */
export async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close').catch(() => undefined);
}

/** What one exchange is to send, and what to do at its moments. */
export type Sending = Partial<Pick<HttpRequest, 'method' | 'headers' | 'body'>> & {
  /** Scheme, host and port. */
  readonly base: string;
  readonly path?: string;
  /** Called after the call that begins with this word was written down. */
  readonly at?: Readonly<Record<string, (exchange: RecordedExchange) => void>>;
};

/** Starts an exchange and writes down what it hears. */
export function sendRecorded(client: HttpClient, sending: Sending): RecordedExchange {
  const { base, path = '/', method = 'GET', headers = {}, body } = sending;
  const exchange = new RecordedExchange(sending.at ?? {});
  exchange.abort = client.send(client.prepare({ method, url: `${base}${path}`, headers, body }), exchange);
  return exchange;
}

export class RecordedExchange implements ExchangeListener {
  /** `socket`, `sent`, `headers 200`, `data …`, `end`, `error kind CODE`. */
  readonly calls: string[] = [];
  readonly stamps: number[] = [];
  headers: ReadonlyMap<string, string> = new Map();
  connection: Connection | undefined;
  error: TransportError | undefined;
  body = '';
  abort: () => void = () => undefined;
  readonly #at: NonNullable<Sending['at']>;
  readonly #reached = new Map<string, () => void>();

  constructor(at: NonNullable<Sending['at']>) {
    this.#at = at;
  }

  /** Resolves at the first call that begins with this word; `over` is the end or an error. */
  async until(word: string): Promise<this> {
    if (!this.calls.some((call) => wordsOf(call).includes(word)))
      await new Promise<void>((resolve) => this.#reached.set(word, resolve));
    return this;
  }

  onSocket(atMs: number, connection: Connection): void {
    this.connection = connection;
    this.#note(atMs, 'socket');
  }

  onSent(atMs: number): void {
    this.#note(atMs, 'sent');
  }

  onHeaders(atMs: number, status: number, headers: ReadonlyMap<string, string>): void {
    this.headers = headers;
    this.#note(atMs, `headers ${status}`);
  }

  onData(atMs: number, bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('latin1');
    this.body += text;
    this.#note(atMs, `data ${text}`);
  }

  onEnd(atMs: number): void {
    this.#note(atMs, 'end');
  }

  onError(atMs: number, error: TransportError): void {
    this.error = error;
    this.#note(atMs, `error ${error.kind}${error.code === undefined ? '' : ` ${error.code}`}`);
  }

  #note(atMs: number, call: string): void {
    this.calls.push(call);
    this.stamps.push(atMs);
    const words = wordsOf(call);
    this.#at[words[0] ?? '']?.(this);
    for (const word of words) this.#reached.get(word)?.();
  }
}

function wordsOf(call: string): readonly string[] {
  const [word = ''] = call.split(' ');
  return word === 'end' || word === 'error' ? [word, 'over'] : [word];
}

/** Ticks once a look, so that stamps tell what came first. */
export function tickingClock(): Clock {
  let now = 0;
  return { ...handClock(), nowMs: () => ++now };
}

/** Stands still until moved. */
export function handClock(): Clock & { now: number } {
  return {
    now: 0,
    nowMs() {
      return this.now;
    },
    epochMs: () => 0,
    after: () => () => undefined,
    soon: () => () => undefined,
  };
}

/**
 * Hands bytes over as socket reads do: cut before each of the given places, every piece lent in the same buffer, which holds
 * something else after the call.
 */
export function deliver(bytes: Uint8Array, cuts: readonly number[], push: (piece: Uint8Array) => void): void {
  const lent = Buffer.alloc(bytes.length);
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < places.length; index++) {
    const start = places[index - 1] ?? 0;
    const length = (places[index] ?? start) - start;
    lent.set(bytes.subarray(start, start + length));
    push(lent.subarray(0, length));
    lent.fill('!', 0, length);
  }
}

/** Cuts before every single byte. */
export function everyByte(bytes: Uint8Array): readonly number[] {
  return Array.from({ length: Math.max(0, bytes.length - 1) }, (_, index) => index + 1);
}
