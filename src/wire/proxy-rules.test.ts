import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProxyAddress, type ProxyRules, proxyName } from '../model/proxy.ts';
import { parseProxy, proxyFor } from './proxy-rules.ts';

const PROXY: ProxyAddress = { isTls: false, host: 'proxy', port: 3128, authorization: undefined };

function isProxied(url: string, bypass: readonly string[], more: Partial<ProxyRules> = {}): boolean {
  return proxyFor({ http: PROXY, https: PROXY, bypass, coversLoopback: false, ...more }, new URL(url)) !== undefined;
}

const bypassRows: readonly (readonly [url: string, bypass: string, isProxied: boolean])[] = [
  ['https://api.example.com/v1', '', true],
  ['https://api.example.com/v1', '*', false],
  ['https://api.example.com/v1', 'example.com', false],
  ['https://api.example.com/v1', '.example.com', false],
  ['https://api.example.com/v1', '*.example.com', false],
  ['https://api.example.com/v1', 'EXAMPLE.com', false],
  ['https://api.example.com/v1', 'ample.com', true],
  ['https://api.example.com/v1', 'api.example.com:443', false],
  ['https://api.example.com/v1', 'api.example.com:80', true],
  ['http://api.example.com/v1', 'api.example.com:80', false],
  ['http://api.example.com:8080/v1', 'api.example.com:8080', false],
  ['http://10.0.0.1/', '10.0.0.1', false],
  ['http://10.0.0.12/', '10.0.0.1', true],
  ['http://[fe80::1]:80/', 'fe80::1', false],
  ['http://[fe80::1]:80/', '[fe80::1]', false],
];

for (const [url, bypass, expected] of bypassRows) {
  test(`${url} with NO_PROXY ${bypass}: ${expected ? 'through the proxy' : 'directly'}`, () => {
    assert.equal(isProxied(url, bypass === '' ? [] : [bypass]), expected);
  });
}

test("this machine's own addresses go through a proxy only where the rules say so", () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.8.9.1', '[::1]']) {
    assert.equal(isProxied(`http://${host}:8000/`, []), false, host);
    assert.equal(isProxied(`http://${host}:8000/`, [], { coversLoopback: true }), true, host);
  }
  assert.equal(isProxied('http://localhost:8000/', ['localhost'], { coversLoopback: true }), false);
});

test('each scheme has its own proxy', () => {
  assert.equal(isProxied('http://a.example/', [], { http: undefined }), false);
  assert.equal(isProxied('https://a.example/', [], { http: undefined }), true);
});

test('the URL of a proxy is read, with and without scheme, port and login', () => {
  assert.deepEqual(parseProxy('http://proxy.example:3128'), { ...PROXY, host: 'proxy.example' });
  assert.deepEqual(parseProxy('proxy.example:3128'), { ...PROXY, host: 'proxy.example' });
  assert.deepEqual(parseProxy('https://[::1]/'), { isTls: true, host: '::1', port: 443, authorization: undefined });
  // user:pä@ss in UTF-8.
  const authorization = `Basic ${Buffer.from('user:pä@ss').toString('base64')}`;
  assert.deepEqual(parseProxy('http://user:p%C3%A4%40ss@proxy:3128'), { ...PROXY, authorization });
});

test('what is no proxy is said without its password', () => {
  for (const text of ['http://u:secret@', 'socks5://u:secret@proxy:1080', 'http://u:secret@a b']) {
    const problem = parseProxy(text);
    assert.ok(typeof problem === 'string', text);
    assert.ok(!problem.includes('secret'), problem);
  }
});

test('a proxy is named without its login', () => {
  assert.equal(proxyName({ ...PROXY, authorization: 'Basic x' }), 'http://proxy:3128');
  assert.equal(proxyName({ ...PROXY, isTls: true, host: '::1' }), 'https://[::1]:3128');
});
