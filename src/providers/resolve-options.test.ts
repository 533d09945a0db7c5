import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../errors.ts';
import type { Auth, Resolution, Resolved, ResolveOptions } from './resolution.ts';
import { orThrow } from './resolution-error.ts';
import { resolve } from './resolve.ts';

type More = Omit<ResolveOptions, 'environment'>;
type Variables = Readonly<Record<string, string>>;

function resolveWith(text: string, more: More = {}, variables: Variables = {}): Resolution {
  return resolve(text, { environment: (name) => variables[name], ...more });
}

function resolved(text: string, more: More = {}, variables: Variables = {}): Resolved {
  return orThrow(resolveWith(text, more, variables));
}

function refusalOf(text: string, more: More = {}, variables: Variables = {}): AppError {
  try {
    orThrow(resolveWith(text, more, variables));
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return assert.fail(`${text} was resolved`);
}

/** Name without a prefix, base URL that is given, and whose it is. */
const HOSTS: readonly (readonly [string, string, string | undefined])[] = [
  ['llama-3', 'https://api.groq.com/openai/v1', 'groq'],
  ['llama-3', 'https://api.groq.com/openai/v1/', 'groq'],
  ['llama-3', 'https://api.groq.com/openai/v1/chat/completions', 'groq'],
  ['meta-llama/Llama-3', 'https://api.together.xyz/v1', 'together_ai'],
  ['mistral-tiny', 'https://api.deepinfra.com/v1/openai', 'deepinfra'],
  ['sonar-x', 'https://api.perplexity.ai', 'perplexity'],
  ['m', 'https://api.deepseek.com/v1', 'deepseek'],
  ['m', 'https://api.mistral.ai/v1', 'mistral'],
  ['m', 'https://codestral.mistral.ai/v1/chat/completions', 'codestral'],
  ['m', 'https://codestral.mistral.ai/v1/fim/completions', 'text-completion-codestral'],
  ['m', 'https://integrate.api.nvidia.com/v1', 'nvidia_nim'],
  ['m', 'https://api.cerebras.ai/v1', 'cerebras'],
  ['m', 'https://api.ai21.com/studio/v1', 'ai21'],
  ['m', 'https://api.moonshot.cn/v1', 'moonshot'],
  ['m', 'https://models.github.ai/inference', 'github'],
  ['m', 'https://api.openai.com/v1', 'openai'],
  ['m', 'https://api.openai.com/v1/completions', 'text-completion-openai'],
  ['m', 'https://api.anthropic.com', 'anthropic'],
  ['gpt-4o', 'https://openrouter.ai/api/v1', 'openrouter'],
  // The name decides where the host is nobody's.
  ['gpt-4o', 'https://gateway.acme.example/v1', 'openai'],
  ['m', 'https://gateway.acme.example/v1', undefined],
  ['m', 'https://api.groq.com.evil.example/openai/v1', undefined],
  ['m', 'http://localhost:8000/v1', undefined],
  ['m', 'not a URL', undefined],
];
for (const [name, apiBase, prefix] of HOSTS) {
  test(`${name} at ${apiBase} is ${prefix ?? 'nobody'}’s`, () => {
    const resolution = resolveWith(name, { apiBase });
    assert.equal(resolution.kind === 'resolved' ? resolution.prefix : undefined, prefix);
  });
}

/** Model string, base URL that is given, and where it leads. */
const BASES: readonly (readonly [string, string, string])[] = [
  ['openai/m', 'http://localhost:8000/v1/', 'http://localhost:8000/v1'],
  ['openai/m', 'https://api.groq.com/openai/v1', 'https://api.groq.com/openai/v1'],
  ['ollama/m', 'http://gpu:11434', 'http://gpu:11434/api/generate'],
  ['ollama/m', 'http://gpu:11434/api', 'http://gpu:11434/api/generate'],
  ['ollama/m', 'http://gpu:11434/api/generate', 'http://gpu:11434/api/generate'],
  ['ollama_chat/m', 'http://gpu/behind/proxy', 'http://gpu/behind/proxy/api/chat'],
  ['anthropic/m', 'https://proxy.example', 'https://proxy.example/v1/messages'],
  ['anthropic/m', 'https://proxy.example/anthropic', 'https://proxy.example/anthropic/v1/messages'],
  ['anthropic/m', 'https://proxy.example/v1', 'https://proxy.example/v1/messages'],
  ['anthropic/m', 'https://proxy.example/v1/messages', 'https://proxy.example/v1/messages'],
  ['gemini/m', 'https://proxy.example', 'https://proxy.example/v1beta'],
  ['gemini/m', 'https://proxy.example/v1', 'https://proxy.example/v1'],
  ['gemini/m', 'https://proxy.example/v1beta', 'https://proxy.example/v1beta'],
  ['cohere/m', 'https://api.cohere.ai/v2', 'https://api.cohere.ai/v2/chat'],
  ['cohere/m', 'https://proxy.example/v2/chat', 'https://proxy.example/v2/chat'],
  ['azure/d', 'https://a.openai.azure.com/openai/v1', 'https://a.openai.azure.com/openai/v1'],
  ['azure/d', 'https://a.openai.azure.com/openai/v1/', 'https://a.openai.azure.com/openai/v1'],
  ['azure_text/d', 'https://a.openai.azure.com/openai/v1', 'https://a.openai.azure.com/openai/v1'],
  [
    'azure/d',
    'https://a.openai.azure.com/openai/deployments/e?api-version=1',
    'https://a.openai.azure.com/openai/deployments/e/chat/completions?api-version=1',
  ],
  [
    'azure_ai/m',
    'https://a.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview',
    'https://a.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview',
  ],
  ['azure_ai/m', 'https://a.eastus2.inference.ai.azure.com', 'https://a.eastus2.inference.ai.azure.com'],
  [
    'azure_ai/claude-x',
    'https://a.services.ai.azure.com/anthropic',
    'https://a.services.ai.azure.com/anthropic/v1/messages',
  ],
  ['minimax/m', 'https://api.minimax.io/anthropic', 'https://api.minimax.io/anthropic/v1/messages'],
  ['snowflake/m', 'https://a.snowflakecomputing.com', 'https://a.snowflakecomputing.com/api/v2/cortex/v1'],
  [
    'snowflake/m',
    'https://a.snowflakecomputing.com/api/v2/cortex/inference:complete',
    'https://a.snowflakecomputing.com/api/v2/cortex/v1',
  ],
  [
    'cloudflare/m',
    'https://api.cloudflare.com/client/v4/accounts/a/ai/run/',
    'https://api.cloudflare.com/client/v4/accounts/a/ai/v1',
  ],
  ['databricks/m', 'https://adb.example', 'https://adb.example/serving-endpoints'],
  ['databricks/m', 'https://adb.example/ai-gateway/mlflow/v1', 'https://adb.example/ai-gateway/mlflow/v1'],
  ['datarobot/m', 'https://app.eu.datarobot.com/api/v2', 'https://app.eu.datarobot.com/api/v2/genai/llmgw'],
  ['datarobot/m', 'https://app.datarobot.com/api/v2/deployments/1', 'https://app.datarobot.com/api/v2/deployments/1'],
  ['heroku/m', 'https://eu.inference.heroku.com', 'https://eu.inference.heroku.com/v1/chat/completions'],
  ['ragflow/chat/1/m', 'http://r:9380/v1', 'http://r:9380/api/v1/chats_openai/1/chat/completions'],
  ['ragflow/chat/1/m', 'http://r:9380/api/v1', 'http://r:9380/api/v1/chats_openai/1/chat/completions'],
  ['triton/m', 'http://t:8000/v2/models/other/generate', 'http://t:8000/v2/models/other/generate'],
  ['huggingface/a/b/c', 'https://x.endpoints.huggingface.cloud/v1', 'https://x.endpoints.huggingface.cloud/v1'],
  ['baseten/abcd1234', 'https://proxy.example/v1', 'https://proxy.example/v1'],
  ['sap/gpt-4o', 'https://h.example/v2/inference/deployments/d1', 'https://h.example/v2/inference/deployments/d1'],
  ['monet/m', 'https://monet.example/v1', 'https://monet.example/v1'],
  [
    'bedrock/amazon.nova-lite-v1:0',
    'http://localhost:9000',
    'http://localhost:9000/model/amazon.nova-lite-v1%3A0/converse-stream',
  ],
];
for (const [text, apiBase, expected] of BASES) {
  test(`${text} at ${apiBase}`, () => {
    const { url, query } = resolved(text, { apiBase });
    assert.equal(`${url}${query}`, expected);
  });
}

test('a base URL can change what is spoken', () => {
  assert.equal(resolved('minimax/m', { apiBase: 'https://api.minimax.io/anthropic' }).dialect, 'anthropic-messages');
  const face = resolved('gemini/m', { apiBase: 'https://generativelanguage.googleapis.com/v1beta/openai' });
  assert.deepEqual([face.dialect, face.auth[0]?.strategy], ['openai-chat', 'bearer']);
  assert.equal(resolved('huggingface/a/b/c', { apiBase: 'https://x.endpoints.huggingface.cloud/v1' }).model, 'a/b/c');
});

test('base URL: what is given, then the variables in order, then the default', () => {
  const variables = { OPENAI_BASE_URL: '', OPENAI_API_BASE: 'https://b.example/v1', MINE: 'https://mine.example' };
  assert.equal(resolved('openai/m', { apiBase: 'https://a.example/v1' }, variables).url, 'https://a.example/v1');
  assert.equal(resolved('openai/m', { apiBase: 'os.environ/MINE' }, variables).url, 'https://mine.example');
  assert.equal(resolved('openai/m', {}, variables).url, 'https://b.example/v1');
  assert.equal(resolved('openai/m').url, 'https://api.openai.com/v1');
  const both = { OPENAI_BASE_URL: 'https://first.example', OPENAI_API_BASE: 'https://second.example' };
  assert.equal(resolved('openai/m', {}, both).url, 'https://first.example');
});

test('what stands behind a base URL stays, and our own version does not override it', () => {
  const apiBase = 'https://a.openai.azure.com?api-version=mine&sig=x%20y';
  assert.equal(resolved('azure/d', { apiBase, apiVersion: 'ours' }).query, '?api-version=mine&sig=x%20y');
  assert.equal(
    resolved('azure/d', { apiBase: 'https://a.openai.azure.com?a=1', apiVersion: '2' }).query,
    '?a=1&api-version=2',
  );
  assert.equal(
    resolved('azure_ai/m', { apiBase: 'https://a.services.ai.azure.com', apiVersion: '3' }).query,
    '?api-version=3',
  );
});

test('region and project: the model string, then the option, then the variables in order', () => {
  const variables = { AWS_REGION_NAME: 'eu-north-1', AWS_REGION: 'eu-west-1' };
  const regionOf = (text: string, region?: string): unknown => resolved(text, { region }, variables).region;
  assert.equal(regionOf('bedrock/amazon.nova-lite-v1:0'), 'eu-north-1');
  assert.equal(regionOf('bedrock/amazon.nova-lite-v1:0', 'us-east-2'), 'us-east-2');
  assert.equal(regionOf('bedrock/us-west-2/amazon.nova-lite-v1:0', 'us-east-2'), 'us-west-2');
  assert.equal(regionOf('bedrock/arn:aws:bedrock:sa-east-1:1:provisioned-model/x', 'us-east-2'), 'sa-east-1');
  assert.match(
    resolved('bedrock/m', { region: 'cn-north-1' }).url,
    /^https:\/\/bedrock-runtime\.cn-north-1\.amazonaws\.com\.cn\//,
  );
});

test('the global location of Vertex has a host without prefix', () => {
  const options = { project: 'p', region: 'global' };
  assert.equal(
    resolved('vertex_ai/gemini-3-pro', options).url,
    'https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/gemini-3-pro:streamGenerateContent',
  );
});

test('prices and limits go by the model behind a deployment or a profile', () => {
  const azure = { apiBase: 'https://a.openai.azure.com/openai/v1' };
  const aws = { region: 'us-east-1' };
  const bases: readonly (readonly [string, More, string | undefined])[] = [
    ['azure/d', azure, undefined],
    ['azure/d', { ...azure, baseModel: 'gpt-4o' }, 'gpt-4o'],
    ['azure/command-r-plus', azure, 'command-r-plus'],
    ['bedrock/us.anthropic.claude-x', aws, 'anthropic.claude-x'],
    ['bedrock/anthropic.claude-x', aws, 'anthropic.claude-x'],
    ['bedrock/invoke/us.anthropic.claude-x', aws, 'anthropic.claude-x'],
    ['bedrock/arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', {}, 'amazon.nova-lite-v1:0'],
    ['bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/eu.amazon.nova', {}, 'amazon.nova'],
    ['bedrock/arn:aws:bedrock:us-east-1:1:application-inference-profile/ab', {}, undefined],
    ['sagemaker_chat/ep', aws, undefined],
    ['fireworks_ai/llama', {}, 'llama'],
    ['huggingface/together/org/m', {}, 'org/m'],
    ['baseten/abcd1234', {}, undefined],
    ['replicate/deployments/acme/m', {}, undefined],
    ['replicate/meta/llama', {}, 'meta/llama'],
    ['openrouter/openai/gpt-4o', {}, 'openai/gpt-4o'],
  ];
  for (const [text, more, expected] of bases) assert.equal(resolved(text, more).baseModel, expected, text);
});

test('the name of the length limit is told for the dialect that knows it', () => {
  const nameOf = (text: string, more: More = {}): unknown => resolved(text, more).maxTokensName;
  assert.equal(nameOf('openai/gpt-4o'), 'max_completion_tokens');
  assert.equal(nameOf('openai/responses/gpt-4o'), undefined);
  assert.equal(nameOf('openai/davinci-002'), undefined);
  assert.equal(nameOf('poe/m'), 'max_tokens');
  assert.equal(nameOf('gmi/m'), undefined);
  assert.equal(nameOf('bedrock/amazon.nova', { region: 'r' }), 'maxTokens');
  assert.equal(nameOf('bedrock/invoke/anthropic.claude-x', { region: 'r' }), undefined);
  assert.equal(nameOf('vertex_ai/claude-x', { region: 'r', project: 'p' }), undefined);
  assert.equal(nameOf('gemini/m', { apiBase: 'https://g.example/v1beta/openai' }), undefined);
});

test('how to authenticate, best way first', () => {
  const key = (strategy: string, keyVariables: readonly string[], more: object = {}): object => {
    return {
      strategy,
      header: undefined,
      scheme: undefined,
      alsoHeaders: [],
      keyVariables,
      isOptional: false,
      ...more,
    };
  };
  const signed = (service: string): Auth => ({ strategy: 'aws-sigv4', service, region: 'us-east-1' });
  const aws = { region: 'us-east-1' };
  const vertex = { project: 'p', region: 'r' };
  const azure = { apiBase: 'https://a.openai.azure.com/openai/v1' };
  const cases: readonly (readonly [string, More, readonly object[]])[] = [
    ['gpt-4o', {}, [key('native', ['OPENAI_API_KEY'])]],
    [
      'together_ai/m',
      {},
      [key('native', ['TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_TOKEN'])],
    ],
    ['ollama/m', {}, [key('native', ['OLLAMA_API_KEY'], { isOptional: true })]],
    ['sarvam/m', {}, [key('native', ['SARVAM_API_KEY'], { alsoHeaders: ['api-subscription-key'] })]],
    ['azure/d', azure, [key('header', ['AZURE_API_KEY'], { header: 'api-key' }), key('bearer', ['AZURE_AD_TOKEN'])]],
    ['azure/command-r', azure, [key('bearer', ['AZURE_API_KEY']), key('bearer', ['AZURE_AD_TOKEN'])]],
    ['snowflake/m', { apiBase: 'https://a.example' }, [key('snowflake', ['SNOWFLAKE_JWT'])]],
    [
      'databricks/m',
      { apiBase: 'https://d.example' },
      [key('bearer', ['DATABRICKS_API_KEY']), key('databricks', ['DATABRICKS_CLIENT_SECRET'])],
    ],
    ['gigachat/m', {}, [key('native', ['GIGACHAT_ACCESS_TOKEN']), key('gigachat', ['GIGACHAT_CREDENTIALS'])]],
    ['bedrock/m', aws, [key('bearer', ['AWS_BEARER_TOKEN_BEDROCK']), signed('bedrock')]],
    ['sagemaker/m', aws, [signed('sagemaker')]],
    ['vertex_ai/gemini-x', vertex, [{ strategy: 'google' }, key('bearer', [])]],
    ['triton/m', { apiBase: 'http://t' }, [{ strategy: 'none' }]],
    [
      'watsonx/m',
      { apiBase: 'https://w.example', project: 'p' },
      [
        key('ibm-iam', ['WATSONX_APIKEY', 'WATSONX_API_KEY', 'WX_API_KEY']),
        key('bearer', ['WATSONX_TOKEN']),
        key('header', ['WATSONX_ZENAPIKEY'], { header: 'authorization', scheme: 'ZenApiKey' }),
      ],
    ],
  ];
  for (const [text, more, expected] of cases) assert.deepEqual(resolved(text, more).auth, expected, text);
});

test('a private endpoint tells the region to sign for by its host, if at all', () => {
  const regionAt = (apiBase: string): unknown => {
    const [, signed] = resolved('bedrock/m', { apiBase }).auth;
    return signed?.strategy === 'aws-sigv4' ? signed.region : assert.fail();
  };
  assert.equal(regionAt('https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com'), 'us-west-2');
  assert.equal(regionAt('http://localhost:9000'), undefined);
});

test('fields and headers that a provider wants besides', () => {
  const apiBase = 'https://w.example';
  assert.deepEqual(resolved('watsonx/m', { apiBase, project: 'p' }, { WATSONX_SPACE_ID: 's' }).body, {
    project_id: 'p',
  });
  assert.deepEqual(resolved('watsonx/m', { apiBase }, { WATSONX_SPACE_ID: 's' }).body, { space_id: 's' });
  assert.deepEqual(resolved('watsonx/deployment/d', { apiBase }).body, {});
  assert.deepEqual(resolved('gdc/m', { apiBase, project: 'p', region: 'r' }).headers, {
    'x-goog-user-project': 'projects/p',
  });
  assert.deepEqual(resolved('sap/m', { apiBase }).headers, { 'ai-resource-group': 'default' });
});

/** What is refused, with the code and the whole line. */
const REFUSALS: readonly (readonly [string, More, string, string])[] = [
  [
    'litellm_proxy/m',
    {},
    'PROVIDER_INCOMPLETE',
    'litellm_proxy/m: the base URL is missing | set LITELLM_PROXY_API_BASE, or give --api-base, for example http://localhost:4000',
  ],
  [
    'azure/d',
    { apiBase: 'https://a.openai.azure.com' },
    'PROVIDER_INCOMPLETE',
    'azure/d: the API version is missing | set AZURE_API_VERSION, or give --api-version',
  ],
  [
    'bedrock/m',
    {},
    'PROVIDER_INCOMPLETE',
    'bedrock/m: the region is missing | set AWS_REGION_NAME or AWS_REGION or AWS_DEFAULT_REGION, or give --region',
  ],
  ['cloudflare/m', {}, 'PROVIDER_INCOMPLETE', 'cloudflare/m: the account is missing | set CLOUDFLARE_ACCOUNT_ID'],
  ['monet/m', {}, 'PROVIDER_INCOMPLETE', 'monet/m: the base URL is missing | give --api-base'],
  [
    'openai/',
    {},
    'PROVIDER_INCOMPLETE',
    'openai/: the model name is missing | write the model name, for example openai/MODEL',
  ],
  [
    'openai/m',
    { apiBase: 'localhost:8000' },
    'PROVIDER_INCOMPLETE',
    'openai/m: the base URL cannot be used (this is not a URL that begins with http:// or https://) | give --api-base',
  ],
  [
    'openai/m',
    { apiBase: 'os.environ/MINE' },
    'PROVIDER_INCOMPLETE',
    'openai/m: the base URL is missing | set MINE, or give --api-base',
  ],
  [
    'bedrock/m',
    { region: 'evil.example/' },
    'PROVIDER_INCOMPLETE',
    'bedrock/m: the region cannot be used (it has characters that no host name has) | set AWS_REGION_NAME or AWS_REGION or AWS_DEFAULT_REGION, or give --region',
  ],
  [
    'watsonx/m',
    { apiBase: 'https://w.example' },
    'PROVIDER_INCOMPLETE',
    'watsonx/m: the project is missing; the space is missing | set WATSONX_PROJECT_ID or WX_PROJECT_ID, or give --project; set WATSONX_DEPLOYMENT_SPACE_ID or WATSONX_SPACE_ID or WX_SPACE_ID',
  ],
  [
    'gemini-2.5-pro',
    { region: 'r' },
    'PROVIDER_INCOMPLETE',
    'vertex_ai/gemini-2.5-pro: the project is missing | set VERTEXAI_PROJECT or VERTEX_PROJECT or GOOGLE_CLOUD_PROJECT, or give --project; or name another provider: PREFIX/gemini-2.5-pro',
  ],
  [
    'oci/m',
    {},
    'PROVIDER_UNSUPPORTED',
    'oci/m: Oracle signs requests with a key of its own kind, which is not built in | put a LiteLLM proxy before it and name litellm_proxy/oci/…',
  ],
  [
    'bytez/m',
    {},
    'PROVIDER_UNSUPPORTED',
    'bytez/m: Bytez has an API of its own, whose stream is plain text | name its URL with --dialect custom-rest and a body template, or put a LiteLLM proxy before it and name litellm_proxy/bytez/…',
  ],
  [
    'bedrock/invoke/meta.llama3',
    {},
    'PROVIDER_UNSUPPORTED',
    'bedrock/invoke/meta.llama3: InvokeModel wants a body for each vendor, and only that of Claude is spoken | take bedrock/converse/MODEL, or put a LiteLLM proxy before it and name litellm_proxy/bedrock/…',
  ],
  [
    'bedrock/claude_platform/claude-opus-5',
    {},
    'PROVIDER_UNSUPPORTED',
    "bedrock/claude_platform/claude-opus-5: this is Claude's own API behind a gateway of AWS, and only Bedrock's own is spoken | take bedrock/anthropic.MODEL, or put a LiteLLM proxy before it and name litellm_proxy/bedrock/…",
  ],
  [
    'anthropic/claude-2.1',
    {},
    'PROVIDER_UNSUPPORTED',
    'anthropic/claude-2.1: Claude 2 and Claude Instant speak the old text API, which no one serves any more | take a Claude that speaks Messages',
  ],
  [
    'claude-instant-1',
    {},
    'PROVIDER_UNSUPPORTED',
    'anthropic_text/claude-instant-1: Claude 2 and Claude Instant speak the old text API, which no one serves any more | take anthropic/ with a Claude that speaks Messages',
  ],
  [
    'triton/m',
    { apiBase: 'http://t:8000/v2/models/m/infer' },
    'PROVIDER_UNSUPPORTED',
    'triton/m: KServe infer has no stream over HTTP | give the server, or its …/generate',
  ],
  [
    'opneai/gpt-4o',
    {},
    'PROVIDER_UNKNOWN',
    'opneai/gpt-4o: the model string names no provider that is known | did you mean openai/gpt-4o?',
  ],
  [
    'mistral',
    {},
    'PROVIDER_UNKNOWN',
    'mistral: the model string names no provider that is known | did you mean mistral/MODEL?',
  ],
  [
    'llama3',
    {},
    'PROVIDER_UNKNOWN',
    'llama3: the model string names no provider that is known | put the provider before it, such as openai/llama3; docs/providers.md lists them all',
  ],
];
for (const [text, more, code, line] of REFUSALS) {
  test(`${text} with ${JSON.stringify(more)} is refused`, () => {
    const { code: found, message, hint } = refusalOf(text, more);
    assert.deepEqual([found, `${message} | ${hint}`], [code, line]);
  });
}

test('a password in a base URL is refused, and not repeated', () => {
  const { message, hint } = refusalOf('openai/m', { apiBase: 'https://user:hush@a.example/v1' });
  assert.match(message, /user and password belong into a header/);
  assert.doesNotMatch(`${message}${hint}`, /hush/);
});
