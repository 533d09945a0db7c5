import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest } from '../model/exchange.ts';
import { NO_PROXIES } from '../model/proxy.ts';
import { RequestWriter } from './request-bytes.ts';

const POST: HttpRequest = {
  method: 'POST',
  url: 'http://[::1]:81/v1/chat?a=1',
  headers: { accept: '*/*', 'x-key': 'é' },
  body: Buffer.from('{"a":1}'),
};

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

test('a request is a head, its length and its body', () => {
  const { origin, bytes } = new RequestWriter(NO_PROXIES).prepare(POST);
  assert.deepEqual(origin, { isTls: false, host: '::1', port: 81, proxy: undefined });
  assert.equal(
    text(bytes),
    'POST /v1/chat?a=1 HTTP/1.1\r\nhost: [::1]:81\r\nconnection: keep-alive\r\naccept: */*\r\nx-key: é\r\ncontent-length: 7\r\n\r\n{"a":1}',
  );
});

test('a request without a body has no length', () => {
  const { bytes } = new RequestWriter(NO_PROXIES).prepare({ ...POST, method: 'GET', headers: {}, body: undefined });
  assert.equal(text(bytes), 'GET /v1/chat?a=1 HTTP/1.1\r\nhost: [::1]:81\r\nconnection: keep-alive\r\n\r\n');
});

test('each request is written as if it were the first, whatever came before', () => {
  const changes: readonly Partial<HttpRequest>[] = [
    {},
    { body: Buffer.from('longer than before') },
    { body: undefined },
    { url: 'https://example.com/v1/chat?a=1' },
    { method: 'GET', body: undefined },
    { headers: { accept: '*/*', 'x-key': 'other' } },
    { headers: { accept: '*/*', 'x-other': 'é' } },
    { headers: { accept: '*/*' } },
    { headers: { accept: '*/*', 'x-key': 'é', more: '1' } },
  ];
  const writer = new RequestWriter(NO_PROXIES);
  for (const change of changes) {
    for (const request of [POST, { ...POST, ...change }]) {
      assert.deepEqual(writer.prepare(request), new RequestWriter(NO_PROXIES).prepare(request));
    }
  }
});

test('a header that HTTP does not allow is refused again after one that it does', () => {
  const writer = new RequestWriter(NO_PROXIES);
  writer.prepare(POST);
  for (const headers of [{ 'x-key': 'a\r\nb' }, { 'x key': 'a' }, { Host: 'a' }, { 'x-key': 'č' }]) {
    assert.throws(() => writer.prepare({ ...POST, headers }));
  }
});

test('what goes through a proxy that passes it on names the whole URL, and logs in', () => {
  const http = { isTls: false, host: 'proxy', port: 3128, authorization: 'Basic eA==' };
  const writer = new RequestWriter({ ...NO_PROXIES, http, https: http, bypass: ['direct.example'] });
  const get: HttpRequest = { method: 'GET', url: 'http://a.example:81/x?y', headers: {}, body: undefined };
  const passed = writer.prepare(get);
  assert.equal(
    text(passed.bytes),
    'GET http://a.example:81/x?y HTTP/1.1\r\nhost: a.example:81\r\nconnection: keep-alive\r\nproxy-authorization: Basic eA==\r\n\r\n',
  );
  assert.deepEqual(passed.origin, { isTls: false, host: 'a.example', port: 81, proxy: http });
  // Through a tunnel the origin gets what it always gets, and never the login.
  const tunnelled = writer.prepare({ ...get, url: 'https://a.example/x' });
  assert.equal(text(tunnelled.bytes), 'GET /x HTTP/1.1\r\nhost: a.example\r\nconnection: keep-alive\r\n\r\n');
  assert.deepEqual(tunnelled.origin.proxy, http);
  assert.equal(writer.prepare({ ...get, url: 'http://direct.example/' }).origin.proxy, undefined);
});
