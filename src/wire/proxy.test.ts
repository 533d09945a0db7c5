/** Through proxies on loopback: passing requests on, and tunnels. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { hasOpenssl, makeCertificate } from '../../test/support/certificates.ts';
import {
  onRequest,
  type RecordedExchange,
  sendRecorded,
  startRawServer,
  tickingClock,
} from '../../test/support/raw-server.ts';
import type { HttpClient } from '../model/exchange.ts';
import { NO_PROXIES, type ProxyRules } from '../model/proxy.ts';
import { createHttpClient } from './http.ts';
import { createHttp2Client } from './http2.ts';
import { parseProxy } from './proxy-rules.ts';

/** Only for what hangs because it is broken. */
const LIMIT = { timeout: 10_000 };
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const ANSWERED = ['socket', 'sent', 'headers 200', 'data hi', 'end'];

describe('a proxy that passes requests on', LIMIT, () => {
  test('is told the whole URL and the login, and its connection serves several hosts', async (t) => {
    const requests: string[] = [];
    const proxy = await startProxy(t, (socket) =>
      onRequest(socket, (request) => {
        requests.push(request);
        socket.write(OK);
      }),
    );
    const { exchanged } = through(t, createHttpClient, `http://user:pa%20ss@127.0.0.1:${proxy.port}`);
    const first = await exchanged('http://a.example/v1');
    const second = await exchanged('http://b.example:81/v1');
    assert.deepEqual([first.calls, second.calls], [ANSWERED, ANSWERED]);
    assert.deepEqual([first.connection?.isReused, second.connection?.isReused], [false, true]);
    const login = `Basic ${Buffer.from('user:pa ss').toString('base64')}`;
    assert.ok(requests[0]?.startsWith('GET http://a.example/v1/ HTTP/1.1\r\nhost: a.example\r\n'), requests[0] ?? '');
    assert.ok(
      requests[1]?.startsWith('GET http://b.example:81/v1/ HTTP/1.1\r\nhost: b.example:81\r\n'),
      requests[1] ?? '',
    );
    for (const request of requests) assert.ok(request.includes(`\r\nproxy-authorization: ${login}\r\n`), request);
  });

  test('is left out where NO_PROXY says so', async (t) => {
    const proxy = await startProxy(t, (socket) => onRequest(socket, () => socket.end()));
    const direct = await startProxy(t, (socket) => onRequest(socket, () => socket.write(OK)));
    const { exchanged } = through(t, createHttpClient, `http://127.0.0.1:${proxy.port}`, { bypass: ['127.0.0.1'] });
    assert.deepEqual((await exchanged(`http://127.0.0.1:${direct.port}`)).calls, ANSWERED);
    assert.equal(proxy.sockets.length, 0);
  });

  test('that is not there: connect, and the message names it without its login', async (t) => {
    const proxy = await startProxy(t, () => undefined);
    await proxy.close();
    const { exchanged } = through(t, createHttpClient, `http://user:secret@127.0.0.1:${proxy.port}`);
    const { calls, error } = await exchanged('http://a.example');
    assert.deepEqual(calls, ['error connect ECONNREFUSED']);
    assert.match(error?.message ?? '', new RegExp(`^proxy http://127.0.0.1:${proxy.port}: `));
  });
});

describe('a tunnel', { ...LIMIT, skip: !hasOpenssl() && 'no openssl here to make a certificate' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-proxy-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const trusted = makeCertificate(folder, 'trusted');
  setDefaultCACertificates([...getCACertificates('default'), String(trusted.cert)]);

  for (const [what, tls] of [
    ['', undefined],
    [' over TLS of its own', trusted],
  ] as const) {
    test(`carries TLS to the origin, which never hears of the login${what}`, async (t) => {
      const origin = await startTls(t, trusted);
      const asked: string[] = [];
      const proxy = await startProxy(t, tunnelling(asked), tls);
      const scheme = tls === undefined ? 'http' : 'https';
      const { exchanged } = through(t, createHttpClient, `${scheme}://user:x@127.0.0.1:${proxy.port}`);
      const first = await exchanged(`https://localhost:${origin.port}`);
      assert.deepEqual(first.calls, ANSWERED, first.error?.message ?? '');
      assert.deepEqual(first.connection, { isReused: false, dnsMs: undefined, tcpMs: 1, tlsMs: 1 });
      assert.equal((await exchanged(`https://localhost:${origin.port}`)).connection?.isReused, true);
      const authority = `localhost:${origin.port}`;
      const login = `proxy-authorization: Basic ${Buffer.from('user:x').toString('base64')}`;
      assert.deepEqual(asked, [`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${login}\r\n\r\n`]);
      assert.ok(!origin.requests.join().includes('proxy-authorization'));
    });
  }

  test('carries HTTP/2', async (t) => {
    const server = createSecureServer(trusted, (_request, response) => response.end('hi'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const proxy = await startProxy(t, tunnelling([]));
    const { exchanged } = through(t, createHttp2Client, `http://127.0.0.1:${proxy.port}`);
    const { calls } = await exchanged(`https://localhost:${(server.address() as AddressInfo).port}`);
    assert.deepEqual(calls.slice(-3), ['headers 200', 'data hi', 'end']);
  });

  const failing: readonly (readonly [what: string, answer: string | undefined, call: string, message: RegExp])[] = [
    [
      'that is refused',
      'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
      'error connect 407',
      /refused the tunnel with status 407/,
    ],
    ['from something else', 'SSH-2.0-x\r\n\r\n', 'error connect', /does not answer in HTTP/],
    ['that is hung up on', undefined, 'error connect', /closed the connection without an answer/],
    ['with bytes that nobody asked for', 'HTTP/1.1 200 OK\r\n\r\nmore', 'error connect', /sent more than its answer/],
  ];
  for (const [what, answer, call, message] of failing) {
    test(`${what}: ${call}`, async (t) => {
      const proxy = await startProxy(t, (socket) =>
        onRequest(socket, () => (answer === undefined ? socket.end() : socket.write(answer))),
      );
      const { exchanged } = through(t, createHttpClient, `http://user:secret@127.0.0.1:${proxy.port}`);
      const { calls, error } = await exchanged('https://a.example');
      assert.deepEqual(calls, [call]);
      assert.match(error?.message ?? '', message);
      assert.ok(!error?.message.includes('secret'));
    });
  }

  test('is not begun again after it was given up', async (t) => {
    const proxy = await startProxy(t, (socket) => onRequest(socket, () => undefined));
    const { send } = through(t, createHttpClient, `http://127.0.0.1:${proxy.port}`);
    const exchange = send('https://a.example');
    exchange.abort();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(exchange.calls, []);
  });
});

type RawProxy = Awaited<ReturnType<typeof startRawServer>>;

async function startProxy(t: TestContext, script: (socket: Socket) => void, tls?: TlsOptions): Promise<RawProxy> {
  const proxy = await startRawServer(script, tls === undefined ? {} : { tls });
  t.after(() => proxy.close());
  return proxy;
}

/** Makes the tunnels that it is asked for, and writes down how. */
function tunnelling(asked: string[]): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', (bytes: Buffer) => {
      asked.push(bytes.toString('latin1'));
      const port = Number(/^CONNECT [^:]+:(\d+)/.exec(bytes.toString('latin1'))?.[1]);
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  };
}

async function startTls(
  t: TestContext,
  tls: TlsOptions,
): Promise<{ readonly port: number; readonly requests: string[] }> {
  const requests: string[] = [];
  const script = (socket: Socket): void =>
    onRequest(socket, (request) => {
      requests.push(request);
      socket.write(OK);
    });
  const { port } = await startProxy(t, script, tls);
  return { port, requests };
}

interface Through {
  send(base: string): RecordedExchange;
  /** The same, resolved when it is over. */
  exchanged(base: string): Promise<RecordedExchange>;
}

function through(
  t: TestContext,
  createClient: (clock: ReturnType<typeof tickingClock>, proxies: ProxyRules) => HttpClient,
  url: string,
  more: Partial<ProxyRules> = {},
): Through {
  const proxy = parseProxy(url);
  assert.ok(typeof proxy !== 'string');
  const client = createClient(tickingClock(), {
    ...NO_PROXIES,
    http: proxy,
    https: proxy,
    coversLoopback: true,
    ...more,
  });
  t.after(() => client.close());
  const send = (base: string): RecordedExchange => sendRecorded(client, { base });
  return { send, exchanged: (base) => send(base).until('over') };
}
