/** Every dialect over real sockets: the command against a server that answers with prepared bytes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TOKEN_EVENT_KINDS } from '../../src/model/record.ts';
import type { StreamPart } from '../../src/model/stream-part.ts';
import { DIALECT_IDS, type DialectId } from '../../src/model/target.ts';
import { preparedAnswers } from '../support/answers.ts';
import { makeFolder, requestsOf, runCli } from '../support/cli.ts';
import { buildTarget } from '../support/record-builder.ts';
import { startCapture } from '../support/simulator.ts';

/** Families with a test of their own: one takes two requests, one a template. */
const OWN_TEST = ['replicate', 'custom-rest'] as const;

type Told = Exclude<DialectId, (typeof OWN_TEST)[number]>;

function isTold(id: DialectId): id is Told {
  return !OWN_TEST.some((own) => own === id);
}

/** Where each family is at home, as a user would write it, and where the request must arrive. */
const PATHS: Readonly<Record<Told, readonly [written: string, streamed: string, whole: string]>> = {
  'openai-chat': ['/v1', '/v1/chat/completions', '/v1/chat/completions'],
  'openai-completions': ['/v1/completions', '/v1/completions', '/v1/completions'],
  'openai-responses': ['/v1/responses', '/v1/responses', '/v1/responses'],
  'anthropic-messages': ['/v1/messages', '/v1/messages', '/v1/messages'],
  gemini: ['/v1beta', '/v1beta/models/m:streamGenerateContent?alt=sse', '/v1beta/models/m:generateContent'],
  ollama: ['/api/chat', '/api/chat', '/api/chat'],
  cohere: ['/v2', '/v2/chat', '/v2/chat'],
  tgi: ['/generate_stream', '/generate_stream', '/generate'],
  llamacpp: ['/completion', '/completion', '/completion'],
  'bedrock-converse': ['/model/x/converse-stream', '/model/m/converse-stream', '/model/m/converse'],
  'bedrock-invoke': ['/model/x/invoke', '/model/m/invoke-with-response-stream', '/model/m/invoke'],
  'sagemaker-chat': [
    '/endpoints/x/invocations',
    '/endpoints/m/invocations-response-stream',
    '/endpoints/m/invocations',
  ],
  triton: ['/v2/models/x/generate', '/v2/models/x/generate_stream', '/v2/models/x/generate'],
  watsonx: ['/ml/v1/text/chat', '/ml/v1/text/chat_stream?version=2024-10-08', '/ml/v1/text/chat?version=2024-10-08'],
  'sagemaker-tgi': ['/', '/endpoints/m/invocations-response-stream', '/endpoints/m/invocations'],
};

/** Families that share their path with another. */
const UNTOLD: ReadonlySet<DialectId> = new Set(['sagemaker-tgi']);

interface Recorded {
  readonly bytes: Buffer;
  readonly parts: readonly (readonly StreamPart[])[];
}

/** The prepared answers of a family that are whole and without trouble. */
function recordings(id: DialectId, kind: RegExp): readonly Recorded[] {
  return (
    preparedAnswers(id)
      .filter(({ name }) => kind.test(name))
      .map((answer) => ({ ...answer, parts: answer.frames }))
      // Those of another route of the family are not sent by this one.
      .filter(({ isCutOff, target }) => !isCutOff && target.url === buildTarget().url)
      .filter(({ name, isStreamed, parts }) => {
        // A server that ignores the wish for a stream has a case of its own.
        if (isStreamed === name.endsWith('.body')) return false;
        const types = new Set(parts.flat().map(({ type }) => type));
        const reasons = parts.flat().flatMap((part) => (part.type === 'finish' ? [part.reason] : []));
        const isTrouble =
          types.has('error') || types.has('malformed') || reasons.some((one) => /filter|error/.test(one));
        const endsWithMarker = parts.at(-1)?.some(({ type }) => type === 'done') === true;
        return types.has('content') && (reasons.length > 0 || endsWithMarker) && !isTrouble;
      })
  );
}

function isTokenBearing(frame: readonly StreamPart[]): boolean {
  return frame.some(({ type }) => TOKEN_EVENT_KINDS.some((kind) => kind === type));
}

describe('a prepared answer', { concurrency: 3 }, () => {
  for (const id of DIALECT_IDS.filter(isTold)) {
    test(`of ${id} is measured token for token, the dialect told by the URL`, async () => {
      const [written, arrived] = PATHS[id];
      using folder = makeFolder();
      const answers = recordings(id, /\.(sse|ndjson|eventstream)$/);
      assert.ok(answers.length > 0);
      let next = 0;
      await using capture = await startCapture((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(answers[next++]?.bytes);
      });
      const { document, code } = await measure(
        { port: capture.port, path: written, requests: answers.length, cwd: folder.path },
        ...(UNTOLD.has(id) ? ['--dialect', id] : []),
      );
      assert.equal(code, 0);
      assert.deepEqual(new Set(capture.requests.map(({ url }) => url)), new Set([arrived]));
      assert.deepEqual(
        requestsOf(document).map(({ outcome, events }) => [outcome, events.length]),
        answers.map(({ parts }) => ['completed', parts.filter(isTokenBearing).length]),
      );
    });

    test(`of ${id} that was not streamed is completed, without token times`, async () => {
      const [written, , arrived] = PATHS[id];
      using folder = makeFolder();
      const [answer] = recordings(id, /\.body$/);
      if (id !== 'openai-chat') assert.ok(answer);
      await using capture = await startCapture((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(answer?.bytes ?? '{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}');
      });
      const { document, code } = await measure(
        { port: capture.port, path: written, requests: 1, cwd: folder.path },
        '--no-stream',
        ...(UNTOLD.has(id) ? ['--dialect', id] : []),
      );
      assert.equal(code, 0);
      assert.deepEqual(
        capture.requests.map(({ url }) => url),
        [arrived],
      );
      const [request] = requestsOf(document);
      assert.deepEqual([request?.outcome, request?.isStreamed, request?.firstTokenAtMs], ['completed', false, null]);
      const validity = document.targets[0]?.validity ?? [];
      assert.ok(
        validity.every((entry) => entry.id !== 'not-streamed'),
        'it was asked for',
      );
    });
  }
});

interface Measured {
  readonly port: number;
  readonly path: string;
  readonly requests: number;
  readonly cwd: string;
}

async function measure(
  { port, path, requests, cwd }: Measured,
  ...more: readonly string[]
): Promise<{ document: Parameters<typeof requestsOf>[0]; code: number | null }> {
  const args = [
    ...['run', '--endpoint', `http://127.0.0.1:${port}${path}`, '--model', 'm', '--prompt', 'hi', '--warmup', '0'],
    ...['-n', `${requests}`, '--no-save', '--output', 'json', '--include', 'requests', '--no-progress', ...more],
  ];
  const { stdout, code } = await runCli(args, { cwd });
  return { document: JSON.parse(stdout), code };
}
