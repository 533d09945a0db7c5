/** The client against servers that are scripted byte by byte, over real sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, describe, type TestContext, test } from 'node:test';
import { closed, onRequest, type RawServer, startRawServer } from '../../test/support/raw-server.ts';
import type { Clock } from '../clock.ts';
import type { ExchangeListener, HttpClient, HttpRequest, TransportError } from '../model/exchange.ts';
import type { Connection } from '../model/record.ts';
import { createHttpClient } from './http.ts';

const EMPTY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const BIG_BODY = new Uint8Array(16 * 1_048_576);

describe('an exchange', () => {
  test('tells its story in order, each part later than the one before', async (t) => {
    const { client, port } = await serve(t, (socket) =>
      onRequest(socket, () => socket.write('HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello')),
    );
    const exchange = await exchanged(client, port);
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data hello', 'end']);
    assert.deepEqual([...exchange.headers], [
      ['x-a', 'b'],
      ['content-length', '5'],
    ]);
    const [socketAt = 0, sentAt = 0, headersAt = 0, dataAt, endAt] = exchange.stamps;
    assert.ok(socketAt < sentAt && sentAt < headersAt);
    assert.deepEqual([dataAt, endAt], [headersAt, headersAt], 'one read, one stamp');
  });

  test('sends exactly the bytes that were prepared', async (t) => {
    const requests: string[] = [];
    const { client, port } = await serve(t, (socket) =>
      onRequest(socket, (request) => {
        requests.push(request);
        socket.write(EMPTY);
      }),
    );
    const body = Buffer.from('{"a":"é"}');
    await exchanged(client, port, { method: 'POST', path: '/v1/chat?key=a%20b', headers: { 'x-b': 'c' }, body });
    assert.deepEqual(requests, [
      `POST /v1/chat?key=a%20b HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: keep-alive\r\nx-b: c\r\n` +
        `content-length: 10\r\n\r\n${body.toString('latin1')}`,
    ]);
  });

  test('delivers each read of a stream when it comes', async (t) => {
    const { client, port, server } = await serve(t, (socket) =>
      onRequest(socket, () => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n')),
    );
    const rest = ['3\r\ntwo\r\n', '5\r\nthree\r\n0\r\n\r\n'];
    const exchange = await exchanged(client, port, {
      onData: () => server.sockets[0]?.write(rest.shift() ?? ''),
    });
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data one', 'data two', 'data three', 'end']);
    assert.equal(new Set(exchange.stamps.slice(2, 6)).size, 3, 'three reads, three stamps');
  });

  test('ends with the connection when the answer has no length', async (t) => {
    const { client, port } = await serve(t, (socket) => onRequest(socket, () => socket.end('HTTP/1.1 200 OK\r\n\r\nall')));
    assert.deepEqual((await exchanged(client, port)).calls, ['socket', 'sent', 'headers 200', 'data all', 'end']);
  });

  test('reads an answer that comes before the request is written, although the server then hangs up', async (t) => {
    const { client, port } = await serve(t, (socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig', () => socket.destroy());
      });
    });
    const exchange = await exchanged(client, port, { method: 'POST', body: BIG_BODY });
    assert.deepEqual(exchange.calls, ['socket', 'headers 413', 'data big', 'end']);
  });

  test('that was answered before the request was written gives up its connection', async (t) => {
    const { client, port, server } = await serve(t, (socket, place) => {
      if (place > 0) onRequest(socket, () => socket.write(EMPTY));
      else
        socket.once('data', () => {
          socket.pause();
          socket.write(EMPTY);
        });
    });
    assert.deepEqual((await exchanged(client, port, { method: 'POST', body: BIG_BODY })).calls, [
      'socket',
      'headers 200',
      'end',
    ]);
    assert.equal((await exchanged(client, port)).connection?.isReused, false);
    assert.equal(server.sockets.length, 2);
  });
});

describe('connections', () => {
  test('are reused, newest first', async (t) => {
    const waiting: (() => void)[] = [];
    const { client, port } = await serve(t, (socket, place) =>
      onRequest(socket, () => waiting.push(() => socket.write(`${EMPTY.replace('0\r', '1\r')}${place}`))),
    );
    const pair = async (): Promise<readonly Exchange[]> => {
      const exchanges = [send(client, port), send(client, port)];
      while (waiting.length < 2) await Promise.race(exchanges.map(({ sent }) => sent)).then(turn);
      for (const exchange of exchanges) {
        waiting.shift()?.();
        await Promise.race(exchanges.filter((other) => !other.isOver).map(({ over }) => over));
        assert.ok(exchange.calls.length > 0);
      }
      return exchanges;
    };
    const first = await pair();
    assert.deepEqual(
      first.map(({ connection }) => connection?.isReused),
      [false, false],
    );
    const newest = first.map(({ body }) => body).at(-1);
    const third = send(client, port);
    while (waiting.length < 1) await turn();
    waiting.shift()?.();
    await third.over;
    assert.deepEqual([third.connection, third.body], [REUSED, newest]);
  });

  test('carry 200 requests of 8 loops, each with its own answer', async (t) => {
    const { client, port, server } = await serve(t, (socket) =>
      onRequest(socket, (request) => {
        const path = request.split(' ')[1] ?? '';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
      }),
    );
    const answers: string[] = [];
    let started = 0;
    const loop = async (): Promise<void> => {
      while (started < 200) {
        const path = `/${started++}`;
        const exchange = await exchanged(client, port, { path });
        assert.equal(exchange.body, path);
        assert.equal(exchange.calls.at(-1), 'end');
        answers.push(path);
      }
    };
    await Promise.all(Array.from({ length: 8 }, loop));
    assert.equal(new Set(answers).size, 200);
    assert.equal(server.sockets.length, 8);
  });

  test('can be taken again from within the end of an exchange', async (t) => {
    const { client, port, server } = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    let second: Exchange | undefined;
    await exchanged(client, port, {
      onEnd: () => {
        second = send(client, port);
      },
    });
    await second?.over;
    assert.deepEqual(second?.calls, ['socket', 'sent', 'headers 200', 'end']);
    assert.equal(server.sockets.length, 1);
  });

  test('of one server are not used for another', async (t) => {
    const one = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    const other = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    await exchanged(one.client, one.port);
    assert.equal((await exchanged(one.client, other.port)).connection?.isReused, false);
  });

  const closing: readonly (readonly [what: string, head: string])[] = [
    ['an answer that says close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'],
    ['an answer in HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['an answer with a whole answer behind it', `${EMPTY}HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n`],
    ['an answer with half a head behind it', `${EMPTY}HTTP/1.1 408 Time`],
    ['an answer with an empty line behind it', `${EMPTY}\r\n`],
    ['an answer with nonsense behind it', `${EMPTY}nonsense`],
  ];
  for (const [what, head] of closing) {
    test(`are not reused after ${what}`, async (t) => {
      const { client, port, server } = await serve(t, (socket, place) =>
        onRequest(socket, () => socket.write(place === 0 ? head : EMPTY)),
      );
      const first = await exchanged(client, port);
      assert.deepEqual(first.calls, ['socket', 'sent', 'headers 200', 'end']);
      const [second, third] = await Promise.all([exchanged(client, port), exchanged(client, port)]);
      assert.deepEqual(second?.calls, ['socket', 'sent', 'headers 200', 'end']);
      assert.deepEqual(third?.calls, ['socket', 'sent', 'headers 200', 'end']);
      assert.equal(server.sockets.length, 3);
    });
  }

  test('that get bytes while idle are dropped', async (t) => {
    const { client, port, server } = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    await exchanged(client, port);
    const [socket] = server.sockets;
    assert.ok(socket !== undefined);
    socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    await closed(socket);
    assert.equal((await exchanged(client, port)).connection?.isReused, false);
  });

  for (const how of ['end', 'resetAndDestroy'] as const) {
    test(`that the server closes while idle are not reused (${how})`, async (t) => {
      const { client, port, server } = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
      await exchanged(client, port);
      const [socket] = server.sockets;
      assert.ok(socket !== undefined);
      socket[how]();
      await closed(socket);
      await turn();
      const second = await exchanged(client, port);
      assert.deepEqual([second.connection?.isReused, second.calls.at(-1)], [false, 'end']);
    });
  }

  const lifetimes: readonly (readonly [what: string, keepAlive: string, ms: number])[] = [
    ['90 s when the server says nothing', '', 90_000],
    ['a second less than the server says', 'Keep-Alive: timeout=5, max=100\r\n', 4_000],
    ['no longer than 90 s whatever the server says', 'Keep-Alive: timeout=600\r\n', 90_000],
    ['not at all when the server says a second', 'Keep-Alive: timeout=1\r\n', 0],
  ];
  for (const [what, keepAlive, ms] of lifetimes) {
    test(`are kept ${what}`, async (t) => {
      const clock = handClock();
      const { client, port } = await serve(
        t,
        (socket) => onRequest(socket, () => socket.write(EMPTY.replace('\r\n', `\r\n${keepAlive}`))),
        clock,
      );
      const isReused = async (): Promise<boolean | undefined> => (await exchanged(client, port)).connection?.isReused;
      await isReused();
      if (ms > 0) {
        clock.now += ms - 1;
        assert.equal(await isReused(), true);
      }
      clock.now += ms;
      assert.equal(await isReused(), false);
    });
  }
});

describe('phases of a connection', () => {
  const scripts: readonly (readonly [host: string, phases: Partial<Connection>])[] = [
    // The clock of these tests ticks once a look: start, (lookup,) connect.
    ['127.0.0.1', { dnsMs: undefined, tcpMs: 1 }],
    ['localhost', { dnsMs: 1, tcpMs: 1 }],
    ['[::1]', { dnsMs: undefined, tcpMs: 1 }],
  ];
  for (const [host, phases] of scripts) {
    const isMissing = host === '[::1]' && !hasIpv6();
    test(`to ${host}`, { skip: isMissing && 'this machine has no IPv6' }, async (t) => {
      const hosts: string[] = [];
      const { client, port } = await serve(
        t,
        (socket) =>
          onRequest(socket, (request) => {
            hosts.push(/\r\nhost: (.*)\r\n/.exec(request)?.[1] ?? '');
            socket.write(EMPTY);
          }),
        tickingClock(),
        host === '[::1]' ? '::1' : '127.0.0.1',
      );
      const first = await exchanged(client, port, { host });
      assert.deepEqual(first.connection, { isReused: false, tlsMs: undefined, ...phases });
      const second = await exchanged(client, port, { host });
      assert.deepEqual(second.connection, REUSED);
      assert.deepEqual(hosts, [`${host}:${port}`, `${host}:${port}`]);
    });
  }
});

describe('a failed exchange', () => {
  const partial = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe';
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
  const scripts: readonly (readonly [what: string, script: (socket: Socket) => void, calls: readonly string[]])[] = [
    ['ended before any byte: reset', (socket) => socket.end(), ['socket', 'sent', 'error reset']],
    ['ended within the head: reset', (socket) => socket.end('HTTP/1.1 200'), ['socket', 'sent', 'error reset']],
    [
      'ended after an interim answer: reset',
      (socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n'),
      ['socket', 'sent', 'error reset'],
    ],
    [
      'ended within a body: closed',
      (socket) => socket.end(partial),
      ['socket', 'sent', 'headers 200', 'data he', 'error closed'],
    ],
    [
      'ended before the last chunk: closed',
      (socket) => socket.end(chunked),
      ['socket', 'sent', 'headers 200', 'data hello', 'error closed'],
    ],
    [
      'reset before any byte: reset',
      (socket) => socket.resetAndDestroy(),
      ['socket', 'sent', 'error reset ECONNRESET'],
    ],
    ['not HTTP: malformed', (socket) => socket.write('SSH-2.0-x\r\n'), ['socket', 'sent', 'error malformed']],
    [
      'not HTTP half-way: malformed',
      (socket) => socket.write(`${chunked}oops\r\n`),
      ['socket', 'sent', 'headers 200', 'data hello', 'error malformed'],
    ],
  ];
  for (const [what, script, calls] of scripts) {
    test(what, async (t) => {
      const { client, port, server } = await serve(t, (socket) => onRequest(socket, () => script(socket)));
      const exchange = await exchanged(client, port);
      assert.deepEqual(exchange.calls, calls);
      for (const socket of server.sockets) await closed(socket);
    });
  }

  test('reset within a body: reset', async (t) => {
    const { client, port, server } = await serve(t, (socket) => onRequest(socket, () => socket.write(partial)));
    const exchange = await exchanged(client, port, { onData: () => server.sockets[0]?.resetAndDestroy() });
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data he', 'error reset ECONNRESET']);
  });

  test('reset while the request was being written: reset, and it was never sent', async (t) => {
    const { client, port } = await serve(t, (socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.resetAndDestroy();
      });
    });
    const exchange = await exchanged(client, port, { method: 'POST', body: BIG_BODY });
    assert.deepEqual(
      exchange.calls.map((call) => call.replace(/ E[A-Z]+$/, '')),
      ['socket', 'error reset'],
    );
  });

  test('refused: connect', async (t) => {
    const server = await startRawServer(() => undefined);
    await server.close();
    const exchange = await exchanged(clientOf(t), server.port);
    assert.deepEqual(exchange.calls, ['error connect ECONNREFUSED']);
    assert.match(exchange.error?.message ?? '', /ECONNREFUSED/);
  });

  test('without such a name: dns', async (t) => {
    const exchange = await exchanged(clientOf(t), 80, { host: 'nothing.invalid' });
    assert.match(exchange.calls.join(), /^error dns (ENOTFOUND|EAI_AGAIN)$/);
  });
});

describe('an abort', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhel';
  const moments: readonly (readonly [moment: 'onSocket' | 'onSent' | 'onHeaders' | 'onData', calls: readonly string[]])[] = [
    ['onSocket', ['socket']],
    ['onSent', ['socket', 'sent']],
    ['onHeaders', ['socket', 'sent', 'headers 200']],
    ['onData', ['socket', 'sent', 'headers 200', 'data hel']],
  ];
  for (const [moment, calls] of moments) {
    test(`within ${moment} closes the connection, and nothing more is said`, async (t) => {
      const { client, port, server } = await serve(t, (socket) => onRequest(socket, () => socket.write(answer)));
      const gone = connectionGone(server);
      const exchange: Exchange = send(client, port, { [moment]: () => exchange.abort() });
      await gone();
      assert.deepEqual(exchange.calls, calls);
      assert.equal((await exchangedHeaders(client, port)).connection?.isReused, false);
    });
  }

  test('within the last data leaves out the end', async (t) => {
    const { client, port, server } = await serve(t, (socket) => onRequest(socket, () => socket.write(`${answer}low`)));
    const gone = connectionGone(server);
    const exchange: Exchange = send(client, port, { onData: () => exchange.abort() });
    await gone();
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data hellow']);
  });

  test('before the connection is there says nothing at all', async (t) => {
    const { client, port } = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    const aborted = send(client, port);
    aborted.abort();
    aborted.abort();
    assert.equal((await exchanged(client, port)).calls.at(-1), 'end');
    assert.deepEqual(aborted.calls, []);
  });

  test('that comes too late does not touch the next exchange of its connection', async (t) => {
    const { client, port } = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    const first = await exchanged(client, port);
    const second = send(client, port);
    first.abort();
    await second.over;
    assert.deepEqual(second.calls, ['socket', 'sent', 'headers 200', 'end']);
    assert.equal(second.connection?.isReused, true);
  });
});

test('closing the client ends idle connections and exchanges under way, without a word', async (t) => {
  const { client, port, server } = await serve(t, (socket, place) =>
    onRequest(socket, () => socket.write(place === 0 ? EMPTY : EMPTY.replace('0\r', '5\r'))),
  );
  await exchanged(client, port);
  const [, second] = [send(client, port), send(client, port)];
  await second?.sent;
  const opening = send(client, port);
  client.close();
  assert.deepEqual(opening.calls, []);
  for (const socket of server.sockets) await closed(socket);
  const before = second?.calls.length;
  await turn();
  assert.equal(second?.calls.length, before);
});

describe('preparing a request', () => {
  const client = createHttpClient(tickingClock());
  after(() => client.close());
  const prepare = (headers: Record<string, string>, url = 'http://a.example/v1'): string =>
    Buffer.from(client.prepare({ method: 'GET', url, headers, body: undefined }).bytes).toString('latin1');

  test('leaves the default port out and sends no length without a body', () => {
    assert.equal(prepare({}), 'GET /v1 HTTP/1.1\r\nhost: a.example\r\nconnection: keep-alive\r\n\r\n');
  });

  test('finds where to connect to', () => {
    const origin = (url: string): object =>
      client.prepare({ method: 'GET', url, headers: {}, body: undefined }).origin;
    assert.deepEqual(origin('http://a.example/v1'), { isTls: false, host: 'a.example', port: 80 });
    assert.deepEqual(origin('https://a.example/v1'), { isTls: true, host: 'a.example', port: 443 });
    assert.deepEqual(origin('https://[::1]:8443/v1'), { isTls: true, host: '::1', port: 8443 });
  });

  test('cannot be made to write a second line by the URL', () => {
    assert.match(prepare({}, 'http://a.example/v1?a=\r\nx: y b'), /^GET \/v1\?a=x:%20y%20b HTTP\/1\.1\r\nhost: a\.example\r\n/);
  });

  test('keeps the values that HTTP allows', () => {
    assert.match(prepare({ 'x-a': 'b\tc ~\xe9' }), /\r\nx-a: b\tc ~\xe9\r\n/);
  });

  // The last two would be cut to CR and LF, one byte of each.
  for (const value of ['a\r\nx: y', 'a\nb', 'a\rb', 'a\0b', 'a\x7fb', 'secret…', 'a\u010ab', 'a\u010db']) {
    test(`refuses the value ${JSON.stringify(value)}, and does not repeat it`, () => {
      assert.throws(() => prepare({ authorization: value }), (error: Error) => {
        assert.equal(error.message, 'the header authorization holds a character that HTTP does not allow');
        return true;
      });
    });
  }

  for (const name of ['', 'a b', 'a:', 'a\r\nb', 'naïve']) {
    test(`refuses the name ${JSON.stringify(name)}`, () => {
      assert.throws(() => prepare({ [name]: 'b' }), /^Error: a header name holds a character that HTTP does not allow$/);
    });
  }

  for (const name of ['host', 'Content-Length', 'connection', 'transfer-encoding']) {
    test(`refuses ${name}, which is the client's own`, () => {
      assert.throws(() => prepare({ [name]: '5' }), /^Error: the header .* is the client's own$/);
    });
  }
});

const REUSED: Connection = { isReused: true, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined };

interface Scripted {
  readonly client: HttpClient;
  readonly server: RawServer;
  readonly port: number;
}

async function serve(
  t: TestContext,
  script: (socket: Socket, place: number) => void,
  clock = tickingClock(),
  host = '127.0.0.1',
): Promise<Scripted> {
  const server = await startRawServer(script, { host });
  t.after(() => server.close());
  return { client: clientOf(t, clock), server, port: server.port };
}

function clientOf(t: TestContext, clock = tickingClock()): HttpClient {
  const client = createHttpClient(clock);
  t.after(() => client.close());
  return client;
}

type Sending = Partial<Pick<HttpRequest, 'method' | 'headers' | 'body'>> & {
  readonly host?: string;
  readonly path?: string;
} & { readonly [moment in 'onSocket' | 'onSent' | 'onHeaders' | 'onData' | 'onEnd']?: () => void };

function send(client: HttpClient, port: number, sending: Sending = {}): Exchange {
  const { host = '127.0.0.1', path = '/', method = 'GET', headers = {}, body } = sending;
  const exchange = new Exchange(sending);
  exchange.abort = client.send(client.prepare({ method, url: `http://${host}:${port}${path}`, headers, body }), exchange);
  return exchange;
}

async function exchanged(client: HttpClient, port: number, sending: Sending = {}): Promise<Exchange> {
  const exchange = send(client, port, sending);
  await exchange.over;
  return exchange;
}

async function exchangedHeaders(client: HttpClient, port: number): Promise<Exchange> {
  return await new Promise((resolve) => {
    const exchange: Exchange = send(client, port, { onHeaders: () => resolve(exchange) });
  });
}

/** Writes down what it hears; reads of a body that share a stamp are one. */
class Exchange implements ExchangeListener {
  readonly calls: string[] = [];
  readonly stamps: number[] = [];
  readonly over: Promise<void>;
  readonly sent: Promise<void>;
  headers: ReadonlyMap<string, string> = new Map();
  connection: Connection | undefined;
  error: TransportError | undefined;
  body = '';
  isOver = false;
  abort: () => void = () => undefined;
  readonly #hooks: Sending;
  #resolveOver: () => void = () => undefined;
  #resolveSent: () => void = () => undefined;

  constructor(hooks: Sending) {
    this.#hooks = hooks;
    this.over = new Promise((resolve) => {
      this.#resolveOver = resolve;
    });
    this.sent = new Promise((resolve) => {
      this.#resolveSent = resolve;
    });
  }

  onSocket(atMs: number, connection: Connection): void {
    this.connection = connection;
    this.#note(atMs, 'socket');
    this.#hooks.onSocket?.();
  }

  onSent(atMs: number): void {
    this.#note(atMs, 'sent');
    this.#resolveSent();
    this.#hooks.onSent?.();
  }

  onHeaders(atMs: number, status: number, headers: ReadonlyMap<string, string>): void {
    this.headers = headers;
    this.#note(atMs, `headers ${status}`);
    this.#hooks.onHeaders?.();
  }

  onData(atMs: number, bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('latin1');
    this.body += text;
    this.#note(atMs, `data ${text}`);
    this.#hooks.onData?.();
  }

  onEnd(atMs: number): void {
    this.#note(atMs, 'end');
    this.#finish();
    this.#hooks.onEnd?.();
  }

  onError(atMs: number, error: TransportError): void {
    this.error = error;
    this.#note(atMs, `error ${error.kind}${error.code === undefined ? '' : ` ${error.code}`}`);
    this.#finish();
  }

  #note(atMs: number, call: string): void {
    assert.equal(this.isOver, false, `${call} after the end`);
    this.calls.push(call);
    this.stamps.push(atMs);
  }

  #finish(): void {
    this.isOver = true;
    this.#resolveOver();
  }
}

/** Ticks once a look. */
function tickingClock(): Clock {
  let now = 0;
  return { ...handClock(), nowMs: () => ++now };
}

/** Stands still until moved. */
function handClock(): Clock & { now: number } {
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
