import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../errors.ts';
import type { ProxyAddress } from '../model/proxy.ts';
import { readProxyRules } from './proxies.ts';

function rulesOf(variables: Readonly<Record<string, string>>): ReturnType<typeof readProxyRules> {
  return readProxyRules((name) => variables[name]);
}

const at = (host: string): ProxyAddress => ({ isTls: false, host, port: 80, authorization: undefined });

test('without variables there is no proxy', () => {
  assert.deepEqual(rulesOf({}), { http: undefined, https: undefined, bypass: [], coversLoopback: false });
});

test('each scheme has its variable, lower case first, and ALL_PROXY stands in for both', () => {
  const { http, https } = rulesOf({ HTTP_PROXY: 'http://a', http_proxy: 'http://b', ALL_PROXY: 'http://c' });
  assert.deepEqual([http, https], [at('b'), at('c')]);
  assert.deepEqual(rulesOf({ HTTPS_PROXY: 'http://d' }), { ...rulesOf({}), https: at('d') });
});

test('the proxy of this command is for everything, and loopback too', () => {
  const rules = rulesOf({ LLM_BENCH_PROXY: 'http://a', HTTPS_PROXY: 'http://b' });
  assert.deepEqual(rules, { http: at('a'), https: at('a'), bypass: [], coversLoopback: true });
});

test('hosts without proxy stand with commas or spaces', () => {
  assert.deepEqual(rulesOf({ NO_PROXY: 'a.example, .b.example  c' }).bypass, ['a.example', '.b.example', 'c']);
});

test('a proxy that is none is a mistake of its variable, told without the password', () => {
  for (const [name, flag] of [
    ['HTTPS_PROXY', 'HTTPS_PROXY'],
    ['LLM_BENCH_PROXY', '--proxy'],
  ] as const) {
    assert.throws(
      () => rulesOf({ [name]: 'socks5://u:secret@h' }),
      (error) => error instanceof AppError && error.message.startsWith(flag) && !error.message.includes('secret'),
    );
  }
});
