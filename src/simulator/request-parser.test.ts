import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpRequest, MalformedRequest, RequestParser } from './request-parser.ts';

const WITH_LENGTH = 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello';
const IN_CHUNKS = 'POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\n\r\n';

function parseAll(pieces: readonly Buffer[]): readonly HttpRequest[] {
  const parser = new RequestParser();
  const requests: HttpRequest[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (let next = parser.next(); next !== undefined; next = parser.next()) requests.push(next);
  }
  return requests;
}

test('requests are the same wherever their bytes are cut', () => {
  const bytes = Buffer.from(WITH_LENGTH + IN_CHUNKS + WITH_LENGTH);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const requests = parseAll([bytes.subarray(0, cut), bytes.subarray(cut)]);
    assert.deepEqual(
      requests.map(({ path, body }) => `${path} ${body.toString()}`),
      ['/a hello', '/b hello', '/a hello'],
    );
  }
  assert.equal(parseAll(Array.from(bytes, (byte) => Buffer.from([byte]))).length, 3);
});

test('header names are lower-case and values trimmed', () => {
  const [request] = parseAll([Buffer.from('GET / HTTP/1.0\r\nX-Simulate:  fault=429 \r\n\r\n')]);
  assert.equal(request?.headers.get('x-simulate'), 'fault=429');
  assert.equal(request?.isHttp10, true);
});

test('bytes that are no HTTP request are refused', () => {
  for (const text of [
    'hello\r\n\r\n',
    'GET / HTTP/1.1\r\nnocolon\r\n\r\n',
    'GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n',
  ]) {
    assert.throws(() => parseAll([Buffer.from(text)]), MalformedRequest);
  }
  assert.throws(() => parseAll([Buffer.alloc(70_000, 'a')]), MalformedRequest);
});

test('a client that waits for 100 Continue is seen to wait until the body comes', () => {
  const parser = new RequestParser();
  parser.push(Buffer.from('POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n'));
  assert.equal(parser.next(), undefined);
  assert.equal(parser.awaitsContinue(), true);
  parser.push(Buffer.from('ok'));
  assert.equal(parser.next()?.body.toString(), 'ok');
});
