/** How connections come about, and what it is called when they do not: over real sockets, by way of the client. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { hasOpenssl, makeCertificate } from '../../test/support/certificates.ts';
import {
  closed,
  onRequest,
  type RawServer,
  type RawServerOptions,
  type RecordedExchange,
  sendRecorded,
  startRawServer,
  tickingClock,
} from '../../test/support/raw-server.ts';
import { createHttpClient } from './http.ts';

const EMPTY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
/** Only for what hangs because it is broken. */
const LIMIT = { timeout: 10_000 };
const WHOLE = ['socket', 'sent', 'headers 200', 'end'];
const REUSED = { isReused: true, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined };

describe('a connection', LIMIT, () => {
  // The clock of these tests ticks once a look: at the start, when the name is found, when TCP is up.
  const hosts: readonly (readonly [host: string, dnsMs: number | undefined])[] = [
    ['127.0.0.1', undefined],
    ['localhost', 1],
    ['[::1]', undefined],
  ];
  for (const [host, dnsMs] of hosts) {
    const isMissing = host === '[::1]' && !hasIpv6Loopback();
    test(`to ${host} tells its phases once`, { skip: isMissing && 'no IPv6 here' }, async (t) => {
      const names: (string | undefined)[] = [];
      const listening = await listen(t, { host: host === '[::1]' ? '::1' : '127.0.0.1' }, (socket) =>
        onRequest(socket, (request) => {
          names.push(/\r\nhost: (.*)\r\n/.exec(request)?.[1]);
          socket.write(EMPTY);
        }),
      );
      const base = `http://${host}:${listening.port}`;
      const first = await listening.exchanged(base);
      assert.deepEqual(first.connection, { isReused: false, dnsMs, tcpMs: 1, tlsMs: undefined });
      assert.deepEqual((await listening.exchanged(base)).connection, REUSED);
      assert.deepEqual(names, [`${host}:${listening.port}`, `${host}:${listening.port}`]);
    });
  }

  test('that is refused: connect', async (t) => {
    const listening = await listen(t, {}, () => undefined);
    await listening.server.close();
    const { calls, error } = await listening.exchanged(`http://127.0.0.1:${listening.port}`);
    assert.deepEqual(calls, ['error connect ECONNREFUSED']);
    assert.equal(error?.message, `connect ECONNREFUSED 127.0.0.1:${listening.port}`);
  });

  test('that is refused by every address of a name: connect', async (t) => {
    const listening = await listen(t, {}, () => undefined);
    await listening.server.close();
    const { calls } = await listening.exchanged(`http://localhost:${listening.port}`);
    assert.deepEqual(calls, ['error connect ECONNREFUSED']);
  });

  test('to a name that nobody has: dns', async (t) => {
    const listening = await listen(t, {}, () => undefined);
    const { calls } = await listening.exchanged('http://nothing.invalid');
    assert.match(calls.join(), /^error dns (ENOTFOUND|EAI_AGAIN)$/);
  });
});

describe('TLS', { ...LIMIT, skip: !hasOpenssl() && 'no openssl here to make a certificate' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-tls-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const strange = makeCertificate(folder, 'strange');
  const trusted = makeCertificate(folder, 'trusted');
  const misnamed = makeCertificate(folder, 'misnamed', 'DNS:other.example');
  setDefaultCACertificates([...getCACertificates('default'), String(trusted.cert), String(misnamed.cert)]);
  const answering = (socket: Socket): void => onRequest(socket, () => socket.write(EMPTY));

  test('tells its phases once', async (t) => {
    const listening = await listen(t, { tls: trusted }, answering);
    const base = `https://localhost:${listening.port}`;
    const first = await listening.exchanged(base);
    assert.deepEqual(first.calls, WHOLE);
    assert.deepEqual(first.connection, { isReused: false, dnsMs: 1, tcpMs: 1, tlsMs: 1 });
    const second = await listening.exchanged(base);
    assert.deepEqual([second.calls, second.connection], [WHOLE, REUSED]);
  });

  test('works for an address too', async (t) => {
    const listening = await listen(t, { tls: trusted }, answering);
    const { calls, connection } = await listening.exchanged(`https://127.0.0.1:${listening.port}`);
    assert.deepEqual(calls, WHOLE);
    assert.deepEqual(connection, { isReused: false, dnsMs: undefined, tcpMs: 1, tlsMs: 1 });
  });

  test('keeps the streams of several connections apart', async (t) => {
    const chunk = 'x'.repeat(20_000);
    const listening = await listen(t, { tls: trusted }, (socket) =>
      onRequest(socket, (request) => {
        const text = `${request.split(' ')[1]}${chunk}`;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n`);
        socket.write(text.slice(0, 7_000));
        socket.write(text.slice(7_000));
      }),
    );
    const bases = Array.from({ length: 6 }, (_, index) => `https://localhost:${listening.port}/${index}`);
    const exchanges = await Promise.all(bases.map((base) => listening.exchanged(base)));
    assert.deepEqual(
      exchanges.map(({ body }) => body),
      bases.map((_, index) => `/${index}/${chunk}`),
    );
  });

  test('with an end within a body: closed', async (t) => {
    const listening = await listen(t, { tls: trusted }, (socket) =>
      onRequest(socket, () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe')),
    );
    const { calls } = await listening.exchanged(`https://localhost:${listening.port}`);
    assert.deepEqual(calls, ['socket', 'sent', 'headers 200', 'data he', 'error closed']);
  });

  const failing: readonly (readonly [what: string, tls: TlsOptions | undefined, code: string, script: Script])[] = [
    ['to a server of another name', misnamed, 'ERR_TLS_CERT_ALTNAME_INVALID', answering],
    ['to a server that certifies itself', strange, 'DEPTH_ZERO_SELF_SIGNED_CERT', answering],
    ['to a port that answers in plain text', undefined, 'ERR_SSL_[A-Z_]+', (socket) => socket.write(EMPTY)],
    ['to a port that hangs up', undefined, 'ECONNRESET', (socket) => socket.end()],
    ['to a port that hangs up on the first bytes', undefined, 'ECONNRESET', (socket) => endAtData(socket)],
    ['to a port that resets', undefined, 'ECONNRESET', (socket) => resetAtData(socket)],
  ];
  for (const [what, tls, code, script] of failing) {
    test(`${what}: tls`, async (t) => {
      const listening = await listen(t, tls === undefined ? {} : { tls }, script);
      const { calls, error } = await listening.exchanged(`https://localhost:${listening.port}`);
      assert.match(calls.join(), new RegExp(`^error tls ${code}$`));
      assert.notEqual(error?.message, '');
    });
  }

  test('aborted within its handshake says nothing, and hangs up', async (t) => {
    const begun = Promise.withResolvers<Socket>();
    const listening = await listen(t, {}, (socket) => socket.once('data', () => begun.resolve(socket)));
    const exchange = listening.send(`https://localhost:${listening.port}`);
    const socket = await begun.promise;
    exchange.abort();
    await closed(socket);
    assert.deepEqual(exchange.calls, []);
  });
});

type Script = (socket: Socket) => void;

interface Listening {
  readonly server: RawServer;
  readonly port: number;
  send(base: string): RecordedExchange;
  /** The same, resolved when it is over. */
  exchanged(base: string): Promise<RecordedExchange>;
}

async function listen(t: TestContext, options: RawServerOptions, script: Script): Promise<Listening> {
  const server = await startRawServer(script, options);
  const client = createHttpClient(tickingClock());
  t.after(async () => {
    client.close();
    await server.close();
  });
  const send = (base: string): RecordedExchange => sendRecorded(client, { base });
  return {
    server,
    port: server.port,
    send,
    exchanged: (base) => send(base).until('over'),
  };
}

function endAtData(socket: Socket): void {
  socket.once('data', () => socket.end());
}

function resetAtData(socket: Socket): void {
  socket.once('data', () => socket.resetAndDestroy());
}

function hasIpv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
}
