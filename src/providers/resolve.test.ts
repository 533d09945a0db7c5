import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCatalog } from './catalog.ts';
import { providerRowSchema } from './provider-row-schema.ts';
import type { Resolution, Resolved, ResolveOptions } from './resolution.ts';
import { resolve } from './resolve.ts';

/** What a user of all clouds has set. */
const VARIABLES: Readonly<Record<string, string>> = {
  AWS_REGION: 'eu-west-1',
  AZURE_API_BASE: 'https://acme.openai.azure.com/',
  AZURE_API_VERSION: '2024-10-21',
  AZURE_AI_API_BASE: 'https://acme.services.ai.azure.com',
  VERTEXAI_PROJECT: 'proj',
  VERTEXAI_LOCATION: 'us-east5',
  WATSONX_URL: 'https://us-south.ml.cloud.ibm.com',
  WATSONX_PROJECT_ID: 'pid',
  CLOUDFLARE_ACCOUNT_ID: 'acct',
  SNOWFLAKE_ACCOUNT_ID: 'org-acct',
  PREDIBASE_TENANT_ID: 'tenant',
  TRITON_API_BASE: 'http://triton:8000',
  DATABRICKS_API_BASE: 'https://adb-1.azuredatabricks.net/serving-endpoints',
  HOSTED_VLLM_API_BASE: 'http://gpu:8000/v1',
  LITELLM_PROXY_API_BASE: 'http://proxy:4000',
  OPENAI_LIKE_API_BASE: 'http://box:9000/v1',
  GDC_API_BASE: 'https://gdc.acme.example',
};

type More = Omit<ResolveOptions, 'environment'>;

function resolveWith(
  text: string,
  more: More = {},
  variables: Readonly<Record<string, string>> = VARIABLES,
): Resolution {
  return resolve(text, { environment: (name) => variables[name], ...more });
}

function resolved(text: string, more: More = {}, variables = VARIABLES): Resolved {
  const resolution = resolveWith(text, more, variables);
  assert.equal(resolution.kind, 'resolved', JSON.stringify(resolution));
  return resolution as Resolved;
}

const HASH = 'ab12'.repeat(16);
const VERTEX = 'https://us-east5-aiplatform.googleapis.com/v1/projects/proj/locations/us-east5';
const BEDROCK = 'https://bedrock-runtime.eu-west-1.amazonaws.com/model';
const AZURE = 'https://acme.openai.azure.com/openai/deployments';
const CHAT = 'openai-chat';
const RESPONSES = 'openai-responses';

/** Model string; prefix, name as sent, dialect and URL with its query. `=` repeats what stands behind the first slash. */
const TABLE: readonly (readonly [string, string, string, string, string])[] = [
  // The examples of the issue.
  ['gpt-4o-mini', 'openai', 'gpt-4o-mini', CHAT, 'https://api.openai.com/v1'],
  ['anthropic/claude-opus-4.6', 'anthropic', '=', 'anthropic-messages', 'https://api.anthropic.com/v1/messages'],
  ['groq/llama-3.3-70b-versatile', 'groq', '=', CHAT, 'https://api.groq.com/openai/v1'],
  ['gemini/gemini-2.5-flash', 'gemini', '=', 'gemini', 'https://generativelanguage.googleapis.com/v1beta'],
  ['ollama/llama3', 'ollama', '=', 'ollama', 'http://localhost:11434/api/generate'],
  ['hosted_vllm/my-model', 'hosted_vllm', '=', CHAT, 'http://gpu:8000/v1'],
  ['openrouter/openai/gpt-4o', 'openrouter', 'openai/gpt-4o', CHAT, 'https://openrouter.ai/api/v1'],
  ['azure/my-deployment', 'azure', '=', CHAT, `${AZURE}/my-deployment/chat/completions?api-version=2024-10-21`],

  // Plain hosted Chat Completions.
  ['openai/gpt-4o', 'openai', '=', CHAT, 'https://api.openai.com/v1'],
  ['openai/ft:gpt-4o:acme::x', 'openai', '=', CHAT, 'https://api.openai.com/v1'],
  ['openai/gpt-5-pro', 'openai', '=', 'openai-responses', 'https://api.openai.com/v1'],
  ['openai/gpt-5.1-codex', 'openai', '=', 'openai-responses', 'https://api.openai.com/v1'],
  ['openai/responses/o3', 'openai', 'o3', 'openai-responses', 'https://api.openai.com/v1'],
  ['openai/gpt-3.5-turbo-instruct', 'openai', '=', 'openai-completions', 'https://api.openai.com/v1'],
  ['mistral/mistral-large-latest', 'mistral', '=', CHAT, 'https://api.mistral.ai/v1'],
  ['codestral/codestral-latest', 'codestral', '=', CHAT, 'https://codestral.mistral.ai/v1'],
  ['deepseek/deepseek-chat', 'deepseek', '=', CHAT, 'https://api.deepseek.com'],
  ['xai/grok-4', 'xai', '=', CHAT, 'https://api.x.ai/v1'],
  ['together_ai/meta-llama/Llama-3-8b', 'together_ai', '=', CHAT, 'https://api.together.xyz/v1'],
  [
    'fireworks_ai/llama-v3p1-8b',
    'fireworks_ai',
    'accounts/fireworks/models/llama-v3p1-8b',
    CHAT,
    'https://api.fireworks.ai/inference/v1',
  ],
  ['fireworks_ai/accounts/acme/models/m', 'fireworks_ai', '=', CHAT, 'https://api.fireworks.ai/inference/v1'],
  ['openrouter/auto', 'openrouter', '=', CHAT, 'https://openrouter.ai/api/v1'],
  ['openrouter/anthropic/claude-3.5-sonnet:beta', 'openrouter', '=', CHAT, 'https://openrouter.ai/api/v1'],
  ['perplexity/sonar-pro', 'perplexity', '=', CHAT, 'https://api.perplexity.ai'],
  ['cerebras/llama3.1-8b', 'cerebras', '=', CHAT, 'https://api.cerebras.ai/v1'],
  ['deepinfra/meta-llama/Llama-2-70b', 'deepinfra', '=', CHAT, 'https://api.deepinfra.com/v1/openai'],
  ['sambanova/Meta-Llama-3.1-8B', 'sambanova', '=', CHAT, 'https://api.sambanova.ai/v1'],
  ['nvidia_nim/meta/llama3-70b', 'nvidia_nim', '=', CHAT, 'https://integrate.api.nvidia.com/v1'],
  ['meta_llama/Llama-4', 'meta_llama', '=', CHAT, 'https://api.llama.com/compat/v1'],
  ['meta/muse-1', 'meta', '=', CHAT, 'https://api.meta.ai/v1'],
  ['moonshot/kimi-k2', 'moonshot', '=', CHAT, 'https://api.moonshot.ai/v1'],
  ['dashscope/qwen-turbo', 'dashscope', '=', CHAT, 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1'],
  ['qwencloud/qwen-max', 'qwencloud', '=', CHAT, 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1'],
  ['qwen_ai_platform/qwen-plus', 'qwen_ai_platform', '=', CHAT, 'https://dashscope.aliyuncs.com/compatible-mode/v1'],
  ['volcengine/ep-1', 'volcengine', '=', CHAT, 'https://ark.cn-beijing.volces.com/api/v3'],
  ['zai/glm-4.7', 'zai', '=', CHAT, 'https://api.z.ai/api/paas/v4'],
  ['minimax/MiniMax-M2', 'minimax', '=', CHAT, 'https://api.minimax.io/v1'],
  ['novita/deepseek/deepseek-r1', 'novita', '=', CHAT, 'https://api.novita.ai/v3/openai'],
  ['nebius/Qwen/Qwen3-235B', 'nebius', '=', CHAT, 'https://api.studio.nebius.ai/v1'],
  ['nscale/m', 'nscale', '=', CHAT, 'https://inference.api.nscale.com/v1'],
  ['featherless_ai/org/m', 'featherless_ai', '=', CHAT, 'https://api.featherless.ai/v1'],
  ['friendliai/m', 'friendliai', '=', CHAT, 'https://api.friendli.ai/serverless/v1'],
  ['hyperbolic/m', 'hyperbolic', '=', CHAT, 'https://api.hyperbolic.xyz/v1'],
  ['lambda_ai/m', 'lambda_ai', '=', CHAT, 'https://api.lambda.ai/v1'],
  ['baseten/openai/gpt-oss-120b', 'baseten', '=', CHAT, 'https://inference.baseten.co/v1'],
  ['baseten/abcd1234', 'baseten', '=', CHAT, 'https://model-abcd1234.api.baseten.co/environments/production/sync/v1'],
  ['ai21/jamba-1.5-mini', 'ai21', '=', CHAT, 'https://api.ai21.com/studio/v1'],
  ['ai21_chat/jamba-1.5-mini', 'ai21_chat', '=', CHAT, 'https://api.ai21.com/studio/v1'],
  ['github/gpt-4o', 'github', '=', CHAT, 'https://models.inference.ai.azure.com'],
  ['vercel_ai_gateway/openai/gpt-4o', 'vercel_ai_gateway', '=', CHAT, 'https://ai-gateway.vercel.sh/v1'],
  ['amazon_nova/nova-pro-v1', 'amazon_nova', '=', CHAT, 'https://api.nova.amazon.com/v1'],
  ['inception/mercury-2', 'inception', '=', CHAT, 'https://api.inceptionlabs.ai/v1'],
  ['cognition/swe-1.7', 'cognition', '=', CHAT, 'https://api.cognition.ai/v1'],
  ['huggingface/org/model', 'huggingface', '=', CHAT, 'https://router.huggingface.co/v1'],
  ['huggingface/together/org/model', 'huggingface', 'org/model:together', CHAT, 'https://router.huggingface.co/v1'],
  ['helicone/gpt-4o', 'helicone', '=', CHAT, 'https://ai-gateway.helicone.ai'],
  ['chutes/org/m', 'chutes', '=', CHAT, 'https://llm.chutes.ai/v1'],
  ['nano-gpt/m', 'nano-gpt', '=', CHAT, 'https://nano-gpt.com/api/v1'],
  ['veniceai/m', 'veniceai', '=', CHAT, 'https://api.venice.ai/api/v1'],
  ['charity_engine/m', 'charity_engine', '=', CHAT, 'https://api.charityengine.services/remotejobs/v2/inference'],
  ['tensormesh/m', 'tensormesh', '=', CHAT, 'https://serverless.tensormesh.ai/v1'],
  ['scx-ai/GLM-5.2', 'scx-ai', '=', CHAT, 'https://api.scx.ai/v1'],
  ['github_copilot/gpt-5.2', 'github_copilot', '=', CHAT, 'https://api.githubcopilot.com'],
  ['chatgpt/gpt-5.2', 'chatgpt', '=', 'openai-responses', 'https://chatgpt.com/backend-api/codex'],
  ['gigachat/GigaChat-2', 'gigachat', '=', CHAT, 'https://gigachat.devices.sberbank.ru/api/v1'],
  ['maritalk/sabia-3', 'maritalk', '=', CHAT, 'https://chat.maritaca.ai/api'],

  // Servers at home.
  ['lm_studio/qwen', 'lm_studio', '=', CHAT, 'http://localhost:1234/v1'],
  ['llamafile/m', 'llamafile', '=', CHAT, 'http://127.0.0.1:8080/v1'],
  ['lemonade/m', 'lemonade', '=', CHAT, 'http://localhost:8000/api/v1'],
  ['docker_model_runner/ai/smollm2', 'docker_model_runner', '=', CHAT, 'http://localhost:12434/engines/v1'],
  ['xinference/m', 'xinference', '=', CHAT, 'http://127.0.0.1:9997/v1'],
  ['litellm_proxy/gpt-4o', 'litellm_proxy', '=', CHAT, 'http://proxy:4000'],
  ['litellm_proxy/anthropic/claude-3', 'litellm_proxy', 'anthropic/claude-3', CHAT, 'http://proxy:4000'],
  ['custom_openai/m', 'custom_openai', '=', CHAT, 'http://box:9000/v1'],
  ['openai_like/a/b', 'openai_like', '=', CHAT, 'http://box:9000/v1'],
  ['custom/m', 'custom', '=', CHAT, 'http://box:9000/v1'],
  ['aiohttp_openai/m', 'aiohttp_openai', '=', CHAT, 'http://box:9000/v1'],
  [
    'ragflow/chat/c1/gpt-4o',
    'ragflow',
    'gpt-4o',
    CHAT,
    'http://localhost:9380/api/v1/chats_openai/c1/chat/completions',
  ],
  [
    'ragflow/agent/a1/gpt-4o',
    'ragflow',
    'gpt-4o',
    CHAT,
    'http://localhost:9380/api/v1/agents_openai/a1/chat/completions',
  ],
  ['ollama/llama3:70b', 'ollama', '=', 'ollama', 'http://localhost:11434/api/generate'],
  ['ollama/hf.co/org/m:Q4', 'ollama', '=', 'ollama', 'http://localhost:11434/api/generate'],
  ['ollama_chat/llama3', 'ollama_chat', '=', 'ollama', 'http://localhost:11434/api/chat'],
  ['triton/ensemble', 'triton', '=', 'triton', 'http://triton:8000/v2/models/ensemble/generate_stream'],

  // OpenAI's body behind other URLs.
  ['azure/o_series/o3-dep', 'azure', 'o3-dep', CHAT, `${AZURE}/o3-dep/chat/completions?api-version=2024-10-21`],
  ['azure/gpt5_series/five', 'azure', 'five', CHAT, `${AZURE}/five/chat/completions?api-version=2024-10-21`],
  [
    'azure/responses/dep',
    'azure',
    'dep',
    'openai-responses',
    'https://acme.openai.azure.com/openai/responses?api-version=2024-10-21',
  ],
  ['azure/command-r-plus', 'azure', '=', CHAT, 'https://acme.openai.azure.com'],
  ['azure/mistral-large-latest', 'azure', '=', CHAT, 'https://acme.openai.azure.com'],
  ['azure_text/dep', 'azure_text', '=', 'openai-completions', `${AZURE}/dep/completions?api-version=2024-10-21`],
  ['azure_ai/mistral-large', 'azure_ai', '=', CHAT, 'https://acme.services.ai.azure.com/models/chat/completions'],
  [
    'azure_ai/claude-opus-5',
    'azure_ai',
    '=',
    'anthropic-messages',
    'https://acme.services.ai.azure.com/anthropic/v1/messages',
  ],
  [
    'gdc/gemini-2.5-flash',
    'gdc',
    '=',
    CHAT,
    'https://gdc.acme.example/v1/projects/proj/locations/us-east5/chat/completions',
  ],
  ['databricks/databricks-dbrx', 'databricks', '=', CHAT, 'https://adb-1.azuredatabricks.net/serving-endpoints'],
  ['snowflake/llama3.1-8b', 'snowflake', '=', CHAT, 'https://org-acct.snowflakecomputing.com/api/v2/cortex/v1'],
  ['datarobot/openai/gpt-4o', 'datarobot', '=', CHAT, 'https://app.datarobot.com/api/v2/genai/llmgw'],
  ['heroku/claude-sonnet-4', 'heroku', '=', CHAT, 'https://us.inference.heroku.com/v1/chat/completions'],
  [
    'cloudflare/@cf/meta/llama-3.3-70b',
    'cloudflare',
    '=',
    CHAT,
    'https://api.cloudflare.com/client/v4/accounts/acct/ai/v1',
  ],
  ['bedrock_mantle/openai.gpt-oss-120b', 'bedrock_mantle', '=', CHAT, 'https://bedrock-mantle.eu-west-1.api.aws/v1'],
  [
    'bedrock_mantle/openai.gpt-5.5',
    'bedrock_mantle',
    '=',
    'openai-responses',
    'https://bedrock-mantle.eu-west-1.api.aws/v1',
  ],
  [
    'bedrock_mantle/us-gov-west-1/xai.grok-4.3',
    'bedrock_mantle',
    'xai.grok-4.3',
    CHAT,
    'https://bedrock-mantle.us-gov-west-1.api.aws/v1',
  ],
  [
    'bedrock_mantle/anthropic.claude-x',
    'bedrock_mantle',
    '=',
    'anthropic-messages',
    'https://bedrock-mantle.eu-west-1.api.aws/anthropic/v1/messages',
  ],

  // Text completions.
  [
    'text-completion-openai/davinci-002',
    'text-completion-openai',
    '=',
    'openai-completions',
    'https://api.openai.com/v1',
  ],
  [
    'text-completion-codestral/codestral-latest',
    'text-completion-codestral',
    '=',
    'openai-completions',
    'https://codestral.mistral.ai/v1/fim/completions',
  ],
  [
    'text-completion-inception/mercury-edit-2',
    'text-completion-inception',
    '=',
    'openai-completions',
    'https://api.inceptionlabs.ai/v1/fim/completions',
  ],

  // Vertex, by publisher.
  [
    'vertex_ai/gemini-2.5-pro',
    'vertex_ai',
    '=',
    'gemini',
    `${VERTEX}/publishers/google/models/gemini-2.5-pro:streamGenerateContent`,
  ],
  [
    'vertex_ai_beta/gemini-2.5-pro',
    'vertex_ai_beta',
    '=',
    'gemini',
    `${VERTEX}/publishers/google/models/gemini-2.5-pro:streamGenerateContent`,
  ],
  [
    'vertex_ai/google/gemini-2.5-pro',
    'vertex_ai',
    'gemini-2.5-pro',
    'gemini',
    `${VERTEX}/publishers/google/models/gemini-2.5-pro:streamGenerateContent`,
  ],
  [
    'vertex_ai/gemini/4965075652664360960',
    'vertex_ai',
    '4965075652664360960',
    'gemini',
    `${VERTEX}/endpoints/4965075652664360960:streamGenerateContent`,
  ],
  [
    'vertex_ai/claude-3-5-sonnet@20240620',
    'vertex_ai',
    '=',
    'anthropic-messages',
    `${VERTEX}/publishers/anthropic/models/claude-3-5-sonnet@20240620:streamRawPredict`,
  ],
  ['vertex_ai/meta/llama-4-scout', 'vertex_ai', '=', CHAT, `${VERTEX}/endpoints/openapi/chat/completions`],
  ['vertex_ai/qwen/qwen3-235b', 'vertex_ai', '=', CHAT, `${VERTEX}/endpoints/openapi/chat/completions`],
  ['vertex_ai/xai/grok-4', 'vertex_ai', '=', CHAT, `${VERTEX}/endpoints/openapi/chat/completions`],
  ['vertex_ai/openai/gpt-oss-120b-maas', 'vertex_ai', '=', CHAT, `${VERTEX}/endpoints/openapi/chat/completions`],
  [
    'vertex_ai/mistral-large@2407',
    'vertex_ai',
    'mistralai/mistral-large@2407',
    CHAT,
    `${VERTEX}/endpoints/openapi/chat/completions`,
  ],
  ['vertex_ai/openai/123', 'vertex_ai', '123', CHAT, `${VERTEX}/endpoints/123/chat/completions`],

  // Bedrock: names, profiles, regions, ARNs.
  [
    'bedrock/anthropic.claude-v2:1',
    'bedrock',
    '=',
    'bedrock-converse',
    `${BEDROCK}/anthropic.claude-v2%3A1/converse-stream`,
  ],
  [
    'bedrock/converse/anthropic.claude-v2:1',
    'bedrock',
    'anthropic.claude-v2:1',
    'bedrock-converse',
    `${BEDROCK}/anthropic.claude-v2%3A1/converse-stream`,
  ],
  [
    'bedrock/us.amazon.nova-pro-v1:0',
    'bedrock',
    '=',
    'bedrock-converse',
    `${BEDROCK}/us.amazon.nova-pro-v1%3A0/converse-stream`,
  ],
  [
    'bedrock/eu.anthropic.claude-x',
    'bedrock',
    '=',
    'bedrock-converse',
    `${BEDROCK}/eu.anthropic.claude-x/converse-stream`,
  ],
  [
    'bedrock/converse/apac.anthropic.claude-x',
    'bedrock',
    'apac.anthropic.claude-x',
    'bedrock-converse',
    `${BEDROCK}/apac.anthropic.claude-x/converse-stream`,
  ],
  [
    'bedrock/jp.anthropic.claude-x',
    'bedrock',
    '=',
    'bedrock-converse',
    `${BEDROCK}/jp.anthropic.claude-x/converse-stream`,
  ],
  [
    'bedrock/global.anthropic.claude-x',
    'bedrock',
    '=',
    'bedrock-converse',
    `${BEDROCK}/global.anthropic.claude-x/converse-stream`,
  ],
  [
    'bedrock/us-west-2/meta.llama3-1',
    'bedrock',
    'meta.llama3-1',
    'bedrock-converse',
    'https://bedrock-runtime.us-west-2.amazonaws.com/model/meta.llama3-1/converse-stream',
  ],
  [
    'bedrock/ap-south-1/1-month-commitment/anthropic.claude-v2',
    'bedrock',
    'anthropic.claude-v2',
    'bedrock-converse',
    'https://bedrock-runtime.ap-south-1.amazonaws.com/model/anthropic.claude-v2/converse-stream',
  ],
  [
    'bedrock/arn:aws:bedrock:us-east-1:12:application-inference-profile/ab',
    'bedrock',
    '=',
    'bedrock-converse',
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A12%3Aapplication-inference-profile%2Fab/converse-stream',
  ],
  [
    'bedrock/converse/arn:aws:bedrock:us-west-2:12:inference-profile/us.anthropic.claude-x',
    'bedrock',
    'arn:aws:bedrock:us-west-2:12:inference-profile/us.anthropic.claude-x',
    'bedrock-converse',
    'https://bedrock-runtime.us-west-2.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A12%3Ainference-profile%2Fus.anthropic.claude-x/converse-stream',
  ],

  [
    'bedrock/invoke/eu.anthropic.claude-x',
    'bedrock',
    'eu.anthropic.claude-x',
    'bedrock-invoke',
    `${BEDROCK}/eu.anthropic.claude-x/invoke-with-response-stream`,
  ],

  // The other families.
  [
    'sagemaker_chat/ep',
    'sagemaker_chat',
    '=',
    'sagemaker-chat',
    'https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/ep/invocations-response-stream',
  ],
  [
    'sagemaker/ep',
    'sagemaker',
    '=',
    'sagemaker-tgi',
    'https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/ep/invocations-response-stream',
  ],
  [
    'sagemaker_nova/ep',
    'sagemaker_nova',
    '=',
    'sagemaker-chat',
    'https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/ep/invocations-response-stream',
  ],
  ['cohere/command-r-plus', 'cohere', '=', 'cohere', 'https://api.cohere.com/v2/chat'],
  ['cohere_chat/command-r', 'cohere_chat', '=', 'cohere', 'https://api.cohere.com/v2/chat'],
  [
    'watsonx/ibm/granite-3-8b',
    'watsonx',
    '=',
    'watsonx',
    'https://us-south.ml.cloud.ibm.com/ml/v1/text/chat_stream?version=2024-03-13',
  ],
  [
    'watsonx/deployment/dep-1',
    'watsonx',
    'dep-1',
    'watsonx',
    'https://us-south.ml.cloud.ibm.com/ml/v1/deployments/dep-1/text/chat_stream?version=2024-03-13',
  ],
  [
    'watsonx_text/ibm/granite',
    'watsonx_text',
    '=',
    'watsonx',
    'https://us-south.ml.cloud.ibm.com/ml/v1/text/generation_stream?version=2024-03-13',
  ],
  [
    'predibase/llama-3',
    'predibase',
    '=',
    'tgi',
    'https://serving.app.predibase.com/tenant/deployments/v2/llms/llama-3/generate_stream',
  ],
  ['replicate/meta/llama-2', 'replicate', '=', 'replicate', 'https://api.replicate.com/v1'],
  [`replicate/meta/llama:${HASH}`, 'replicate', '=', 'replicate', 'https://api.replicate.com/v1'],

  // Names without a prefix.
  ['gpt-4', 'openai', 'gpt-4', CHAT, 'https://api.openai.com/v1'],
  ['computer-use-preview', 'openai', 'computer-use-preview', RESPONSES, 'https://api.openai.com/v1'],
  ['o3-deep-research', 'openai', 'o3-deep-research', RESPONSES, 'https://api.openai.com/v1'],
  ['o3-mini', 'openai', 'o3-mini', CHAT, 'https://api.openai.com/v1'],
  ['chatgpt-4o-latest', 'openai', 'chatgpt-4o-latest', CHAT, 'https://api.openai.com/v1'],
  ['gpt-5-codex', 'openai', 'gpt-5-codex', 'openai-responses', 'https://api.openai.com/v1'],
  ['ft:gpt-3.5-turbo:acme::id', 'openai', 'ft:gpt-3.5-turbo:acme::id', CHAT, 'https://api.openai.com/v1'],
  ['ft:gpt-4o-2024-08-06:acme::id', 'openai', 'ft:gpt-4o-2024-08-06:acme::id', CHAT, 'https://api.openai.com/v1'],
  ['*', 'openai', '*', CHAT, 'https://api.openai.com/v1'],
  [
    'gpt-3.5-turbo-instruct',
    'text-completion-openai',
    'gpt-3.5-turbo-instruct',
    'openai-completions',
    'https://api.openai.com/v1',
  ],
  ['babbage-002', 'text-completion-openai', 'babbage-002', 'openai-completions', 'https://api.openai.com/v1'],
  [
    'claude-sonnet-4-5',
    'anthropic',
    'claude-sonnet-4-5',
    'anthropic-messages',
    'https://api.anthropic.com/v1/messages',
  ],
  [
    'claude-3-opus@20240229',
    'vertex_ai',
    'claude-3-opus@20240229',
    'anthropic-messages',
    `${VERTEX}/publishers/anthropic/models/claude-3-opus@20240229:streamRawPredict`,
  ],
  [
    'gemini-2.5-flash',
    'vertex_ai',
    'gemini-2.5-flash',
    'gemini',
    `${VERTEX}/publishers/google/models/gemini-2.5-flash:streamGenerateContent`,
  ],
  ['command-r-plus', 'cohere', 'command-r-plus', 'cohere', 'https://api.cohere.com/v2/chat'],
  ['command', 'cohere', 'command', 'cohere', 'https://api.cohere.com/v2/chat'],
  ['mistral-large-latest', 'mistral', 'mistral-large-latest', CHAT, 'https://api.mistral.ai/v1'],
  ['open-mixtral-8x7b', 'mistral', 'open-mixtral-8x7b', CHAT, 'https://api.mistral.ai/v1'],
  ['jamba-1.5-large', 'ai21', 'jamba-1.5-large', CHAT, 'https://api.ai21.com/studio/v1'],
  ['grok-4', 'xai', 'grok-4', CHAT, 'https://api.x.ai/v1'],
  ['deepseek-reasoner', 'deepseek', 'deepseek-reasoner', CHAT, 'https://api.deepseek.com'],
  [
    'anthropic.claude-3-haiku-20240307-v1:0',
    'bedrock',
    'anthropic.claude-3-haiku-20240307-v1:0',
    'bedrock-converse',
    `${BEDROCK}/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream`,
  ],
  [
    'eu.amazon.nova-lite-v1:0',
    'bedrock',
    'eu.amazon.nova-lite-v1:0',
    'bedrock-converse',
    `${BEDROCK}/eu.amazon.nova-lite-v1%3A0/converse-stream`,
  ],
  ['claude-x-v1:0', 'bedrock', 'claude-x-v1:0', 'bedrock-converse', `${BEDROCK}/claude-x-v1%3A0/converse-stream`],
  ['in.meta.x', 'bedrock', 'in.meta.x', 'bedrock-converse', `${BEDROCK}/in.meta.x/converse-stream`],
  [
    'ibm/granite-3-8b-instruct',
    'watsonx',
    'ibm/granite-3-8b-instruct',
    'watsonx',
    'https://us-south.ml.cloud.ibm.com/ml/v1/text/chat_stream?version=2024-03-13',
  ],
  [`owner/model:${HASH}`, 'replicate', `owner/model:${HASH}`, 'replicate', 'https://api.replicate.com/v1'],
  [
    `meta/llama-2-70b-chat:${HASH}`,
    'replicate',
    `meta/llama-2-70b-chat:${HASH}`,
    'replicate',
    'https://api.replicate.com/v1',
  ],
  ['  gpt-4o\n', 'openai', 'gpt-4o', CHAT, 'https://api.openai.com/v1'],
];

test('the table has at least 150 strings, each once', () => {
  assert.ok(TABLE.length >= 150, String(TABLE.length));
  assert.equal(new Set(TABLE.map(([text]) => text)).size, TABLE.length);
});

for (const [text, prefix, sent, dialect, url] of TABLE) {
  test(`${text} is ${prefix}`, () => {
    const target = resolved(text);
    const model = sent === '=' ? text.slice(text.indexOf('/') + 1) : sent;
    const { prefix: found, model: name, dialect: speaks } = target;
    assert.deepEqual([found, name, speaks, `${target.url}${target.query}`], [prefix, model, dialect, url]);
  });
}

test('aliases share a provider; how it was found is told, and whether it was looked up', () => {
  assert.equal(resolved('cohere_chat/command-r').provider, 'cohere');
  assert.equal(resolved('cohere_chat/command-r').foundBy, 'prefix');
  assert.equal(resolved('gpt-4o').foundBy, 'name');
  assert.equal(resolved('gpt-4o').verified, true);
  assert.equal(resolved('libertai/m').verified, false);
  assert.equal(resolved('vertex_ai/gemini-2.5-pro').verified, true);
  assert.equal(resolved('vertex_ai/mistral-large').verified, false);
});

const UNKNOWN: readonly (readonly [string, readonly string[]])[] = [
  ['meta-llama/Llama-3-8B', ['meta_llama']],
  ['opneai/gpt-4o', ['openai']],
  ['OpenAI/gpt-4o', ['openai']],
  ['together/x', ['together_ai']],
  ['vllm/x', ['hosted_vllm']],
  ['google/x', ['gemini']],
  ['aws/x', ['bedrock']],
  ['lmstudio/x', ['lm_studio']],
  ['groqq/x', ['groq']],
  ['mistral', ['mistral']],
  ['opneai', ['openai']],
  ['llama3', []],
  ['gpt-oss-120b', []],
  ['somebody-else/quite', []],
  // A known name with a slash behind it is none.
  ['gpt-4o/', []],
  ['gemini-2.5-pro/x', ['gemini']],
  ['claude-opus-5/x', ['anthropic']],
  ['claude-opus-4@2025/x', ['anthropic']],
  ['grok-4/x', ['xai']],
  ['command/x', []],
  ['', []],
  ['/', []],
];
for (const [text, suggestions] of UNKNOWN) {
  test(`${text || 'nothing'} is unknown`, () => {
    const resolution = resolveWith(text);
    assert.equal(resolution.kind, 'unknown');
    assert.deepEqual(resolution.suggestions.slice(0, 1), suggestions);
  });
}

test('a list of models comes before our patterns, and a prefix that it makes up counts for nothing', () => {
  const knownModels = (name: string): string | undefined =>
    ({ 'gpt-oss-120b': 'groq', 'gpt-4o': 'azure_text', llama3: 'nobody' })[name];
  assert.equal(resolved('gpt-oss-120b', { knownModels }).prefix, 'groq');
  assert.equal(resolved('gpt-4o', { knownModels }).prefix, 'azure_text');
  assert.equal(resolveWith('llama3', { knownModels }).kind, 'unknown');
  assert.equal(resolved('openai/gpt-oss-120b', { knownModels }).prefix, 'openai');
});

test('a row of the user wins, and brings its own names', () => {
  const row = providerRowSchema.parse({
    prefixes: ['groq', 'acme'],
    dialect: 'openai-chat',
    baseUrl: 'https://llm.acme.example/{region}/v1',
    keyVariables: ['ACME_KEY'],
    placeholders: { region: { variables: ['ACME_REGION'], default: 'north pole' } },
    names: ['^acme-'],
  });
  const catalog = openCatalog([row]);
  assert.equal(resolved('groq/x', { catalog }).url, 'https://llm.acme.example/north%20pole/v1');
  assert.equal(resolved('acme-1', { catalog }).prefix, 'groq');
  assert.equal(resolved('cerebras/x', { catalog }).url, 'https://api.cerebras.ai/v1');
  assert.equal(resolved('groq/x').url, 'https://api.groq.com/openai/v1');
});
