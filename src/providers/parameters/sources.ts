/** Where a range or rule was read. */
export interface Source {
  readonly title: string;
  readonly url: string | undefined;
}

export const SOURCES = {
  'openai-api': { title: 'OpenAI, API reference', url: 'https://platform.openai.com/docs/api-reference/chat/create' },
  'openai-responses': {
    title: 'OpenAI, Responses',
    url: 'https://platform.openai.com/docs/api-reference/responses/create',
  },
  'openai-completions': {
    title: 'OpenAI, Completions',
    url: 'https://platform.openai.com/docs/api-reference/completions/create',
  },
  'openai-reasoning': {
    title: 'OpenAI, limits of reasoning models',
    url: 'https://platform.openai.com/docs/guides/reasoning#limitations',
  },
  'openai-compatibility': {
    title: 'OpenAI, GPT-5.1 parameter compatibility',
    url: 'https://platform.openai.com/docs/guides/latest-model#gpt-5-1-parameter-compatibility',
  },
  'openai-sdk': { title: 'types of the npm package openai 7.57', url: undefined },
  'anthropic-api': { title: 'Anthropic, Messages', url: 'https://docs.anthropic.com/en/api/messages' },
  'anthropic-thinking': {
    title: 'Anthropic, extended thinking',
    url: 'https://platform.claude.com/docs/en/build-with-claude/extended-thinking',
  },
  'anthropic-fable': {
    title: 'Anthropic, migrating to Fable 5',
    url: 'https://platform.claude.com/docs/en/models/fable-5/migration-guide',
  },
  'anthropic-sdk': { title: 'types of the npm package @anthropic-ai/sdk 0.137 and 1.13', url: undefined },
  'aws-thinking': {
    title: 'AWS, adaptive thinking',
    url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html',
  },
  'openrouter-claude': {
    title: 'OpenRouter, moving to Claude 5.5',
    url: 'https://openrouter.ai/docs/cookbook/evaluate-and-optimize/model-migrations/claude-5-5',
  },
  'gemini-api': { title: 'Google, generateContent', url: 'https://ai.google.dev/api/generate-content' },
  'gemini-3': { title: 'Google, Gemini 3', url: 'https://ai.google.dev/gemini-api/docs/gemini-3' },
  'gemini-flash-lite': {
    title: 'Google, Gemini 3.5 Flash-Lite',
    url: 'https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/gemini/3-5-flash-lite',
  },
  bedrock: {
    title: 'AWS, Converse',
    url: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html',
  },
  groq: { title: 'Groq, API reference', url: 'https://console.groq.com/docs/api-reference' },
  'groq-openai': { title: 'Groq, OpenAI compatibility', url: 'https://console.groq.com/docs/openai' },
  'groq-reasoning': { title: 'Groq, reasoning', url: 'https://console.groq.com/docs/reasoning' },
  'deepseek-api': {
    title: 'DeepSeek, API reference',
    url: 'https://api-docs.deepseek.com/api/create-chat-completion',
  },
  deepseek: { title: 'DeepSeek, thinking mode', url: 'https://api-docs.deepseek.com/guides/thinking_mode' },
  'deepseek-reasoner': {
    title: 'DeepSeek, deepseek-reasoner',
    url: 'https://api-docs.deepseek.com/zh-cn/guides/reasoning_model',
  },
  'xai-reasoning': { title: 'xAI, reasoning', url: 'https://docs.x.ai/docs/guides/reasoning' },
  kimi: { title: 'Moonshot, models and their parameters', url: 'https://platform.kimi.ai/docs/api/models-overview' },
  'kimi-fixed': { title: 'AgentScope, Kimi', url: 'https://java.agentscope.io/v2/en/integration/model/kimi' },
  cohere: { title: 'Cohere, Chat', url: 'https://docs.cohere.com/reference/chat' },
  openrouter: { title: 'OpenRouter, parameters', url: 'https://openrouter.ai/docs/api_reference/parameters' },
  vllm: { title: 'vLLM, OpenAI server', url: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html' },
  ollama: { title: 'Ollama, chat', url: 'https://docs.ollama.com/api/chat' },
  tgi: { title: 'Text Generation Inference', url: 'https://huggingface.github.io/text-generation-inference/' },
  llamacpp: {
    title: 'llama.cpp server',
    url: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
  },
  'ai-sdk': { title: 'AI SDK, what its clients send (August 2026)', url: 'https://github.com/vercel/ai' },
  litellm: { title: 'LiteLLM, how it maps parameters (2026)', url: 'https://github.com/BerriAI/litellm' },
  'models-dev': { title: 'models.dev (2 July 2026)', url: 'https://models.dev' },
  studio: { title: 'LLM Benchmark Studio, its parameter registry', url: undefined },
  memory: { title: 'not looked up', url: undefined },
} as const;

export type SourceId = keyof typeof SOURCES;

/** One line: title and address. */
export function describeSource(id: SourceId): string {
  const { title, url }: Source = SOURCES[id];
  return url === undefined ? title : `${title}, ${url}`;
}
