import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { createClock, takeOrigin } from '../clock.ts';
import { type GetOutcome, get } from './get.ts';
import { createHttpClient } from './http.ts';

const clock = createClock(takeOrigin());
const client = createHttpClient(clock);
const servers: Server[] = [];
afterEach(() => {
  client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (url: string, more: { timeoutMs?: number; maxBytes?: number } = {}): Promise<GetOutcome> =>
  get(client, clock, { url, headers: { 'x-own': 'yes' }, timeoutMs: 5_000, maxBytes: 1_000, ...more });

test('a page comes with its status, its headers and its whole body', async () => {
  const url = await serve((request, response) => {
    response.writeHead(404, { 'X-Path': request.url, 'X-Own': request.headers['x-own'] });
    response.write('häl');
    response.end('lo');
  });
  const outcome = await ask(`${url}/a?b=c`);
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual([outcome.status, outcome.body, outcome.isCut], [404, 'hällo', false]);
  assert.deepEqual([outcome.headers.get('x-path'), outcome.headers.get('x-own')], ['/a?b=c', 'yes']);
});

test('of a body that is too long only the start is kept, and the rest is not waited for', async () => {
  const url = await serve((_, response) => response.write('x'.repeat(1_001)));
  const outcome = await ask(url);
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual([outcome.body.length, outcome.isCut], [1_000, true]);
  const fitting = await ask(await serve((_, response) => response.end('x'.repeat(1_000))));
  assert.ok(fitting.kind === 'answer' && !fitting.isCut);
});

test('who does not answer in time is not waited for, and hung up on', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const url = await serve((request, response) => {
    request.socket.once('close', () => resolve());
    response.write('never ends');
  });
  const outcome = await ask(url, { timeoutMs: 20 });
  await closed;
  assert.deepEqual(outcome, { kind: 'failed', failure: 'timeout-total', message: 'no answer within 0.02 s' });
});

test('what is no server, and what hangs up, is said', async () => {
  const url = await serve((request) => request.socket.destroy());
  const gone = await ask(url);
  assert.ok(gone.kind === 'failed');
  assert.equal(gone.failure, 'reset');
  const half = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half', () => request.socket.end());
  });
  const cut = await ask(half);
  assert.ok(cut.kind === 'failed');
  assert.equal(cut.failure, 'truncated');
  const nobody = await ask('http://127.0.0.1:1');
  assert.ok(nobody.kind === 'failed');
  assert.equal(nobody.failure, 'connect');
});
