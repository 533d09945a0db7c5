import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_QUIRKS } from '../../src/dialects/dialect.ts';
import { dialectOf } from '../../src/dialects/registry.ts';
import type { HttpRequest } from '../../src/model/exchange.ts';
import { EMPTY_PROFILE, NO_CREDENTIALS } from '../../src/model/target.ts';
import type { Resolved, ResolveOptions } from '../../src/providers/resolution.ts';
import { orThrow } from '../../src/providers/resolution-error.ts';
import { resolve } from '../../src/providers/resolve.ts';

type More = Omit<ResolveOptions, 'environment'>;

const AZURE: More = { apiBase: 'https://a.openai.azure.com', apiVersion: '2024-10-21' };
const VERTEX: More = { project: 'p', region: 'us-east5' };
const WATSONX: More = { apiBase: 'https://w.example', project: 'p' };
const AWS: More = { region: 'us-east-1' };
const VERTEX_URL = 'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5';
const AZURE_URL = 'https://a.openai.azure.com/openai';

/** What is asked for, what is given with it, and where the streamed request goes. */
const REQUESTS: readonly (readonly [string, More, string])[] = [
  ['gpt-4o', {}, 'https://api.openai.com/v1/chat/completions'],
  ['openai/responses/gpt-5', {}, 'https://api.openai.com/v1/responses'],
  ['text-completion-openai/davinci-002', {}, 'https://api.openai.com/v1/completions'],
  ['groq/llama', {}, 'https://api.groq.com/openai/v1/chat/completions'],
  [
    'groq/llama',
    { apiBase: 'https://api.groq.com/openai/v1/chat/completions' },
    'https://api.groq.com/openai/v1/chat/completions',
  ],
  ['perplexity/sonar', {}, 'https://api.perplexity.ai/chat/completions'],
  ['deepseek/deepseek-chat', {}, 'https://api.deepseek.com/chat/completions'],
  ['huggingface/org/m', {}, 'https://router.huggingface.co/v1/chat/completions'],
  ['litellm_proxy/gpt-4o', { apiBase: 'http://localhost:4000' }, 'http://localhost:4000/chat/completions'],
  ['ragflow/chat/c/m', {}, 'http://localhost:9380/api/v1/chats_openai/c/chat/completions'],
  ['baseten/abcd1234', {}, 'https://model-abcd1234.api.baseten.co/environments/production/sync/v1/chat/completions'],
  ['azure/dep', AZURE, `${AZURE_URL}/deployments/dep/chat/completions?api-version=2024-10-21`],
  ['azure/dep', { apiBase: `${AZURE_URL}/v1` }, `${AZURE_URL}/v1/chat/completions`],
  ['azure/responses/dep', AZURE, `${AZURE_URL}/responses?api-version=2024-10-21`],
  ['azure/responses/dep', { apiBase: `${AZURE_URL}/v1` }, `${AZURE_URL}/v1/responses`],
  ['azure/command-r', AZURE, 'https://a.openai.azure.com/chat/completions'],
  ['azure_text/dep', AZURE, `${AZURE_URL}/deployments/dep/completions?api-version=2024-10-21`],
  [
    'azure_ai/m',
    { apiBase: 'https://a.services.ai.azure.com' },
    'https://a.services.ai.azure.com/models/chat/completions',
  ],
  [
    'azure_ai/claude-x',
    { apiBase: 'https://a.services.ai.azure.com' },
    'https://a.services.ai.azure.com/anthropic/v1/messages',
  ],
  [
    'databricks/m',
    { apiBase: 'https://adb.example/serving-endpoints' },
    'https://adb.example/serving-endpoints/chat/completions',
  ],
  [
    'snowflake/m',
    { apiBase: 'https://a.snowflakecomputing.com' },
    'https://a.snowflakecomputing.com/api/v2/cortex/v1/chat/completions',
  ],
  ['datarobot/m', {}, 'https://app.datarobot.com/api/v2/genai/llmgw/chat/completions'],
  ['heroku/m', {}, 'https://us.inference.heroku.com/v1/chat/completions'],
  ['chatgpt/m', {}, 'https://chatgpt.com/backend-api/codex/responses'],
  [
    'gdc/m',
    { ...VERTEX, apiBase: 'https://g.example' },
    'https://g.example/v1/projects/p/locations/us-east5/chat/completions',
  ],
  ['bedrock_mantle/openai.gpt-oss-120b', AWS, 'https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions'],
  ['bedrock_mantle/openai.gpt-5.5', AWS, 'https://bedrock-mantle.us-east-1.api.aws/v1/responses'],
  ['bedrock_mantle/anthropic.claude-x', AWS, 'https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages'],
  ['text-completion-codestral/m', {}, 'https://codestral.mistral.ai/v1/fim/completions'],
  ['anthropic/claude-x', {}, 'https://api.anthropic.com/v1/messages'],
  ['minimax/m', { apiBase: 'https://api.minimax.io/anthropic' }, 'https://api.minimax.io/anthropic/v1/messages'],
  [
    'gemini/gemini-x',
    {},
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-x:streamGenerateContent?alt=sse',
  ],
  ['vertex_ai/gemini-x', VERTEX, `${VERTEX_URL}/publishers/google/models/gemini-x:streamGenerateContent?alt=sse`],
  ['vertex_ai/gemini/12', VERTEX, `${VERTEX_URL}/endpoints/12:streamGenerateContent?alt=sse`],
  ['vertex_ai/claude-x@1', VERTEX, `${VERTEX_URL}/publishers/anthropic/models/claude-x@1:streamRawPredict`],
  ['vertex_ai/meta/llama', VERTEX, `${VERTEX_URL}/endpoints/openapi/chat/completions`],
  ['cohere/command-r', {}, 'https://api.cohere.com/v2/chat'],
  ['ollama/llama3', {}, 'http://localhost:11434/api/generate'],
  ['ollama_chat/llama3', {}, 'http://localhost:11434/api/chat'],
  [
    'bedrock/us.amazon.nova:0',
    AWS,
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova%3A0/converse-stream',
  ],
  [
    'bedrock/arn:aws:bedrock:us-west-2:1:application-inference-profile/ab',
    {},
    'https://bedrock-runtime.us-west-2.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A1%3Aapplication-inference-profile%2Fab/converse-stream',
  ],
  [
    'bedrock/invoke/anthropic.claude-x',
    AWS,
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-x/invoke-with-response-stream',
  ],
  [
    'sagemaker_chat/ep',
    AWS,
    'https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/ep/invocations-response-stream',
  ],
  ['sagemaker/ep', AWS, 'https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/ep/invocations-response-stream'],
  ['triton/m', { apiBase: 'http://t:8000' }, 'http://t:8000/v2/models/m/generate_stream'],
  [
    'triton/m',
    { apiBase: 'http://t:8000/v2/models/m/versions/3/generate' },
    'http://t:8000/v2/models/m/versions/3/generate_stream',
  ],
  ['watsonx/ibm/granite', WATSONX, 'https://w.example/ml/v1/text/chat_stream?version=2024-03-13'],
  ['watsonx/deployment/d', WATSONX, 'https://w.example/ml/v1/deployments/d/text/chat_stream?version=2024-03-13'],
  ['watsonx_text/ibm/granite', WATSONX, 'https://w.example/ml/v1/text/generation_stream?version=2024-03-13'],
  ['replicate/meta/llama', {}, 'https://api.replicate.com/v1/models/meta/llama/predictions'],
  ['replicate/deployments/acme/m', {}, 'https://api.replicate.com/v1/deployments/acme/m/predictions'],
  [`replicate/meta/llama:${'ab12'.repeat(16)}`, {}, 'https://api.replicate.com/v1/predictions'],
];

for (const [text, more, url] of REQUESTS) {
  test(`${text} with ${JSON.stringify(more)} is asked at ${url}`, () => {
    const target = orThrow(resolve(text, { environment: nothing, ...more }));
    assert.equal(requestTo(target).url, url);
  });
}

function nothing(): undefined {}

function requestTo({ provider, model, url, query, headers, body, dialect }: Resolved): HttpRequest {
  return dialectOf(dialect).encode({
    target: { provider, model, url, dialect, profile: EMPTY_PROFILE },
    credentials: { ...NO_CREDENTIALS, headers, query },
    messages: [{ role: 'user', content: 'Hello' }],
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: body },
    tools: undefined,
    toolChoice: undefined,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'test',
  });
}

test('watsonx is told the project in the body, beside the model', () => {
  const { body } = requestTo(orThrow(resolve('watsonx/ibm/granite', { environment: nothing, ...WATSONX })));
  const fields = JSON.parse(Buffer.from(body ?? []).toString('utf8'));
  assert.deepEqual([fields.model_id, fields.project_id], ['ibm/granite', 'p']);
});
