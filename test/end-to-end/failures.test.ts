import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { RequestDocument, RunDocument, TargetDocument } from '../../src/contract/run-document.ts';
import type { FlagValues } from '../../src/simulator/flags.ts';
import { makeFolder, onlyTarget, requestsOf, runArgs, runForDocument } from '../support/cli.ts';
import { type Endpoint, startCapture, startEndpoint } from '../support/simulator.ts';

/** Simulated fault, failure kind, HTTP status and code in the record. */
const FAULTS: readonly (readonly [fault: string, kind: string, status: number | null, code?: string])[] = [
  ['400', 'invalid-request', 400, 'invalid_request_error'],
  ['401', 'auth', 401, 'invalid_api_key'],
  ['402', 'quota', 402, 'insufficient_balance'],
  ['403', 'permission', 403, 'permission_denied'],
  ['404', 'not-found', 404, 'model_not_found'],
  ['429', 'rate-limited', 429, 'rate_limit_exceeded'],
  ['500', 'server', 500, 'server_error'],
  ['502', 'server', 502],
  ['503', 'overloaded', 503, 'service_unavailable'],
  ['529', 'overloaded', 529, 'overloaded_error'],
  ['quota', 'quota', 429, 'insufficient_quota'],
  ['context-length', 'context-length', 400, 'context_length_exceeded'],
  ['content-filter', 'content-filter', 400, 'content_filter'],
  ['reset', 'reset', 200, 'ECONNRESET'],
  ['reset-before', 'reset', null, 'ECONNRESET'],
  ['close', 'truncated', 200],
  ['truncate', 'truncated', 200],
  ['error-event', 'stream-error', 200, 'simulated'],
  ['error-field', 'stream-error', 200, 'simulated'],
  ['error-json', 'stream-error', 200, 'simulated'],
  ['malformed', 'malformed', 200],
  ['empty', 'empty-output', 200],
];

/** Ways to send the same answer: every one must be read like the plainest. */
const FRAMINGS = [
  ...['crlf', 'cr', 'comments', 'no-space', 'multi-data', 'bom', 'no-done', 'no-final-newline', 'event-names', 'bytes'],
  ...['coalesced', 'crlf,comments,bom', 'cr,bytes', 'event-names,multi-data,no-space,crlf', 'no-done,no-final-newline'],
  ...['coalesced,cr,comments,no-final-newline', 'bom,bytes,crlf'],
] as const;

/** Tokens of every variant below: 4 of reasoning where there are any, and 12 of the answer. */
const ANSWER_TOKENS = 12;
const TOOLS = ['--param', 'tools=[{"type":"function","function":{"name":"look_up"}}]'];

interface Variant {
  readonly name: string;
  readonly flags: FlagValues;
}

/** Runs one target per variant, side by side in one process: 3 requests each. */
async function measureAll(variants: readonly Variant[], ...more: readonly string[]): Promise<Measured> {
  using folder = makeFolder();
  const endpoints = await Promise.all(variants.map(({ flags }) => startEndpoint(flags)));
  const [first, ...others] = variants.map(({ name }, index) => `${name}=${endpoints[index]?.url}`);
  try {
    const args = runArgs(first ?? '', ...others.flatMap((url) => ['--endpoint', url]), '-n', '3', '--no-save', ...more);
    return { document: await runForDocument(args, { cwd: folder.path }), endpoints };
  } finally {
    for (const endpoint of endpoints) await endpoint.settle();
  }
}

interface Measured {
  readonly document: RunDocument;
  readonly endpoints: readonly Endpoint[];
}

function targetOf({ document }: Measured, name: string): TargetDocument {
  const target = document.targets.find(({ provider }) => provider === name);
  assert.ok(target, name);
  return target;
}

function requestsAt({ document }: Measured, name: string): readonly RequestDocument[] {
  return requestsOf(document).filter(({ provider }) => provider === name);
}

function countedAt(measured: Measured, name: string): number {
  return requestsAt(measured, name).reduce((sum, { counted }) => sum + (counted?.output ?? Number.NaN), 0);
}

describe('each kind of failure', () => {
  let measured: Measured;
  before(async () => {
    const variants = FAULTS.map(([fault]) => ({ name: fault, flags: { fault, tokens: '8' } }));
    const fine = { name: 'fine', flags: { tokens: '8' } };
    measured = await measureAll([...variants, fine]);
  });

  for (const [fault, kind, status, code = null] of FAULTS) {
    test(`the fault ${fault} is a failure of kind ${kind}, each time`, () => {
      const { requests, failures, errorRate } = targetOf(measured, fault);
      assert.deepEqual(requests, { started: 3, completed: 0, failed: 3, cancelled: 0, dropped: 0, retries: 0 });
      assert.deepEqual([failures, errorRate], [{ [kind]: 3 }, 1]);
      for (const { outcome, failure } of requestsAt(measured, fault)) {
        assert.deepEqual([outcome, failure?.kind, failure?.status, failure?.code], ['failed', kind, status, code]);
        assert.match(failure?.message ?? '', /^[^\n]+$/);
      }
    });
  }

  test('a target beside failing ones is none the worse', () => {
    assert.deepEqual(targetOf(measured, 'fine').requests.completed, 3);
    assert.deepEqual(targetOf(measured, 'fine').failures, {});
  });

  test('every request reached the server once', () => {
    for (const { truth } of measured.endpoints) assert.equal(truth.length, 3);
  });

  test('Retry-After is in the record of a refusal that carries it', () => {
    for (const fault of ['429', '503', '529']) {
      assert.deepEqual(
        requestsAt(measured, fault).map(({ failure }) => failure?.retryAfterMs),
        [1000, 1000, 1000],
      );
    }
  });

  test('tokens of an answer that broke off have their instants, and no end-to-end latency', () => {
    for (const fault of ['reset', 'close', 'truncate', 'error-event']) {
      for (const { events, firstTokenAtMs } of requestsAt(measured, fault)) {
        assert.equal(events.length, 4, fault);
        assert.ok(firstTokenAtMs !== null);
      }
      assert.deepEqual(
        [targetOf(measured, fault).metrics['e2e']?.n, targetOf(measured, fault).metrics['timeToError']?.n],
        [0, 3],
      );
    }
  });
});

describe('mixed faults', { concurrency: 3 }, () => {
  test('by request number: exactly those requests fail, each in its way', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: ['429@2,5', 'reset@3', 'truncate@7', 'error-event@8'] });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '9'), { cwd: folder.path });
    const outcomes = requestsOf(document).map(({ failure }) => failure?.kind ?? 'completed');
    const [fine, limited] = ['completed', 'rate-limited'];
    assert.deepEqual(outcomes, [fine, limited, 'reset', fine, limited, fine, 'truncated', 'stream-error', fine]);
    const target = onlyTarget(document);
    assert.deepEqual(target.failures, { 'rate-limited': 2, reset: 1, truncated: 1, 'stream-error': 1 });
    assert.deepEqual([target.requests.completed, target.requests.failed, target.errorRate], [4, 5, 5 / 9]);
  });

  test('by chance, among 16 clients: counts are those of the server', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({
      ttft: '5',
      fault: ['500:0.2', 'reset:0.1', 'truncate:0.1', '429:0.1'],
    });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '400', '--concurrency', '16'), {
      cwd: folder.path,
    });
    const countOf = (fault: string | null): number => endpoint.truth.filter((record) => record.fault === fault).length;
    const { requests, failures } = onlyTarget(document);
    assert.deepEqual([requests.started, requests.completed], [400, countOf(null)]);
    assert.deepEqual(failures, {
      reset: countOf('reset'),
      'rate-limited': countOf('429'),
      server: countOf('500'),
      truncated: countOf('truncate'),
    });
    assert.equal(requests.failed, 400 - countOf(null));
  });

  test('a full server: those it refuses are failed, those it queues are completed', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '40', maxConcurrency: '2', maxQueue: '3' });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '8', '--concurrency', '8'), { cwd: folder.path });
    const refused = endpoint.truth.filter(({ status }) => status === 429).length;
    assert.equal(refused, 3);
    assert.deepEqual(onlyTarget(document).failures, { 'rate-limited': refused });
    assert.equal(onlyTarget(document).requests.completed, 5);
  });
});

describe('each framing', () => {
  let measured: Measured;
  before(async () => {
    const variants = ['lf', 'split-utf8', ...FRAMINGS].map((framing) => ({
      name: framing.replaceAll(',', '.'),
      flags: { framing, tokens: String(ANSWER_TOKENS), reasoningTokens: '4' },
    }));
    measured = await measureAll(variants, '--save-text');
  });

  for (const framing of FRAMINGS) {
    test(`${framing} gives the same answers as the plainest form`, () => {
      const name = framing.replaceAll(',', '.');
      assertWhole(targetOf(measured, name));
      const textsOf = (provider: string): unknown => requestsAt(measured, provider).map(({ text }) => text?.answer);
      assert.deepEqual(textsOf(name), textsOf('lf'));
      for (const { events } of requestsAt(measured, name)) {
        assert.deepEqual(
          events.map(({ kind }) => kind),
          [...new Array(4).fill('reasoning'), ...new Array(12).fill('content')],
        );
      }
    });
  }

  test('split-utf8: no character is lost where a read cuts it', () => {
    assertWhole(targetOf(measured, 'split-utf8'));
    for (const { text } of requestsAt(measured, 'split-utf8')) {
      assert.match(text?.answer ?? '', /^r[123]( (café|漢字|🙂|naïve|Übung|語)){11}$/);
    }
  });

  function assertWhole({ requests, tokens, failures }: TargetDocument): void {
    assert.deepEqual(failures, {});
    assert.deepEqual([requests.completed, tokens.output, tokens.reasoning, tokens.source], [3, 48, 12, 'reported']);
  }
});

describe('each shape of an answer', () => {
  const variants: readonly Variant[] = [
    { name: 'own', flags: { usage: 'own' } },
    { name: 'finish', flags: { usage: 'finish' } },
    { name: 'every', flags: { usage: 'every' } },
    { name: 'none', flags: { usage: 'none' } },
    { name: 'text-first', flags: { firstChunk: 'text' } },
    { name: 'no-role', flags: { firstChunk: 'none' } },
    { name: 'reasoning', flags: { reasoningTokens: '4', reasoningField: 'reasoning' } },
    { name: 'only-reasoning', flags: { reasoningTokens: '12', tokens: '0' } },
    { name: 'tool-call', flags: { answer: 'tool-call' } },
    { name: 'one-body', flags: { ignoreStream: true } },
    { name: 'slow-end', flags: { fault: 'slow-end' } },
    { name: 'chunky', flags: { tokensPerChunk: '5' } },
    { name: 'cached', flags: { cachedTokens: '2' } },
    { name: 'renamed', flags: { modelAnswered: 'other' } },
  ];
  let measured: Measured;
  before(async () => {
    const flagged = variants.map(({ name, flags }) => ({ name, flags: { tokens: String(ANSWER_TOKENS), ...flags } }));
    measured = await measureAll(flagged, ...TOOLS);
  });

  test('is completed, with every token counted', () => {
    for (const { name, flags } of variants) {
      const { requests, tokens, failures } = targetOf(measured, name);
      assert.deepEqual(failures, {}, name);
      const reported = 3 * (flags['reasoningTokens'] === '4' ? 16 : 12);
      const output = name === 'none' ? countedAt(measured, name) : reported;
      assert.deepEqual(
        [requests.completed, tokens.output, tokens.source],
        [3, output, name === 'none' ? 'counted' : 'reported'],
        name,
      );
    }
  });

  test('one body instead of a stream has no time to the first token', () => {
    assert.deepEqual(
      requestsAt(measured, 'one-body').map(({ isStreamed, firstTokenAtMs }) => [isStreamed, firstTokenAtMs]),
      new Array(3).fill([false, null]),
    );
    const { metrics } = targetOf(measured, 'one-body');
    assert.deepEqual([metrics['ttft']?.n, metrics['e2e']?.n], [0, 3]);
  });

  test('reasoning alone has a first token, but no first output', () => {
    const { metrics } = targetOf(measured, 'only-reasoning');
    assert.deepEqual([metrics['ttft']?.n, metrics['ttfo']?.n], [3, 0]);
  });

  test('a tool call has its name and its arguments', () => {
    for (const { events, finishReason } of requestsAt(measured, 'tool-call')) {
      assert.deepEqual([events[0]?.kind, events[1]?.kind, finishReason], ['tool-name', 'tool-arguments', 'tool_calls']);
    }
    assert.equal(targetOf(measured, 'tool-call').metrics['toolCallLatency']?.n, 3);
  });

  test('cached tokens and another model are told', () => {
    assert.equal(targetOf(measured, 'cached').tokens.cached, 6);
    assert.deepEqual(
      requestsAt(measured, 'renamed').map(({ modelAnswered }) => modelAnswered),
      ['other', 'other', 'other'],
    );
  });
});

describe('each time limit', { concurrency: 9 }, () => {
  for (const [fault, kind, ...limit] of [
    ['no-headers', 'timeout-total', '--timeout', '400ms'],
    ['stall-before', 'timeout-total', '--timeout', '400ms'],
    ['stall', 'timeout-total', '--timeout', '400ms'],
    ['no-headers', 'timeout-first-token', '--first-token-timeout', '300ms'],
    ['stall-before', 'timeout-first-token', '--first-token-timeout', '300ms', '--idle-timeout', '5s'],
    ['stall', 'timeout-idle', '--idle-timeout', '300ms', '--first-token-timeout', '20s'],
    ['stall-before', 'timeout-idle', '--idle-timeout', '300ms'],
  ] as const) {
    test(`${limit.join(' ')} ends the fault ${fault} as ${kind}`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint({ fault: `${fault}@1,2`, tokens: '8' });
      const document = await runForDocument(runArgs(endpoint.url, '-n', '3', ...limit), { cwd: folder.path });
      const { requests, failures } = onlyTarget(document);
      assert.deepEqual([requests.started, requests.completed, requests.failed, failures], [3, 1, 2, { [kind]: 2 }]);
      assert.equal((await endpoint.settle()).length, 3);
      assert.deepEqual(
        requestsOf(document).map(({ events }) => events.length),
        fault === 'stall' ? [4, 4, 8] : [0, 0, 8],
      );
    });
  }

  test('a server that is slow but never idle is not cut by --idle-timeout', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ tokenDelay: '100', tokens: '12' });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '1', '--idle-timeout', '800ms'), {
      cwd: folder.path,
    });
    assert.equal(onlyTarget(document).requests.completed, 1);
  });

  test('a body that stays open after its terminal marker is not waited for', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'slow-end', slowEnd: '60s' });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '2', '--timeout', '20s'), { cwd: folder.path });
    assert.equal(onlyTarget(document).requests.completed, 2);
  });
});

describe('no connection', { concurrency: 3 }, () => {
  const failuresAt = async (url: string, ...more: readonly string[]): Promise<readonly unknown[]> => {
    using folder = makeFolder();
    const document = await runForDocument(runArgs(url, '-n', '2', ...more), { cwd: folder.path }, 3);
    const { requests, failures } = onlyTarget(document);
    return [requests.started, requests.failed, failures];
  };

  test('a name that nobody knows is a failure of kind dns', async () => {
    assert.deepEqual(await failuresAt('http://name.invalid/v1'), [2, 2, { dns: 2 }]);
  });

  test('a port where nobody listens is a failure of kind connect', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual(await failuresAt(`http://127.0.0.1:${address.port}/v1`), [2, 2, { connect: 2 }]);
  });

  test('TLS to a server that speaks plain HTTP is a failure of kind tls', async () => {
    await using plain = await startCapture();
    assert.deepEqual(await failuresAt(plain.url.replace('http:', 'https:')), [2, 2, { tls: 2 }]);
  });

  describe('where a server listens and never accepts', {
    skip: process.platform === 'linux' ? false : 'how a full backlog behaves is Linux’s own',
  }, () => {
    let listener: ChildProcess;
    let port = 0;
    const filling: Socket[] = [];
    before(async () => {
      // Blocks its event loop once it listens, so that the system alone takes connections: one more than the backlog.
      const code = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        require('fs').writeSync(1, s.address().port + '\\n');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`;
      listener = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
      assert.ok(listener.stdout);
      const [line] = await once(listener.stdout, 'data');
      port = Number(line);
      for (let filled = 0; filled < 2; filled += 1) {
        const socket = connect(port, '127.0.0.1');
        filling.push(socket);
        await once(socket, 'connect');
      }
    });
    after(() => {
      for (const socket of filling) socket.on('error', () => undefined).destroy();
      listener.kill('SIGKILL');
    });

    test('--connect-timeout ends the wait as timeout-connect', async () => {
      const limits = ['--connect-timeout', '300ms', '--first-token-timeout', '20s'];
      assert.deepEqual(await failuresAt(`http://127.0.0.1:${port}/v1`, ...limits), [2, 2, { 'timeout-connect': 2 }]);
    });
  });
});
