import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import { NO_PROXIES } from '../model/proxy.ts';
import { transportOf } from './environment.ts';

const PROXY = { isTls: false, host: 'proxy', port: 3128, authorization: 'Basic c2VjcmV0' };
const URL_DIRECT = 'https://direct.example/v1';
const URL_PROXIED = 'https://api.example/v1';

test('a run says what measured it, and through which proxy, without its login', () => {
  const plan = buildPlan({ targets: [URL_DIRECT, URL_PROXIED].map((url) => buildTarget({ url })) });
  const rules = { ...NO_PROXIES, https: PROXY, bypass: ['direct.example'] };
  assert.equal(transportOf(plan, NO_PROXIES), 'llm-bench HTTP/1.1 on node:net');
  assert.equal(transportOf(plan, rules), 'llm-bench HTTP/1.1 on node:net, through http://proxy:3128');
  assert.equal(transportOf({ ...plan, isHttp2: true }, NO_PROXIES), 'HTTP/2 on node:http2, shared connections');
});
