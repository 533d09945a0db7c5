import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createClock, takeOrigin } from '../clock.ts';
import { probeConnection } from './probe.ts';

const clock = createClock(takeOrigin());

test('a connection is opened and closed, and nothing is sent', async () => {
  const { promise: seen, resolve } = Promise.withResolvers<number>();
  const server = createServer((socket) => {
    let bytes = 0;
    socket.on('data', (data) => {
      bytes += data.length;
    });
    socket.on('close', () => resolve(bytes));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const probe = await probeConnection({ isTls: false, host: '127.0.0.1', port, proxy: undefined }, clock, 5_000);
  assert.equal(probe.kind, 'open');
  assert.ok(probe.kind === 'open' && (probe.phases.tcpMs ?? -1) >= 0 && probe.phases.tlsMs === undefined);
  assert.equal(await seen, 0);
  server.close();
  await new Promise<void>((closed) => server.once('close', closed));
  const refused = await probeConnection({ isTls: false, host: '127.0.0.1', port, proxy: undefined }, clock, 5_000);
  assert.deepEqual([refused.kind, refused.kind === 'failed' && refused.error.kind], ['failed', 'connect']);
});

test('who does not answer is not waited for', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // It takes the connection but speaks no TLS.
  const silent = await probeConnection({ isTls: true, host: '127.0.0.1', port, proxy: undefined }, clock, 50);
  assert.deepEqual(silent, { kind: 'failed', error: { kind: 'connect', message: 'no connection within 0.05 s' } });
  server.close();
});
