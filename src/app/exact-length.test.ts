import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { buildTarget } from '../../test/support/record-builder.ts';
import { createClock, takeOrigin } from '../clock.ts';
import { AppError } from '../errors.ts';
import { EMPTY_PROFILE, type ExactLength, NO_CREDENTIALS, type Target } from '../model/target.ts';
import { withExactLength } from './exact-length.ts';

async function found(
  target: Partial<Target>,
  isRehearsal: boolean = false,
  environment: (name: string) => string | undefined = () => undefined,
): Promise<ExactLength | undefined> {
  const addressed = { target: buildTarget(target), credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' } };
  const [settled] = await withExactLength([addressed], { clock: createClock(takeOrigin()), environment, isRehearsal });
  return settled?.profile.exactLength;
}

const reasonOf = (target: Partial<Target>): Promise<string> =>
  found(target).then(
    (length) => `no refusal but ${length}`,
    (error: unknown) => {
      assert.ok(error instanceof AppError && error.code === 'OUTPUT_LENGTH_UNSUPPORTED', String(error));
      return error.message;
    },
  );

test('families that are known need not be asked', async () => {
  const profile = { ...EMPTY_PROFILE, prefix: 'hosted_vllm' };
  assert.equal(await found({ profile }), 'ignore-eos-and-minimum');
  assert.equal(await found({ dialect: 'llamacpp' }), 'ignore-eos');
  assert.match(await reasonOf({ dialect: 'tgi' }), /this API has no such option/);
  assert.match(await reasonOf({ dialect: 'ollama' }), /this API has no such option/);
  assert.match(await reasonOf({ dialect: 'anthropic-messages' }), /this API has no such option/);
});

test('an endpoint that speaks as OpenAI does is asked whose its models are', async () => {
  let body = '';
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const owned = (by: unknown): string => JSON.stringify({ object: 'list', data: [{ id: 'fake', owned_by: by }] });
  try {
    for (const [owner, expected] of [
      ['vllm', 'ignore-eos-and-minimum'],
      ['sglang', 'ignore-eos-and-minimum'],
      ['llamacpp', 'ignore-eos'],
    ] as const) {
      body = owned(owner);
      assert.equal(await found({ url }), expected);
    }
    assert.deepEqual(asked[0], ['/v1/models', 'Bearer k-1']);
    // Nobody is at that host: a proxy is asked for it, as for the requests that follow.
    const proxy = (name: string): string | undefined => (name === 'HTTP_PROXY' ? new URL(url).origin : undefined);
    assert.equal(await found({ url: 'http://models.invalid/v1' }, false, proxy), 'ignore-eos');
    assert.deepEqual(asked.at(-1), ['http://models.invalid/v1/models', 'Bearer k-1']);
    body = owned('vllm');
    assert.equal(await found({ url: `${url}/chat/completions` }), 'ignore-eos-and-minimum');
    body = owned('acme');
    assert.match(await reasonOf({ url }), /its models are owned by "acme", and only vLLM/);
    body = '<html>';
    assert.match(await reasonOf({ url }), /it does not say what it is/);
    const before = asked.length;
    assert.equal(await found({ url }, true), 'ignore-eos-and-minimum');
    assert.equal(asked.length, before);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
