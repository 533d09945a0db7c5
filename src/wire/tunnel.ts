import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Origin, TransportError } from '../model/exchange.ts';
import { type ProxyAddress, proxyName } from '../model/proxy.ts';

/** More of a proxy's words than anybody reads. */
const MAX_HEAD_BYTES = 65_536;

/** Connects to a proxy itself, by TCP or TLS. */
export function connectToProxy({ isTls, host, port }: ProxyAddress): Socket {
  if (!isTls) return connectTcp({ host, port });
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ALPNProtocols: ['http/1.1'], ...servername });
}

/**
 * Asks a proxy for a tunnel to the origin (CONNECT, RFC 9110 §9.3.6) over a connection that was just begun. Calls back once; the socket
 * then carries what the origin says, and has no listeners of ours left.
 */
export function openTunnel(
  socket: Socket,
  { origin, proxy }: { readonly origin: Origin; readonly proxy: ProxyAddress },
  done: (failure: TransportError | undefined) => void,
): void {
  const name = proxyName(proxy);
  let head = '';
  const finish = (failure: TransportError | undefined): void => {
    socket.off('data', onData).off('error', onError).off('close', onClose);
    done(failure);
  };
  const fail = (message: string, code?: string): void => finish({ kind: 'connect', code, message });
  const onError = (error: NodeJS.ErrnoException): void =>
    finish({
      kind: error.syscall === 'getaddrinfo' ? 'dns' : 'connect',
      code: error.code,
      message: `proxy ${name}: ${error.message}`,
    });
  const onClose = (): void => fail(`the proxy ${name} closed the connection without an answer`);
  const onData = (bytes: Buffer): void => {
    head += bytes.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end === -1 && head.length <= MAX_HEAD_BYTES) return;
    const status = /^HTTP\/1\.[01] (\d{3})(?: |\r)/.exec(head)?.[1];
    if (end === -1 || status === undefined) fail(`the proxy ${name} does not answer in HTTP`);
    else if (!status.startsWith('2')) fail(`the proxy ${name} refused the tunnel with status ${status}`, status);
    // TLS is begun by the client: whatever stands here was not said by the origin.
    else if (head.length > end + 4) fail(`the proxy ${name} sent more than its answer`);
    else finish(undefined);
  };
  socket.on('error', onError).on('close', onClose).on('data', onData);
  socket.once(proxy.isTls ? 'secureConnect' : 'connect', () => socket.write(connectRequest(origin, proxy)));
}

function connectRequest({ host, port }: Origin, { authorization }: ProxyAddress): string {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const login = authorization === undefined ? '' : `proxy-authorization: ${authorization}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${login}\r\n`;
}
