/** The client against servers that are scripted byte by byte, over real sockets. How connections come about: connection.test.ts. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, describe, type TestContext, test } from 'node:test';
import {
  closed,
  handClock,
  onRequest,
  type RawServer,
  type RecordedExchange,
  type Sending,
  sendRecorded,
  startRawServer,
  tickingClock,
} from '../../test/support/raw-server.ts';
import type { HttpClient } from '../model/exchange.ts';
import { createHttpClient } from './http.ts';

const EMPTY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const WHOLE = ['socket', 'sent', 'headers 200', 'end'];
/** Only for what hangs because it is broken. */
const LIMIT = { timeout: 10_000 };
const BIG_BODY = new Uint8Array(16 * 1_048_576);

describe('an exchange', LIMIT, () => {
  test('tells its story in order, each part later than the one before', async (t) => {
    const answer = 'HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello';
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(answer)));
    const exchange = await scripted.exchanged();
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data hello', 'end']);
    assert.deepEqual(
      [...exchange.headers],
      [
        ['x-a', 'b'],
        ['content-length', '5'],
      ],
    );
    const [socketAt = 0, sentAt = 0, headersAt = 0, dataAt, endAt] = exchange.stamps;
    assert.ok(socketAt < sentAt && sentAt < headersAt);
    assert.deepEqual([dataAt, endAt], [headersAt, headersAt], 'one read, one stamp');
  });

  test('sends exactly the bytes that were prepared', async (t) => {
    const requests: string[] = [];
    const scripted = await serve(t, (socket) =>
      onRequest(socket, (request) => {
        requests.push(request);
        socket.write(EMPTY);
      }),
    );
    const body = Buffer.from('{"a":"é"}');
    await scripted.exchanged({ method: 'POST', path: '/v1/chat?key=a%20b', headers: { 'x-b': 'c' }, body });
    assert.deepEqual(requests, [
      `POST /v1/chat?key=a%20b HTTP/1.1\r\nhost: 127.0.0.1:${scripted.server.port}\r\nconnection: keep-alive\r\n` +
        `x-b: c\r\ncontent-length: 10\r\n\r\n${body.toString('latin1')}`,
    ]);
  });

  test('delivers each read of a stream when it comes', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(`${CHUNKED}3\r\none\r\n`)));
    const rest = ['3\r\ntwo\r\n', '5\r\nthree\r\n0\r\n\r\n'];
    const exchange = await scripted.exchanged({ at: { data: () => scripted.socket(0).write(rest.shift() ?? '') } });
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data one', 'data two', 'data three', 'end']);
    const [, , , one = 0, two = 0, three = 0, end] = exchange.stamps;
    assert.ok(one < two && two < three && three === end);
  });

  test('ends with the connection when the answer has no length', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.end('HTTP/1.1 200 OK\r\n\r\nall')));
    assert.deepEqual((await scripted.exchanged()).calls, ['socket', 'sent', 'headers 200', 'data all', 'end']);
  });

  test('reads an answer that comes before the request is written, although the server then hangs up', async (t) => {
    const answer = 'HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig';
    const scripted = await serve(t, (socket) => onceBegun(socket, () => socket.write(answer, () => socket.destroy())));
    const exchange = await scripted.exchanged({ method: 'POST', body: BIG_BODY });
    assert.deepEqual(exchange.calls, ['socket', 'headers 413', 'data big', 'end']);
  });

  test('that was answered before its request was written gives up its connection', async (t) => {
    const scripted = await serve(t, (socket, place) => {
      if (place === 0) onceBegun(socket, () => socket.write(EMPTY));
      else onRequest(socket, () => socket.write(EMPTY));
    });
    const first = await scripted.exchanged({ method: 'POST', body: BIG_BODY });
    assert.deepEqual(first.calls, ['socket', 'headers 200', 'end']);
    assert.equal((await scripted.exchanged()).connection?.isReused, false);
  });
});

describe('connections', LIMIT, () => {
  test('are reused, newest first', async (t) => {
    const requests = new Map<string, { readonly place: number; readonly answer: () => void }>();
    const scripted = await serve(t, (socket, place) =>
      onRequest(socket, (request) =>
        requests.set(request.split(' ')[1] ?? '', { place, answer: () => socket.write(EMPTY) }),
      ),
    );
    const placeOf = (path: string): number | undefined => requests.get(path)?.place;
    const arrived = async (path: string): Promise<RecordedExchange> => {
      const exchange = scripted.send({ path });
      while (!requests.has(path)) await turn();
      return exchange;
    };
    const answered = async (path: string, exchange: RecordedExchange): Promise<void> => {
      requests.get(path)?.answer();
      await exchange.until('over');
    };
    const [a, b] = [await arrived('/a'), await arrived('/b')];
    await answered('/b', b);
    await answered('/a', a);
    const [c, d] = [await arrived('/c'), await arrived('/d')];
    assert.deepEqual([placeOf('/a'), placeOf('/b'), placeOf('/c'), placeOf('/d')], [0, 1, 0, 1]);
    assert.deepEqual(
      [a, b, c, d].map(({ connection }) => connection?.isReused),
      [false, false, true, true],
    );
  });

  test('carry 200 requests of 8 loops, each with its own answer', async (t) => {
    const scripted = await serve(t, (socket) =>
      onRequest(socket, (request) => {
        const path = request.split(' ')[1] ?? '';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
      }),
    );
    const answers = new Set<string>();
    let started = 0;
    const loop = async (): Promise<void> => {
      while (started < 200) {
        const path = `/${started++}`;
        const { body, calls } = await scripted.exchanged({ path });
        assert.deepEqual(calls, ['socket', 'sent', 'headers 200', `data ${path}`, 'end']);
        answers.add(body);
      }
    };
    await Promise.all(Array.from({ length: 8 }, loop));
    assert.equal(answers.size, 200);
    assert.equal(scripted.server.sockets.length, 8);
  });

  test('can be taken again from within the end of an exchange', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    const next: RecordedExchange[] = [];
    await scripted.exchanged({ at: { end: () => next.push(scripted.send()) } });
    assert.deepEqual((await next[0]?.until('over'))?.calls, WHOLE);
    assert.equal(scripted.server.sockets.length, 1);
  });

  test('of one server are not used for another', async (t) => {
    const one = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    const other = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    await one.exchanged();
    assert.equal((await one.exchanged({ base: other.base })).connection?.isReused, false);
  });

  const lastAnswers: readonly (readonly [what: string, answer: string])[] = [
    ['an answer that says close', EMPTY.replace('\r\n', '\r\nConnection: close\r\n')],
    ['an answer in HTTP/1.0', EMPTY.replace('1.1', '1.0')],
    ['an answer with a whole answer behind it', `${EMPTY}HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n`],
    ['an answer with half a head behind it', `${EMPTY}HTTP/1.1 408 Time`],
    ['an answer with an empty line behind it', `${EMPTY}\r\n`],
    ['an answer with nonsense behind it', `${EMPTY}nonsense`],
  ];
  for (const [what, answer] of lastAnswers) {
    test(`are not reused after ${what}`, async (t) => {
      const scripted = await serve(t, (socket, place) =>
        onRequest(socket, () => socket.write(place === 0 ? answer : EMPTY)),
      );
      const next: RecordedExchange[] = [];
      const first = await scripted.exchanged({ at: { end: () => next.push(scripted.send(), scripted.send()) } });
      assert.deepEqual(first.calls, WHOLE);
      for (const exchange of next) assert.deepEqual((await exchange.until('over')).calls, WHOLE);
      assert.equal(scripted.server.sockets.length, 3);
      await closed(scripted.socket(0));
    });
  }

  test('that get bytes while idle are dropped', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    await scripted.exchanged();
    scripted.socket(0).write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    await closed(scripted.socket(0));
    assert.equal((await scripted.exchanged()).connection?.isReused, false);
  });

  test('that the server ends while idle are not reused', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    await scripted.exchanged();
    scripted.socket(0).end();
    await closed(scripted.socket(0));
    const second = await scripted.exchanged();
    assert.deepEqual([second.connection?.isReused, second.calls.at(-1)], [false, 'end']);
  });

  test('that the server ends right after an answer: what crossed with that goes out again, told anew', async (t) => {
    let requests = 0;
    const scripted = await serve(t, (socket) => {
      let isFirst = true;
      onRequest(socket, () => {
        requests++;
        if (isFirst) socket.write(EMPTY);
        else socket.end();
        isFirst = false;
      });
    });
    await scripted.exchanged();
    const second = await scripted.exchanged();
    assert.deepEqual(second.calls, ['socket', 'sent', ...WHOLE]);
    assert.equal(second.connection?.isReused, false);
    assert.equal((await scripted.exchanged()).calls.length, 6);
    // After two in a row its connections are used once.
    const fourth = await scripted.exchanged();
    assert.deepEqual([fourth.calls, fourth.connection?.isReused, requests], [WHOLE, false, 6]);
  });

  test('that the server ends later, or within an answer, repeat nothing', async (t) => {
    for (const [pauseMs, last] of [
      [100, ''],
      [0, 'HTTP/1.1 2'],
    ] as const) {
      const clock = handClock();
      let requests = 0;
      const scripted = await serve(
        t,
        (socket) =>
          onRequest(socket, () => {
            if (++requests === 1) socket.write(EMPTY);
            else socket.end(last);
          }),
        clock,
      );
      await scripted.exchanged();
      clock.now += pauseMs;
      const second = await scripted.exchanged();
      assert.deepEqual([second.calls, requests], [['socket', 'sent', 'error reset'], 2]);
    }
  });

  const lifetimes: readonly (readonly [what: string, field: string, ms: number])[] = [
    ['90 s when the server says nothing', '', 90_000],
    ['a second less than the server says', 'Keep-Alive: timeout=5, max=100\r\n', 4_000],
    ['no longer than 90 s whatever the server says', 'Keep-Alive: timeout=600\r\n', 90_000],
    ['not at all when the server says one second', 'Keep-Alive: timeout=1\r\n', 0],
  ];
  for (const [what, field, ms] of lifetimes) {
    test(`are kept ${what}`, async (t) => {
      const answer = EMPTY.replace('\r\n', `\r\n${field}`);
      const clock = handClock();
      const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(answer)), clock);
      const isReused = async (): Promise<boolean | undefined> => (await scripted.exchanged()).connection?.isReused;
      assert.equal(await isReused(), false);
      clock.now += Math.max(0, ms - 1);
      assert.equal(await isReused(), ms > 0);
      clock.now += ms;
      assert.equal(await isReused(), false);
    });
  }
});

describe('an exchange cut short', LIMIT, () => {
  const partial = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe';
  const scripts: readonly (readonly [what: string, script: (socket: Socket) => void, calls: readonly string[]])[] = [
    ['the end before any byte: reset', (socket) => socket.end(), ['error reset']],
    ['the end within the head: reset', (socket) => socket.end('HTTP/1.1 200'), ['error reset']],
    ['the end after 100: reset', (socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n'), ['error reset']],
    ['the end within a body: closed', (socket) => socket.end(partial), ['headers 200', 'data he', 'error closed']],
    [
      'the end before the last chunk: closed',
      (socket) => socket.end(`${CHUNKED}5\r\nhello\r\n`),
      ['headers 200', 'data hello', 'error closed'],
    ],
    ['a reset before any byte: reset', (socket) => socket.resetAndDestroy(), ['error reset ECONNRESET']],
    ['what is not HTTP: malformed', (socket) => socket.write('SSH-2.0-x\r\n'), ['error malformed']],
    [
      'what is HTTP no more: malformed',
      (socket) => socket.write(`${CHUNKED}5\r\nhello\r\noops\r\n`),
      ['headers 200', 'data hello', 'error malformed'],
    ],
  ];
  for (const [what, script, calls] of scripts) {
    test(what, async (t) => {
      const scripted = await serve(t, (socket) => onRequest(socket, () => script(socket)));
      assert.deepEqual((await scripted.exchanged()).calls, ['socket', 'sent', ...calls]);
      await closed(scripted.socket(0));
    });
  }

  test('a reset within a body: reset', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(partial)));
    const exchange = await scripted.exchanged({ at: { data: () => scripted.socket(0).resetAndDestroy() } });
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data he', 'error reset ECONNRESET']);
  });

  test('a reset that nobody has seen before the next request: reset, and it was never sent', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    await scripted.exchanged();
    const socket = scripted.socket(0);
    const next = new Promise<RecordedExchange>((resolve) => {
      socket.once('close', () => resolve(scripted.send()));
    });
    socket.resetAndDestroy();
    const { calls, connection, error } = await (await next).until('over');
    assert.deepEqual([calls.length, calls[0], connection?.isReused, error?.kind], [2, 'socket', true, 'reset']);
  });

  test('a reset while the request is being written: reset, and it was never sent', async (t) => {
    const scripted = await serve(t, (socket) => onceBegun(socket, () => socket.resetAndDestroy()));
    const { calls, error } = await scripted.exchanged({ method: 'POST', body: BIG_BODY });
    assert.deepEqual([calls.length, calls[0], error?.kind], [2, 'socket', 'reset']);
  });
});

describe('an abort', LIMIT, () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello';
  const moments: readonly (readonly [moment: string, answer: string, calls: readonly string[]])[] = [
    ['socket', answer, ['socket']],
    ['sent', answer, ['socket', 'sent']],
    ['headers', answer, ['socket', 'sent', 'headers 200']],
    ['data', answer, ['socket', 'sent', 'headers 200', 'data hello']],
    ['data', `${answer}!`, ['socket', 'sent', 'headers 200', 'data hello!']],
    ['headers', EMPTY, ['socket', 'sent', 'headers 200']],
    ['data', `${CHUNKED}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`, ['socket', 'sent', 'headers 200', 'data a']],
    ['data', `${CHUNKED}1\r\na\r\noops`, ['socket', 'sent', 'headers 200', 'data a']],
  ];
  for (const [moment, text, calls] of moments) {
    const last = JSON.stringify(text.slice(-7));
    test(`at ${moment} of an answer ending in ${last} closes the connection without a word more`, async (t) => {
      const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(text)));
      const aborted = await scripted.send({ at: { [moment]: (exchange) => exchange.abort() } }).until(moment);
      const next = await scripted.send().until('headers');
      assert.equal(next.connection?.isReused, false);
      await closed(scripted.socket(0));
      assert.deepEqual(aborted.calls, calls);
    });
  }

  test('before the connection is there says nothing at all', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    const aborted = scripted.send();
    aborted.abort();
    aborted.abort();
    assert.deepEqual((await scripted.exchanged()).calls, WHOLE);
    assert.deepEqual(aborted.calls, []);
  });

  test('that comes too late does not touch the next exchange of its connection', async (t) => {
    const scripted = await serve(t, (socket) => onRequest(socket, () => socket.write(EMPTY)));
    const first = await scripted.exchanged();
    const second = scripted.send();
    first.abort();
    assert.deepEqual((await second.until('over')).calls, WHOLE);
    assert.equal(second.connection?.isReused, true);
  });
});

test('closing the client ends every connection, idle or not, without a word more', LIMIT, async (t) => {
  const scripted = await serve(t, (socket) =>
    onRequest(socket, (request) => request.startsWith('GET /wait') || socket.write(EMPTY)),
  );
  const idle = await Promise.all([scripted.exchanged(), scripted.exchanged()]);
  const waiting = await scripted.send({ path: '/wait' }).until('sent');
  const opening = scripted.send({ base: `http://localhost:${scripted.server.port}` });
  scripted.client.close();
  for (const socket of scripted.server.sockets) await closed(socket);
  assert.deepEqual(
    [...idle, waiting, opening].map(({ calls }) => calls),
    [WHOLE, WHOLE, ['socket', 'sent'], []],
  );
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
    const originOf = (url: string): object =>
      client.prepare({ method: 'GET', url, headers: {}, body: undefined }).origin;
    assert.deepEqual(originOf('http://a.example/v1'), { isTls: false, host: 'a.example', port: 80, proxy: undefined });
    assert.deepEqual(originOf('https://a.example/v1'), { isTls: true, host: 'a.example', port: 443, proxy: undefined });
    assert.deepEqual(originOf('https://[::1]:8443/v1'), { isTls: true, host: '::1', port: 8443, proxy: undefined });
  });

  test('lets no URL begin a line of its own', () => {
    const [requestLine, host] = prepare({}, 'http://a.example/v1?a=\r\nx: y b').split('\r\n');
    assert.deepEqual([requestLine, host], ['GET /v1?a=x:%20y%20b HTTP/1.1', 'host: a.example']);
  });

  test('keeps the values that HTTP allows', () => {
    assert.match(prepare({ 'x-a': 'b\tc ~\xe9' }), /\r\nx-a: b\tc ~\xe9\r\n/);
  });

  // One byte each is left of the last two: LF and CR.
  for (const value of ['a\r\nx: y', 'a\nb', 'a\rb', 'a\0b', 'a\x7fb', 'secret…', 'a\u010ab', 'a\u010db']) {
    test(`refuses the value ${JSON.stringify(value)} and does not repeat it`, () => {
      assert.throws(() => prepare({ authorization: value }), {
        message: 'the header authorization holds a character that HTTP does not allow',
      });
    });
  }

  for (const name of ['', 'a b', 'a:', 'a\r\nb', 'naïve']) {
    test(`refuses the name ${JSON.stringify(name)}`, () => {
      assert.throws(() => prepare({ [name]: 'b' }), {
        message: 'the name of a header holds a character that HTTP does not allow',
      });
    });
  }

  for (const name of ['host', 'Content-Length', 'connection', 'transfer-encoding']) {
    test(`refuses ${name}, which is its own`, () => {
      assert.throws(() => prepare({ [name]: '5' }), { message: `the header ${name} is the client's own` });
    });
  }
});

interface Scripted {
  readonly client: HttpClient;
  readonly server: RawServer;
  readonly base: string;
  socket(place: number): Socket;
  send(sending?: Partial<Sending>): RecordedExchange;
  /** The same, resolved when it is over. */
  exchanged(sending?: Partial<Sending>): Promise<RecordedExchange>;
}

async function serve(
  t: TestContext,
  script: (socket: Socket, place: number) => void,
  clock = tickingClock(),
): Promise<Scripted> {
  const server = await startRawServer(script);
  const client = createHttpClient(clock);
  t.after(async () => {
    client.close();
    await server.close();
  });
  const base = `http://127.0.0.1:${server.port}`;
  const send = (sending: Partial<Sending> = {}): RecordedExchange => sendRecorded(client, { base, ...sending });
  return {
    client,
    server,
    base,
    send,
    exchanged: (sending) => send(sending).until('over'),
    socket(place) {
      const socket = server.sockets[place];
      assert.ok(socket !== undefined, `no connection ${place} has come`);
      return socket;
    },
  };
}

/** Calls back once a request has begun, and reads no more of it. */
function onceBegun(socket: Socket, callback: () => void): void {
  socket.once('data', () => {
    socket.pause();
    callback();
  });
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
