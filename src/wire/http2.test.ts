/** The HTTP/2 client against Node's own HTTP/2 server, over real sockets. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  constants,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { hasOpenssl, makeCertificate } from '../../test/support/certificates.ts';
import {
  type RecordedExchange,
  type Sending,
  sendRecorded,
  startRawServer,
  tickingClock,
} from '../../test/support/raw-server.ts';
import { createHttp2Client } from './http2.ts';

/** Only for what hangs because it is broken. */
const LIMIT = { timeout: 10_000 };
const POST = { method: 'POST', body: Buffer.from('{"a":1}') } as const;

describe('an exchange over HTTP/2', LIMIT, () => {
  test('tells its story in order, and sends what was asked', async (t) => {
    const heard: unknown[] = [];
    const { exchanged } = await serve(t, (stream, fields) => {
      heard.push([fields[':method'], fields[':path'], fields[':scheme'], fields['x-b'], fields['content-length']]);
      bodyOf(stream, (body) => {
        heard.push(body);
        stream.respond({ ':status': 200, 'X-A': ['b', 'c'] });
        stream.end('hello');
      });
    });
    const exchange = await exchanged({ ...POST, path: '/v1?key=a%20b', headers: { 'x-b': 'c' } });
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data hello', 'end']);
    assert.equal(exchange.headers.get('x-a'), 'b, c');
    assert.ok(exchange.stamps.every((stamp, place) => place === 0 || stamp > (exchange.stamps[place - 1] ?? 0)));
    assert.deepEqual(heard, [['POST', '/v1?key=a%20b', 'http', 'c', '7'], '{"a":1}']);
  });

  test('delivers each piece of a stream when it comes', async (t) => {
    const pieces = ['two', 'three'];
    let served: ServerHttp2Stream | undefined;
    const { exchanged } = await serve(t, (stream) => {
      served = stream;
      stream.respond({ ':status': 200 });
      stream.write('one');
    });
    const next = (): void => {
      const piece = pieces.shift();
      if (piece === undefined) served?.end();
      else served?.write(piece);
    };
    const { calls } = await exchanged({ at: { data: next } });
    assert.deepEqual(calls.slice(1), ['sent', 'headers 200', 'data one', 'data two', 'data three', 'end']);
  });

  test('passes over what only announces an answer', async (t) => {
    const { exchanged } = await serve(t, (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      stream.respond({ ':status': 200 });
      stream.end('x');
    });
    assert.deepEqual((await exchanged(POST)).calls.slice(2), ['headers 200', 'data x', 'end']);
  });

  test('shares its connection with others, one after the other and at once', async (t) => {
    const { exchanged, sessions } = await serve(t, answer);
    const [first, ...others] = await Promise.all([exchanged(POST), exchanged(POST), exchanged(POST)]);
    const later = await exchanged(POST);
    assert.deepEqual(first?.connection, { isReused: false, dnsMs: undefined, tcpMs: 1, tlsMs: undefined });
    for (const { connection, calls } of [...others, later]) {
      assert.equal(connection?.isReused, true);
      assert.deepEqual(calls.at(-1), 'end');
    }
    assert.equal(sessions.length, 1);
  });

  test('gets another connection when the server allows no more streams on one', async (t) => {
    const held: ServerHttp2Stream[] = [];
    const onStream = (stream: ServerHttp2Stream): void => {
      held.push(stream);
      if (held.length === 5) for (const one of held) answer(one);
    };
    const { send, sessions } = await serve(t, onStream, { settings: { maxConcurrentStreams: 2 } });
    const exchanges = Array.from({ length: 5 }, () => send(POST));
    await Promise.all(exchanges.map((exchange) => exchange.until('end')));
    assert.equal(sessions.length, 3);
  });

  test('that is aborted hears nothing more, and its stream is cancelled', async (t) => {
    const codes: Promise<number>[] = [];
    const { send } = await serve(t, (stream) => {
      codes.push(new Promise((resolve) => stream.once('close', () => resolve(stream.rstCode))));
      stream.respond({ ':status': 200 });
      stream.write('one');
    });
    const exchange = send({ at: { data: (own) => own.abort() } });
    await exchange.until('data');
    assert.equal(await codes[0], constants.NGHTTP2_CANCEL);
    assert.equal(exchange.calls.at(-1), 'data one');
  });
});

describe('an exchange over HTTP/2 that fails', LIMIT, () => {
  const resets: readonly (readonly [code: number, name: string])[] = [
    [constants.NGHTTP2_INTERNAL_ERROR, 'INTERNAL_ERROR'],
    [constants.NGHTTP2_REFUSED_STREAM, 'REFUSED_STREAM'],
    [constants.NGHTTP2_CANCEL, 'CANCEL'],
  ];
  for (const [code, name] of resets) {
    test(`by a reset before the answer: reset ${name}`, async (t) => {
      const { exchanged } = await serve(t, (stream) => stream.close(code));
      const { calls, error } = await exchanged({});
      assert.equal(calls.at(-1), `error reset ${name}`);
      assert.equal(error?.message, `the server reset the stream: ${name}`);
    });

    // Node's own server ends the stream before it resets it.
    test(`by a reset within the body: reset ${name}`, async (t) => {
      const reset = frame(RST_STREAM, 0, Buffer.from([0, 0, 0, code]));
      const { calls } = await exchangeAt(
        t,
        await serveFrames(t, (socket) => socket.write(Buffer.concat([BEGUN, reset]))),
      );
      assert.deepEqual(calls.slice(-2), ['data he', `error reset ${name}`]);
    });
  }

  test('by a connection that ends within the body: not taken for the end of the answer', async (t) => {
    for (const hangUp of [
      (socket: Socket) => socket.end(BEGUN),
      (socket: Socket) => socket.write(BEGUN, () => socket.resetAndDestroy()),
    ]) {
      const { calls } = await exchangeAt(t, await serveFrames(t, hangUp));
      assert.match(calls.at(-1) ?? '', /^error (reset|closed)/, calls.join());
    }
  });

  test('and one whose end came is whole', async (t) => {
    const end = frame(DATA, END_STREAM, Buffer.from('llo'));
    const { calls, body } = await exchangeAt(
      t,
      await serveFrames(t, (socket) => socket.write(Buffer.concat([BEGUN, end]))),
    );
    assert.deepEqual([calls.at(-1), body], ['end', 'hello']);
  });

  test('not by a server that says goodbye: what is under way is finished, the next takes a new connection', async (t) => {
    let first: ServerHttp2Stream | undefined;
    const { send, exchanged, sessions } = await serve(t, (stream) => {
      if (first !== undefined) return answer(stream);
      first = stream;
      stream.respond({ ':status': 200 });
      stream.write('a');
    });
    const exchange = send({});
    await exchange.until('data');
    sessions[0]?.goaway(constants.NGHTTP2_NO_ERROR);
    // A ping's answer comes after the goodbye has been read.
    await new Promise((resolve) => sessions[0]?.ping(resolve));
    const second = await exchanged(POST);
    first?.end('b');
    await exchange.until('over');
    assert.deepEqual([exchange.calls.at(-1), second.calls.at(-1)], ['end', 'end']);
    assert.equal(sessions.length, 2);
  });

  test('at a port that nobody listens at: connect', async (t) => {
    const server = await startRawServer(() => undefined);
    await server.close();
    const exchange = await exchangeAt(t, `http://127.0.0.1:${server.port}`);
    assert.deepEqual(exchange.calls, ['error connect ECONNREFUSED']);
  });

  test('at a server of HTTP/1.1: malformed', async (t) => {
    const server = await startRawServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    t.after(() => server.close());
    const { calls, error } = await exchangeAt(t, `http://127.0.0.1:${server.port}`);
    assert.match(calls.join(), /^error malformed/);
    assert.match(error?.message ?? '', /not HTTP\/2/);
  });
});

describe('HTTP/2 over TLS', { ...LIMIT, skip: !hasOpenssl() && 'no openssl here to make a certificate' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-h2-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const trusted = makeCertificate(folder, 'trusted');
  setDefaultCACertificates([...getCACertificates('default'), String(trusted.cert)]);

  test('is agreed on by ALPN', async (t) => {
    const { exchanged } = await listen(t, createSecureServer(trusted), answer);
    const exchange = await exchanged(POST);
    assert.deepEqual(exchange.calls, ['socket', 'sent', 'headers 200', 'data hi', 'end']);
    assert.deepEqual(exchange.connection, { isReused: false, dnsMs: 1, tcpMs: 1, tlsMs: 1 });
  });

  test('is missed where the server does not offer it: tls', async (t) => {
    const server = await startRawServer(() => undefined, { tls: trusted });
    t.after(() => server.close());
    const { calls, error } = await exchangeAt(t, `https://localhost:${server.port}`);
    assert.match(calls.join(), /^error tls/);
    assert.match(error?.message ?? '', /HTTP\/2|no application protocol/i);
  });
});

test('what HTTP does not allow in a header is refused before anything is sent', () => {
  const client = createHttp2Client(tickingClock());
  const prepare = (headers: Record<string, string>): unknown =>
    client.prepare({ method: 'GET', url: 'http://a.example/', headers, body: undefined });
  for (const headers of [{ 'x-a': 'a\r\nb' }, { 'x a': 'b' }, { host: 'b' }]) assert.throws(() => prepare(headers));
});

const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4];
const [END_STREAM, END_HEADERS] = [1, 4];

/** A frame as RFC 9113 §4.1 has it, on the first stream, or (settings) on none. */
function frame(type: number, flags: number, payload: Uint8Array): Buffer {
  const head = Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, type === SETTINGS ? 0 : 1]);
  return Buffer.concat([head, payload]);
}

/** `:status: 200` in HPACK's static table, and the beginning of a body. */
const BEGUN = Buffer.concat([frame(HEADERS, END_HEADERS, Buffer.from([0x88])), frame(DATA, 0, Buffer.from('he'))]);
const PREFACE_BYTES = 24;

/** A server of frames by hand: says its settings, then does as told once the first request is there. Returns its base URL. */
async function serveFrames(t: TestContext, onFirst: (socket: Socket) => void): Promise<string> {
  const server = await startRawServer((socket) => {
    let bytes = Buffer.alloc(0);
    let at = PREFACE_BYTES;
    socket.write(frame(SETTINGS, 0, Buffer.alloc(0)));
    socket.on('data', (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      for (; bytes.length >= at + 9; at += 9 + bytes.readUIntBE(at, 3)) if (bytes[at + 3] === HEADERS) onFirst(socket);
    });
  });
  t.after(() => server.close());
  return `http://127.0.0.1:${server.port}`;
}

interface Serving {
  readonly sessions: readonly ServerHttp2Session[];
  send(sending: Omit<Sending, 'base'>): RecordedExchange;
  /** The same, resolved when it is over. */
  exchanged(sending: Omit<Sending, 'base'>): Promise<RecordedExchange>;
}

type OnStream = (stream: ServerHttp2Stream, fields: Readonly<Record<string, unknown>>) => unknown;

function serve(t: TestContext, onStream: OnStream, options: ServerOptions = {}): Promise<Serving> {
  return listen(t, createServer(options), onStream);
}

async function listen(t: TestContext, server: Http2Server | Http2SecureServer, onStream: OnStream): Promise<Serving> {
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session: ServerHttp2Session) => {
    session.on('error', () => undefined);
    sessions.push(session);
  });
  server.on('stream', (stream, fields) => {
    stream.on('error', () => undefined);
    onStream(stream, fields);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createHttp2Client(tickingClock());
  t.after(async () => {
    client.close();
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const base = 'setSecureContext' in server ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const send: Serving['send'] = (sending) => sendRecorded(client, { base, ...sending });
  return { sessions, send, exchanged: (sending) => send(sending).until('over') };
}

async function exchangeAt(t: TestContext, base: string): Promise<RecordedExchange> {
  const client = createHttp2Client(tickingClock());
  t.after(() => client.close());
  return sendRecorded(client, { base }).until('over');
}

function answer(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200 });
  stream.end('hi');
}

function bodyOf(stream: ServerHttp2Stream, callback: (body: string) => void): void {
  let body = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    body += piece;
  });
  stream.once('end', () => callback(body));
}
