import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildTarget } from '../../test/support/record-builder.ts';
import { toolBody } from '../../test/support/tool-chat.ts';
import { DEFAULT_QUIRKS, type Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';
import { openaiCompletions } from './openai-completions/dialect.ts';
import { isOpenais } from './openai-options.ts';
import { openaiResponses } from './openai-responses/dialect.ts';

describe('a host', () => {
  for (const [url, isOwn] of [
    ['https://api.openai.com', true],
    ['https://api.openai.com/v1', true],
    ['https://API.OpenAI.com/v1/chat/completions', true],
    ['https://mine.openai.azure.com/openai/v1', true],
    ['https://mine.openai.azure.com:443/openai', true],
    ['http://api.openai.com/v1', false],
    ['https://api.openai.com.evil.example/v1', false],
    ['https://evil.example/https://api.openai.com/v1', false],
    ['https://openai.azure.com/v1', false],
    ['https://a.b.openai.azure.com/v1', false],
    ['https://mine.services.ai.azure.com/models', false],
    ['https://openrouter.ai/api/v1', false],
    ['http://127.0.0.1:8000/v1', false],
  ] as const) {
    test(`${url} is ${isOwn ? '' : 'not '}OpenAI’s`, () => assert.equal(isOpenais(buildTarget({ url })), isOwn));
  }
});

const OWN = 'https://api.openai.com/v1';
const OTHER = 'http://127.0.0.1:8000/v1';
const FIM = 'https://codestral.mistral.ai/v1/fim/completions';
const NO_USAGE = { ...DEFAULT_QUIRKS, asksForUsage: false };
const PADDED = { ...DEFAULT_QUIRKS, asksForNoPadding: false };
const BARE = { asksForUsage: false, asksForNoPadding: false };

describe('the options of a stream', () => {
  for (const [dialect, url, quirks, options] of [
    [openaiChat, OWN, DEFAULT_QUIRKS, { include_usage: true, include_obfuscation: false }],
    [openaiChat, OWN, PADDED, { include_usage: true }],
    [openaiChat, OWN, NO_USAGE, { include_obfuscation: false }],
    [openaiChat, OWN, BARE, undefined],
    [openaiChat, OTHER, DEFAULT_QUIRKS, { include_usage: true }],
    [openaiChat, OTHER, NO_USAGE, undefined],
    [openaiCompletions, OWN, DEFAULT_QUIRKS, { include_usage: true, include_obfuscation: false }],
    [openaiCompletions, OTHER, DEFAULT_QUIRKS, { include_usage: true }],
    [openaiCompletions, FIM, DEFAULT_QUIRKS, undefined],
    [openaiResponses, OWN, DEFAULT_QUIRKS, { include_obfuscation: false }],
    [openaiResponses, OWN, PADDED, undefined],
    [openaiResponses, OTHER, DEFAULT_QUIRKS, undefined],
  ] as const) {
    test(`of ${dialect.id} at ${url} with ${JSON.stringify(quirks)} are ${JSON.stringify(options)}`, () => {
      const given = { target: buildTarget({ url }), quirks, tools: undefined };
      assert.deepEqual(toolBody(dialect, undefined, given)['stream_options'], options);
      assert.equal('stream_options' in toolBody(dialect, undefined, { ...given, isStreamed: false }), false);
    });
  }
});

describe('what is given up, in its order', () => {
  const steps = (dialect: Dialect, url: string): readonly object[] => {
    const seen: object[] = [];
    for (let quirks = dialect.concede(DEFAULT_QUIRKS, buildTarget({ url })); quirks !== undefined; ) {
      seen.push(quirks);
      quirks = dialect.concede(quirks, buildTarget({ url }));
    }
    return seen;
  };
  for (const [dialect, url, given] of [
    [openaiChat, OWN, [PADDED, BARE]],
    [openaiChat, OTHER, [NO_USAGE]],
    [openaiCompletions, OWN, [PADDED, BARE]],
    [openaiCompletions, OTHER, [NO_USAGE]],
    [openaiCompletions, FIM, []],
    [openaiResponses, OWN, [PADDED]],
    [openaiResponses, OTHER, []],
  ] as const) {
    test(`by ${dialect.id} at ${url}`, () => assert.deepEqual(steps(dialect, url), given));
  }
});

test('OpenAI is told not to keep the answers of a benchmark, others are told nothing, and the user has the last word', () => {
  const at = (url: string, extra: { readonly store?: boolean } = {}): unknown => {
    const parameters = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra };
    return toolBody(openaiResponses, undefined, { target: buildTarget({ url }), parameters })['store'];
  };
  assert.deepEqual([at(OWN), at(OTHER), at(OWN, { store: true })], [false, undefined, true]);
});
