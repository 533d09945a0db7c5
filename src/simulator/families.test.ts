// What holds for every family alike: times, tokens, faults, framings and the truth of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { splitAwsMessages } from '../../test/support/aws-messages.ts';
import { type FirstAnswer, firstAnswer, withoutTimes } from '../../test/support/first-answer.ts';

const WORDS = 'three small words';
const MESSAGES = [{ role: 'user', content: WORDS }];
const PLACE = { model_id: 'm', project_id: 'p' };
const MODEL = '/model/anthropic.m';

/** One streamed request of each kind. */
const STREAMS: Readonly<Record<string, readonly [path: string, body: Readonly<Record<string, unknown>>]>> = {
  'chat completions': ['/v1/chat/completions', { messages: MESSAGES, stream: true }],
  'Azure chat': ['/openai/deployments/m/chat/completions', { messages: MESSAGES, stream: true }],
  completions: ['/v1/completions', { prompt: WORDS, stream: true }],
  responses: ['/v1/responses', { input: WORDS, stream: true }],
  messages: ['/v1/messages', { messages: MESSAGES, max_tokens: 99, stream: true }],
  'Gemini events': ['/v1beta/models/m:streamGenerateContent?alt=sse', { contents: [{ parts: [{ text: WORDS }] }] }],
  'Gemini list': ['/v1beta/models/m:streamGenerateContent', { contents: [{ parts: [{ text: WORDS }] }] }],
  'Ollama chat': ['/api/chat', { messages: MESSAGES }],
  'Ollama generate': ['/api/generate', { prompt: WORDS }],
  Cohere: ['/v2/chat', { messages: MESSAGES, stream: true }],
  TGI: ['/generate_stream', { inputs: WORDS }],
  'llama.cpp': ['/completion', { prompt: WORDS, stream: true }],
  Converse: [`${MODEL}/converse-stream`, { messages: [{ role: 'user', content: [{ text: WORDS }] }] }],
  'invoke, Claude': [
    `${MODEL}/invoke-with-response-stream`,
    { anthropic_version: 'bedrock-2023-05-31', messages: MESSAGES, max_tokens: 99 },
  ],
  'invoke, Llama': [`${MODEL}/invoke-with-response-stream`, { prompt: WORDS }],
  'SageMaker chat': ['/endpoints/m/invocations-response-stream', { messages: MESSAGES, stream: true }],
  'SageMaker TGI': ['/endpoints/m/invocations-response-stream', { inputs: WORDS }],
  Triton: ['/v2/models/m/generate_stream', { text_input: WORDS }],
  'watsonx chat': ['/ml/v1/text/chat_stream?version=1', { ...PLACE, messages: MESSAGES }],
  'watsonx generation': ['/ml/v1/text/generation_stream?version=1', { ...PLACE, input: WORDS }],
};

for (const [name, [path, fields]] of Object.entries(STREAMS)) {
  const headers = { 'anthropic-version': '2023-06-01' };
  const answer = (settings: string): Promise<FirstAnswer> =>
    firstAnswer(`tokens=8; ${settings}`, { path, headers, body: { model: 'm', ...fields } });

  describe(name, () => {
    test('each token is a write of its own when it is due, and half of them come before a fault', async () => {
      const { truth, isWhole, headers: sent } = await answer('');
      assert.deepEqual([truth.status, truth.outcome, truth.inputTokens, isWhole], [200, 'sent', 3, true]);
      assert.equal(sent.get('x-request-id'), 'sim-1');
      assert.deepEqual(truth.writeTokens, [1, 1, 1, 1, 1, 1, 1, 1]);
      assert.deepEqual(
        truth.writeDueAtMs.map((atMs) => Math.round(atMs - truth.receivedAtMs)),
        [4, 6, 8, 10, 12, 14, 16, 18],
      );
      for (const [fault, ending, wasWhole] of [
        ['reset', 'reset', false],
        ['close', 'fin', false],
        ['truncate', 'fin', true],
        ['error-event', 'fin', true],
        ['error-field', 'fin', true],
      ] as const) {
        const cut = await answer(`fault=${fault}`);
        assert.deepEqual(
          [cut.truth.outputTokens, cut.truth.fault, cut.ending, cut.isWhole],
          [4, fault, ending, wasWhole],
          fault,
        );
      }
    });

    test('reads of one byte, of several events and of half a character are the same bytes', async () => {
      const plain = await answer('');
      for (const framing of ['bytes', 'coalesced']) {
        const framed = await answer(`framing=${framing}`);
        assert.ok(framed.isWhole, framing);
        assert.equal(contentOf(framed), contentOf(plain), framing);
        assert.equal(framed.truth.outputTokens, 8, framing);
      }
      // Words whose characters all have several bytes, cut and uncut.
      const cut = await answer('framing=split-utf8');
      assert.equal(contentOf(cut), contentOf(await answer('framing=bytes,split-utf8')));
      assert.equal(cut.truth.outputTokens, 8);
    });

    test('several tokens in one frame, a torn frame, no tokens at all', async () => {
      const several = await answer('tokens-per-chunk=3');
      assert.deepEqual(several.truth.writeTokens, [3, 3, 2]);
      const torn = await answer('fault=malformed');
      assert.deepEqual([torn.truth.outputTokens, torn.isWhole], [8, true]);
      assert.ok(torn.bytes.length > (await answer('')).bytes.length);
      const empty = await answer('fault=empty');
      assert.deepEqual([empty.truth.outputTokens, empty.isWhole, empty.truth.status], [0, true, 200]);
    });
  });
}

/** Without times of day, and without the sums over them. */
function contentOf({ bytes, headers }: FirstAnswer): string {
  const isAws = headers.get('content-type') === 'application/vnd.amazon.eventstream';
  const content = isAws ? Buffer.concat(splitAwsMessages(bytes).map(({ payload }) => payload)) : bytes;
  return withoutTimes(content.toString());
}
