/** Families whose requests are not told by a URL alone, over real sockets: one that takes two, one that a template describes. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { createClock, takeOrigin } from '../../src/clock.ts';
import { DEFAULT_QUIRKS } from '../../src/dialects/dialect.ts';
import { dialectOf } from '../../src/dialects/registry.ts';
import { Drafts } from '../../src/engine/drafts.ts';
import { observe } from '../../src/engine/observe.ts';
import type { RequestRecord } from '../../src/model/record.ts';
import type { RestTemplate } from '../../src/model/rest-template.ts';
import { type DialectId, EMPTY_PROFILE, NO_CREDENTIALS, type Target } from '../../src/model/target.ts';
import { NOTHING_ASKED } from '../../src/model/workload.ts';
import { createHttpClient } from '../../src/wire/http.ts';
import { createSanitizer } from '../../src/wire/sanitize.ts';
import { buildPlan, buildTarget } from '../support/record-builder.ts';

interface Seen {
  readonly line: string;
  readonly key: string | undefined;
  readonly body: string;
  /** Of the client, to see which connection was used. */
  readonly port: number | undefined;
}

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
}

/** Answers each request as the test says, and tells what it saw. */
async function startServer(answer: (line: string, origin: string) => Answer): Promise<{
  readonly origin: string;
  readonly seen: readonly Seen[];
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const seen: Seen[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const line = `${request.method} ${request.url}`;
    const { authorization: key } = request.headers;
    seen.push({ line, key, body: Buffer.concat(pieces).toString(), port: request.socket.remotePort });
    const { status = 200, type = 'application/json', body } = answer(line, origin);
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One request to a target, as a run sends it. */
async function ask(target: Target, isStreamed = true): Promise<RequestRecord> {
  const clock = createClock(takeOrigin());
  const http = createHttpClient(clock);
  const dialect = dialectOf(target.dialect);
  const drafts = new Drafts({
    plan: buildPlan({ targets: [target], isStreamed }),
    target,
    credentials: { ...NO_CREDENTIALS, apiKey: 'k-1' },
    userAgent: 'test',
    dialect,
    http,
    clock,
    authorize: (request) => request,
    createSanitizer,
  });
  const messages = [{ role: 'user', content: 'Hi' }] as const;
  const nothing = { name: undefined, maxTokens: undefined, tools: undefined, toolChoice: undefined };
  const draft = drafts.draft(
    { item: { index: 0, messages, ...nothing }, asked: NOTHING_ASKED, laterTurns: [] },
    DEFAULT_QUIRKS,
  );
  const record = await new Promise<RequestRecord>((resolve) => {
    observe(
      {
        identity: {
          ...{ id: 1, targetIndex: 0, phase: 'measure', promptIndex: 0, promptName: undefined },
          asked: undefined,
          ...{ attempt: 1, retryOf: undefined, scheduledAtMs: undefined },
        },
        request: drafts.fresh(draft),
        follow: drafts.followOf(draft),
        ...{
          target,
          dialect,
          http,
          clock,
          isStreamed,
          promptText: 'Hi',
          keepsText: 'always',
          maxTokenEvents: undefined,
        },
        timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 20_000 },
        sanitizer: drafts.sanitizer,
      },
      resolve,
    );
  });
  http.close();
  return record;
}

function targetOf(dialect: DialectId, url: string, template?: RestTemplate): Target {
  return buildTarget({ dialect, url, model: 'o/m', profile: { ...EMPTY_PROFILE, template } });
}

describe('replicate', () => {
  const ticket = (stream: string | undefined): Answer => ({
    status: 201,
    body: JSON.stringify({ status: 'starting', model: 'o/m', urls: { stream } }),
  });
  const stream: Answer = {
    type: 'text/event-stream',
    body: 'event: output\ndata: Grüß\n\nevent: output\ndata:\ndata: Gott\n\nevent: done\ndata: {}\n\n',
  };

  test('is one record of two requests over one connection', async () => {
    await using server = await startServer((line, origin) =>
      line.startsWith('POST') ? ticket(`${origin}/streams/1`) : stream,
    );
    const record = await ask(targetOf('replicate', `${server.origin}/v1`));
    assert.deepEqual(record.outcome, { kind: 'completed' });
    assert.equal(record.text?.answer, 'Grüß\nGott');
    assert.equal(record.events.length, 2);
    assert.deepEqual(
      server.seen.map(({ line, key }) => [line, key]),
      [
        ['POST /v1/models/o/m/predictions', 'Bearer k-1'],
        ['GET /streams/1', 'Bearer k-1'],
      ],
    );
    assert.equal(server.seen[0]?.port, server.seen[1]?.port);
    const { startedAtMs, socketAtMs, sentAtMs, headersAtMs, firstTokenAtMs, endedAtMs } = record.instants;
    const order = [startedAtMs, socketAtMs, sentAtMs, headersAtMs, firstTokenAtMs, endedAtMs].map(Number);
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
  });

  test('asks no other host, and says so', async () => {
    await using other = await startServer(() => stream);
    await using server = await startServer(() => ticket(`${other.origin}/steal`));
    const { outcome } = await ask(targetOf('replicate', `${server.origin}/v1`));
    assert.ok(outcome.kind === 'failed');
    assert.deepEqual([outcome.failure.kind, outcome.failure.status], ['stream-error', 201]);
    assert.match(outcome.failure.message, /neither yours nor replicate\.com$/);
    assert.equal(other.seen.length, 0);
  });

  test('waits for the end where no stream is wanted', async () => {
    const body = { status: 'succeeded', output: ['a', 'b'], metrics: { output_token_count: 2 } };
    await using server = await startServer(() => ({ status: 201, body: JSON.stringify(body) }));
    const record = await ask(targetOf('replicate', `${server.origin}/v1`), false);
    assert.deepEqual([record.outcome.kind, record.isStreamed, record.usage.outputTokens], ['completed', false, 2]);
    assert.equal(server.seen.length, 1);
  });
});

const PATHS = {
  text: 'piece.text',
  reasoning: undefined,
  finish: undefined,
  inputTokens: undefined,
  outputTokens: 'count',
  error: undefined,
};

describe('custom-rest', () => {
  for (const [framing, type, body] of [
    [
      'sse',
      'text/event-stream',
      'data: {"piece":{"text":"a"}}\n\ndata: {"piece":{"text":"b"},"count":2}\n\ndata: END\n\n',
    ],
    ['ndjson', 'application/x-ndjson', '{"piece":{"text":"a"}}\n{"piece":{"text":"b"},"count":2}\nEND\n'],
  ] as const) {
    test(`is asked and read by its template, framed as ${framing}`, async () => {
      await using server = await startServer(() => ({ type, body }));
      const asked = { q: '{{prompt}}', who: '{{model}}', n: '{{max_tokens}}' };
      const template: RestTemplate = { method: 'POST', body: asked, framing, paths: PATHS, doneMarker: 'END' };
      const record = await ask(targetOf('custom-rest', `${server.origin}/ask`, template));
      assert.deepEqual(record.outcome, { kind: 'completed' });
      assert.deepEqual([record.text?.answer, record.events.length, record.usage.outputTokens], ['ab', 2, 2]);
      assert.deepEqual(server.seen[0]?.line, 'POST /ask');
      assert.equal(server.seen[0]?.body, '{"q":"Hi","who":"o/m"}');
    });
  }

  test('may be a GET whose answer is one body', async () => {
    await using server = await startServer(() => ({ body: '{"piece":{"text":"Hello"},"count":1}' }));
    const template: RestTemplate = {
      method: 'GET',
      body: undefined,
      framing: 'json',
      paths: PATHS,
      doneMarker: undefined,
    };
    const record = await ask(targetOf('custom-rest', `${server.origin}/{{model}}/ask`, template));
    assert.deepEqual([record.outcome.kind, record.isStreamed, record.text?.answer], ['completed', false, 'Hello']);
    assert.deepEqual(server.seen[0], { ...server.seen[0], line: 'GET /o%2Fm/ask', body: '' });
  });
});
