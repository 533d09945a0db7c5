import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Origin, TransportError } from '../model/exchange.ts';
import { proxyName } from '../model/proxy.ts';
import type { Connection as ConnectionPhases } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import { connectToProxy, openTunnel } from './tunnel.ts';

/** What a connection tells its user. After `onClose` nothing more comes. */
export interface ConnectionListener {
  onOpen(atMs: Milliseconds, phases: ConnectionPhases): void;
  /** One socket read, stamped before anything else was done: the bytes before `end`; lent for the call. */
  onRead(atMs: Milliseconds, bytes: Uint8Array, end: number): void;
  /** `error` is undefined after an orderly end by the other side. */
  onClose(atMs: Milliseconds, error: TransportError | undefined): void;
}

/** One TCP or TLS connection. */
export interface Connection {
  /** Writes all bytes; calls back once the system has taken the last. */
  write(bytes: Uint8Array, onSent: (atMs: Milliseconds) => void): void;
  /** Ends it at once, without further calls. */
  destroy(): void;
  /** Keeps or does not keep the process alive. */
  setRef(isReferenced: boolean): void;
  /** For a protocol that reads and writes by itself; only once it is open. */
  socket(): Socket;
}

/** Connections read into one buffer by turns: a read is used up within its callback, so one is enough for all. */
const READ_BUFFER_BYTES = 65_536;

export interface ConnectionOptions {
  readonly origin: Origin;
  readonly clock: Clock;
  /** Undefined: what comes is read by the user of `socket()`. */
  readonly readBuffer: Uint8Array | undefined;
  readonly listener: ConnectionListener;
  /** Agreed on within TLS. */
  readonly protocol: 'http/1.1' | 'h2';
}

/** No `Buffer`: a view of a plain array costs less, and each read needs one. */
export function createReadBuffer(): Uint8Array {
  return new Uint8Array(READ_BUFFER_BYTES);
}

/** Opens a connection, through the origin's proxy if it has one. Failures come through the listener, never as an exception. */
export function openConnection(options: ConnectionOptions): Connection {
  return new SocketConnection(options);
}

class SocketConnection implements Connection {
  readonly #options: ConnectionOptions;
  readonly #startMs: Milliseconds;
  #socket: Socket;
  #isOpen = false;
  #isOver = false;
  #lookedUpAtMs: Milliseconds | undefined;
  #connectedAtMs: Milliseconds | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#startMs = options.clock.nowMs();
    const { origin } = options;
    const { proxy } = origin;
    if (proxy === undefined || !origin.isTls) {
      this.#socket = connectDirectly(options);
      this.#watchPhases();
      this.#use(origin.isTls || proxy?.isTls === true ? 'secureConnect' : 'connect');
    } else {
      this.#socket = connectToProxy(proxy);
      this.#watchPhases();
      openTunnel(this.#socket, { origin, proxy }, (failure) => {
        if (this.#isOver) return;
        if (failure !== undefined) this.#close(failure);
        else this.#secure();
      });
    }
  }

  write(bytes: Uint8Array, onSent: (atMs: Milliseconds) => void): void {
    this.#socket.write(bytes, (error) => {
      // A write that failed is told before the socket's own error.
      if (!this.#isOver && !error) onSent(this.#options.clock.nowMs());
    });
  }

  destroy(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }

  setRef(isReferenced: boolean): void {
    if (isReferenced) this.#socket.ref();
    else this.#socket.unref();
  }

  socket(): Socket {
    return this.#socket;
  }

  /** Speaks TLS through the tunnel. Node reads into a buffer of the caller's only from sockets of its own, so reads are events here. */
  #secure(): void {
    const { clock, listener, readBuffer } = this.#options;
    this.#socket = connectTls({ socket: this.#socket, ...tlsOptionsOf(this.#options) });
    this.#use('secureConnect');
    if (readBuffer === undefined) return;
    this.#socket.on('data', (bytes: Buffer) => {
      const atMs = clock.nowMs();
      listener.onRead(atMs, bytes, bytes.length);
    });
  }

  #use(openEvent: 'connect' | 'secureConnect'): void {
    const { clock, listener } = this.#options;
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.once(openEvent, () => {
      const atMs = clock.nowMs();
      this.#isOpen = true;
      if (!this.#isOver) listener.onOpen(atMs, { isReused: false, ...this.#phases(atMs) });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.#close(this.#nameError(error)));
    // Within a handshake an error follows the end, and tells more.
    socket.on('end', () => {
      if (this.#isOpen) this.#close(undefined);
    });
    socket.on('close', () => this.#close(undefined));
  }

  #close(error: TransportError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#options.listener.onClose(this.#options.clock.nowMs(), error);
  }

  /** Of the first socket: through a proxy, name and TCP are the proxy's, and TLS takes the tunnel's making in. */
  #watchPhases(): void {
    const { clock, origin } = this.#options;
    const { host } = origin.proxy ?? origin;
    if (isIP(host) === 0) {
      this.#socket.once('lookup', () => {
        this.#lookedUpAtMs = clock.nowMs();
      });
    }
    this.#socket.once('connect', () => {
      this.#connectedAtMs = clock.nowMs();
    });
  }

  #phases(openAtMs: Milliseconds): Omit<ConnectionPhases, 'isReused'> {
    const { origin } = this.#options;
    const [lookedUpAtMs, connectedAtMs] = [this.#lookedUpAtMs, this.#connectedAtMs];
    const isSecured = origin.isTls || origin.proxy?.isTls === true;
    return {
      dnsMs: lookedUpAtMs === undefined ? undefined : lookedUpAtMs - this.#startMs,
      tcpMs: connectedAtMs === undefined ? undefined : connectedAtMs - (lookedUpAtMs ?? this.#startMs),
      tlsMs: isSecured && connectedAtMs !== undefined ? openAtMs - connectedAtMs : undefined,
    };
  }

  #nameError(error: NodeJS.ErrnoException): TransportError {
    const code = error.code;
    const text = error.message === '' ? (code ?? 'unknown error') : error.message;
    if (this.#isOpen) return { kind: 'reset', code, message: text };
    const { proxy, isTls } = this.#options.origin;
    // Through a tunnel it is the origin that TLS fails with.
    const message = proxy === undefined || isTls ? text : `proxy ${proxyName(proxy)}: ${text}`;
    if (error.syscall === 'getaddrinfo') return { kind: 'dns', code, message };
    return { kind: this.#connectedAtMs === undefined ? 'connect' : 'tls', code, message };
  }
}

/** To the origin, or to the proxy that passes on what it is sent. */
function connectDirectly(options: ConnectionOptions): Socket {
  const { origin, clock, readBuffer, listener } = options;
  const { host, port, isTls } = origin.proxy ?? origin;
  const read =
    readBuffer === undefined
      ? {}
      : {
          onread: {
            buffer: readBuffer,
            callback(length: number, buffer: Uint8Array): boolean {
              const atMs = clock.nowMs();
              listener.onRead(atMs, buffer, length);
              return true;
            },
          },
        };
  if (!isTls) return connectTcp({ host, port, ...read });
  // `onread` is documented for tls.connect, but missing from its types.
  const tls: TlsOptions = { host, port, ...tlsOptionsOf({ ...options, origin: { ...origin, host } }), ...read };
  return connectTls(tls);
}

function tlsOptionsOf({ origin, protocol }: Pick<ConnectionOptions, 'origin' | 'protocol'>): TlsOptions {
  // An IP address must not be sent as a server name (RFC 6066 §3).
  const servername = isIP(origin.host) === 0 ? { servername: origin.host } : { host: origin.host };
  return { ALPNProtocols: [protocol], ...servername };
}
