import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenizerFor } from './choose.ts';

const OWN: Readonly<Record<string, readonly string[]>> = {
  o200k_base: [
    ...[
      'gpt-4o',
      'gpt-4o-mini',
      'gpt-4o-2024-11-20',
      'chatgpt-4o-latest',
      'gpt-4.1',
      'gpt-4.1-nano',
      'gpt-4.5-preview',
    ],
    ...['gpt-5', 'gpt-5-mini', 'gpt-5.1', 'o1', 'o1-pro', 'o3', 'o3-mini', 'o4-mini', 'gpt-oss', 'gpt-oss-120b'],
    ...['openai/gpt-4o', 'openrouter/openai/gpt-5-mini', 'azure/gpt-4o', 'GPT-4o', 'openai/gpt-oss-20b', 'gpt-oss:20b'],
    ...['ft:gpt-4o-mini-2024-07-18:acme::x'],
  ],
  cl100k_base: [
    ...['gpt-4', 'gpt-4-turbo', 'gpt-4-0613', 'gpt-4-32k', 'gpt-3.5-turbo', 'gpt-3.5-turbo-0125', 'azure/gpt-35-turbo'],
    ...['text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002', 'ft:gpt-3.5-turbo:acme::x'],
  ],
};

for (const [tokenizer, models] of Object.entries(OWN)) {
  for (const model of models) {
    test(`${model} counts by ${tokenizer}, its own`, () => {
      assert.deepEqual(tokenizerFor(model), { tokenizer, isApproximate: false });
    });
  }
}

for (const model of [
  ...['anthropic/claude-opus-4.6', 'gemini-2.5-flash', 'llama3', 'mistral-large', 'my-deployment', 'o1x', 'o11', ''],
  ...['gpt-40', 'gpt-4.7', 'gpt-2', 'o3beta', 'some-gpt-4o', 'gpt-4o/llama3'],
]) {
  test(`"${model}" is counted by o200k_base, approximately`, () => {
    assert.deepEqual(tokenizerFor(model), { tokenizer: 'o200k_base', isApproximate: true });
  });
}
