/** Every dialect against the simulator, which knows what it sent: times, tokens, usage and reason must be what it wrote down. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RequestDocument } from '../../src/contract/run-document.ts';
import type { DialectId } from '../../src/model/target.ts';
import type { FlagValues } from '../../src/simulator/flags.ts';
import type { TruthRecord } from '../../src/simulator/truth.ts';
import { makeFolder, requestsOf, runCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

interface Family {
  readonly path: string;
  /** What the family's usage tells of 40 tokens in, 10 of them from a cache and 5 into it, 2 of reasoning and 6 of answer. */
  readonly tokens: readonly (number | null)[];
  /** Whether it never says why an answer ended. */
  readonly isMute?: boolean;
  /** Whether its stream ends with the body, and nothing else says so: then an end before its time is an end like any. */
  readonly endsWithBody?: boolean;
  /** What it must be told beside a prompt. */
  readonly parameters?: readonly string[];
}

const [INPUT, CACHED, CACHE_WRITE] = [40, 10, 5];
const USAGE = { inputTokens: `${INPUT}`, cachedTokens: `${CACHED}`, cacheWriteTokens: `${CACHE_WRITE}` };

/** Tokens: input, cached, cache-write, output, reasoning; null is unknown. Families without reasoning send the answer alone. */
const FAMILIES: { readonly [id in DialectId]?: Family } = {
  'openai-chat': { path: '/v1', tokens: [40, 10, 5, 8, 2] },
  'openai-completions': { path: '/v1/completions', tokens: [40, 10, 5, 6, 0] },
  'openai-responses': { path: '/v1/responses', tokens: [40, 10, 5, 8, 2] },
  'anthropic-messages': { path: '/v1/messages', tokens: [40, 10, 5, 8, 2] },
  gemini: { path: '/v1beta', tokens: [40, 10, null, 8, 2] },
  ollama: { path: '/api/chat', tokens: [40, null, null, 8, null] },
  cohere: { path: '/v2', tokens: [40, 10, null, 8, null] },
  tgi: { path: '/generate_stream', tokens: [40, null, null, 6, null] },
  llamacpp: { path: '/completion', tokens: [40, 10, null, 6, null] },
  'bedrock-converse': { path: '/model/x/converse-stream', tokens: [40, 10, 5, 8, null] },
  'bedrock-invoke': { path: '/model/x/invoke', tokens: [40, 10, 5, 8, 2] },
  'sagemaker-chat': { path: '/endpoints/x/invocations', tokens: [40, 10, 5, 8, 2] },
  'sagemaker-tgi': { path: '/', tokens: [40, null, null, 6, null] },
  triton: {
    path: '/v2/models/m/generate_stream',
    tokens: [null, null, null, null, null],
    isMute: true,
    endsWithBody: true,
  },
  watsonx: { path: '/ml/v1/text/chat_stream', tokens: [40, null, null, 8, null], parameters: ['project_id=p'] },
  replicate: { path: '/v1/models/o/m/predictions', tokens: [null, null, null, null, null], isMute: true },
};

/** The second to fourth request fail: refused, amid the stream, and by an end before its time. */
const FAULTS = ['429@2', 'error-event@3', 'truncate@4'];

describe("the simulator's", { concurrency: 3 }, () => {
  for (const [id, { path, tokens, isMute = false, endsWithBody = false, parameters = [] }] of Object.entries(
    FAMILIES,
  )) {
    const more = parameters.flatMap((parameter) => ['--param', parameter]);
    const reason = isMute ? null : 'stop';

    test(`${id} is measured as it was sent, and fails as it failed`, async () => {
      const flags = { ...USAGE, reasoningTokens: '2', tokens: '6', fault: FAULTS };
      const { requests, truth } = await measure({ id, path, flags }, '-n', '4', '--concurrency', '1', ...more);
      const [sent, refused, failed, cut] = requests;
      assert.ok(sent !== undefined && truth[0] !== undefined);
      assert.deepEqual([sent.outcome, sent.finishReason], ['completed', reason]);
      const { input, cached, cacheWrite, output, reasoning, source } = sent.tokens;
      // Where nobody said, they were counted afterwards.
      const told = [input, cached, cacheWrite, source === 'reported' ? output : null, reasoning];
      assert.deepEqual(told, tokens);
      assert.match(sent.text?.answer ?? '', /^r1( \S+){5}$/);
      assert.equal(sent.text?.reasoning === '', truth[0].reasoningTokens === 0);
      assert.deepEqual([refused?.failure?.kind, refused?.failure?.status], ['rate-limited', 429]);
      assert.deepEqual([failed?.outcome, cut?.failure?.kind], ['failed', endsWithBody ? undefined : 'truncated']);
      assert.match(failed?.failure?.message ?? '', /Simulated failure in the stream/);
      // Of one token each, also where the stream did not come to its end.
      assert.deepEqual(
        requests.map(({ events }) => events.length),
        truth.map(({ writes }) => writes.length),
      );
    });

    test(`${id} is read whole where no stream is wanted`, async () => {
      const { requests, truth } = await measure(
        { id, path, flags: { tokens: '6' } },
        '-n',
        '1',
        '--no-stream',
        ...more,
      );
      const [request] = requests;
      assert.deepEqual([request?.outcome, request?.firstTokenAtMs], ['completed', null]);
      assert.match(request?.text?.answer ?? '', /^r1( \S+){5}$/);
      assert.deepEqual([truth[0]?.writeTokens, request?.finishReason], [[6], reason]);
    });
  }
});

interface Run {
  readonly id: string;
  readonly path: string;
  readonly flags: FlagValues;
}

async function measure(
  { id, path, flags }: Run,
  ...more: readonly string[]
): Promise<{ readonly requests: readonly RequestDocument[]; readonly truth: readonly TruthRecord[] }> {
  using folder = makeFolder();
  await using endpoint = await startEndpoint(flags);
  const args = [
    ...['run', '--endpoint', `http://127.0.0.1:${endpoint.port}${path}`, '--model', 'm', '--dialect', id],
    ...['--prompt', 'hi', '--warmup', '0', '--no-save', '--save-text', '--output', 'json'],
    ...['--include', 'requests', '--no-progress', ...more],
  ];
  const { stdout } = await runCli(args, { cwd: folder.path });
  return { requests: requestsOf(JSON.parse(stdout)), truth: await endpoint.settle() };
}
