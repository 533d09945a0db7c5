import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Origin, TransportError } from '../model/exchange.ts';
import type { Connection as ConnectionPhases } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';

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
}

/** Connections read into one buffer by turns: a read is used up within its callback, so one is enough for all. */
const READ_BUFFER_BYTES = 65_536;

export interface ConnectionOptions {
  readonly origin: Origin;
  readonly clock: Clock;
  readonly readBuffer: Uint8Array;
  readonly listener: ConnectionListener;
}

/** No `Buffer`: a view of a plain array costs less, and each read needs one. */
export function createReadBuffer(): Uint8Array {
  return new Uint8Array(READ_BUFFER_BYTES);
}

/** Opens a connection. Failures come through the listener, never as an exception. */
export function openConnection(options: ConnectionOptions): Connection {
  const { clock, listener, origin } = options;
  const socket = createSocket(options);
  const phases = watchPhases(socket, origin, clock);
  let isOpen = false;
  let isOver = false;
  const close = (error: TransportError | undefined): void => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    listener.onClose(clock.nowMs(), error);
  };
  socket.setNoDelay(true);
  socket.once(origin.isTls ? 'secureConnect' : 'connect', () => {
    isOpen = true;
    if (!isOver) listener.onOpen(clock.nowMs(), { isReused: false, ...phases() });
  });
  socket.on('error', (error: NodeJS.ErrnoException) =>
    close(toTransportError(error, isOpen, phases().tcpMs !== undefined)),
  );
  // Within a handshake an error follows the end, and tells more.
  socket.on('end', () => {
    if (isOpen) close(undefined);
  });
  socket.on('close', () => close(undefined));
  return {
    write(bytes, onSent) {
      socket.write(bytes, (error) => {
        // A write that failed is told before the socket's own error.
        if (!isOver && !error) onSent(clock.nowMs());
      });
    },
    destroy() {
      isOver = true;
      socket.destroy();
    },
    setRef(isReferenced) {
      if (isReferenced) socket.ref();
      else socket.unref();
    },
  };
}

function createSocket({ origin, clock, readBuffer, listener }: ConnectionOptions): Socket {
  const onread = {
    buffer: readBuffer,
    callback(length: number, buffer: Uint8Array): boolean {
      const atMs = clock.nowMs();
      listener.onRead(atMs, buffer, length);
      return true;
    },
  };
  const { host, port } = origin;
  if (!origin.isTls) return connectTcp({ host, port, onread });
  // An IP address must not be sent as a server name (RFC 6066 §3).
  const servername = isIP(host) === 0 ? { servername: host } : {};
  // `onread` is documented for tls.connect, but missing from its types.
  const options: TlsOptions & { onread: typeof onread } = {
    host,
    port,
    onread,
    ALPNProtocols: ['http/1.1'],
    ...servername,
  };
  return connectTls(options);
}

function watchPhases(socket: Socket, origin: Origin, clock: Clock): () => Omit<ConnectionPhases, 'isReused'> {
  const startMs = clock.nowMs();
  let lookedUpAtMs: Milliseconds | undefined;
  let connectedAtMs: Milliseconds | undefined;
  let securedAtMs: Milliseconds | undefined;
  if (isIP(origin.host) === 0) {
    socket.once('lookup', () => {
      lookedUpAtMs = clock.nowMs();
    });
  }
  socket.once('connect', () => {
    connectedAtMs = clock.nowMs();
  });
  socket.once('secureConnect', () => {
    securedAtMs = clock.nowMs();
  });
  return () => ({
    dnsMs: lookedUpAtMs === undefined ? undefined : lookedUpAtMs - startMs,
    tcpMs: connectedAtMs === undefined ? undefined : connectedAtMs - (lookedUpAtMs ?? startMs),
    tlsMs: securedAtMs === undefined || connectedAtMs === undefined ? undefined : securedAtMs - connectedAtMs,
  });
}

function toTransportError(error: NodeJS.ErrnoException, isOpen: boolean, isTcpUp: boolean): TransportError {
  const code = error.code;
  const message = error.message === '' ? (code ?? 'unknown error') : error.message;
  if (isOpen) return { kind: 'reset', code, message };
  if (error.syscall === 'getaddrinfo') return { kind: 'dns', code, message };
  return { kind: isTcpUp ? 'tls' : 'connect', code, message };
}
