import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessDialect } from './guess-dialect.ts';

for (const [path, dialect] of [
  ['', 'openai-chat'],
  ['/v1', 'openai-chat'],
  ['/openai/deployments/gpt/chat/completions', 'openai-chat'],
  ['/v1/completions', 'openai-completions'],
  ['/v1/responses', 'openai-responses'],
  ['/v1/messages', 'anthropic-messages'],
  ['/v1beta', 'gemini'],
  ['/v1beta/models/gemini-2.5-flash:streamGenerateContent', 'gemini'],
  ['/v1beta/models/gemini-2.5-flash:generateContent', 'gemini'],
  ['/api', 'ollama'],
  ['/api/chat', 'ollama'],
  ['/api/generate', 'ollama'],
  ['/v2', 'cohere'],
  ['/v2/chat', 'cohere'],
  ['/generate', 'tgi'],
  ['/generate_stream', 'tgi'],
  ['/completion', 'llamacpp'],
  ['/model/us.a%3A0/converse-stream', 'bedrock-converse'],
  ['/model/us.a%3A0/converse', 'bedrock-converse'],
  ['/model/us.a%3A0/invoke-with-response-stream', 'bedrock-invoke'],
  ['/model/us.a%3A0/invoke', 'bedrock-invoke'],
  ['/endpoints/a/invocations-response-stream', 'sagemaker-chat'],
  ['/endpoints/a/invocations', 'sagemaker-chat'],
  ['/serving-endpoints/a/invocations', 'openai-chat'],
  ['/api/v1', 'openai-chat'],
] as const) {
  test(`at "${path}" speaks ${dialect}`, () => assert.equal(guessDialect(path), dialect));
}
