import { no, type ParameterRow, testRows } from '../../test/support/parameter-rows.ts';

/** Where a request goes: prefix and dialect. */
const GEMINI = 'gemini gemini';
const VERTEX = 'vertex_ai gemini';
const BEDROCK = 'bedrock bedrock-converse';
const MISTRAL = 'mistral openai-chat';
const GROQ = 'groq openai-chat';
const DEEPSEEK = 'deepseek openai-chat';
const XAI = 'xai openai-chat';
const MOONSHOT = 'moonshot openai-chat';
const PERPLEXITY = 'perplexity openai-chat';
const COHERE = 'cohere_chat cohere';
const OPENROUTER = 'openrouter openai-chat';
const VLLM = 'hosted_vllm openai-chat';
const LM_STUDIO = 'lm_studio openai-chat';
const OLLAMA = 'ollama_chat ollama';
const LLAMACPP = '- llamacpp';
const TGI = 'predibase tgi';
const POE = 'poe openai-chat';
const TOGETHER = 'together_ai openai-chat';
const BARE = '- openai-chat';

const SCHEMA = { type: 'object' };
const JSON_SCHEMA = { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA } };
const JSON_MODE = { type: 'json_object' };
const TOOLS = [{ type: 'function', function: { name: 'look' } }];

const ROWS: Readonly<Record<string, readonly ParameterRow[]>> = {
  Gemini: [
    [
      GEMINI,
      'gemini-2.5-flash',
      'strict',
      { temperature: 0.5, max_tokens: 2_000, top_p: 0.9, top_k: 40, stop: 'x', n: 2, seed: 7 },
      {
        temperature: 0.5,
        maxOutputTokens: 2_000,
        topP: 0.9,
        topK: 40,
        stopSequences: ['x'],
        candidateCount: 2,
        seed: 7,
      },
    ],
    [GEMINI, 'gemini-2.5-flash', 'strict', { n: 9 }, no('n')],
    [GEMINI, 'gemini-2.5-flash', 'adjust', { top_k: 200 }, { topK: 100 }],
    [GEMINI, 'gemini-2.5-flash', 'strict', { presence_penalty: 1, min_p: 0.1 }, no('min_p')],
    [GEMINI, 'gemini-2.5-pro', 'strict', { thinking_budget: 0 }, no('thinking_budget')],
    [GEMINI, 'gemini-2.5-pro', 'adjust', { thinking_budget: 0 }, { thinkingConfig: { thinkingBudget: 128 } }],
    [GEMINI, 'gemini-2.5-pro', 'strict', { thinking_budget: -1 }, { thinkingConfig: { thinkingBudget: -1 } }],
    [GEMINI, 'gemini-2.5-flash', 'strict', { thinking_budget: 0 }, { thinkingConfig: { thinkingBudget: 0 } }],
    [GEMINI, 'gemini-2.5-flash', 'adjust', { thinking_budget: 30_000 }, { thinkingConfig: { thinkingBudget: 24_576 } }],
    [GEMINI, 'gemini-2.5-flash-lite', 'strict', { thinking_budget: 100 }, no('thinking_budget')],
    [GEMINI, 'gemini-2.5-flash', 'strict', { reasoning_effort: 'low' }, no('reasoning_effort')],
    [GEMINI, 'gemini-2.5-flash', 'adjust', { reasoning_effort: 'low' }, { thinkingConfig: { thinkingBudget: 1_024 } }],
    [GEMINI, 'gemini-2.0-flash', 'strict', { thinking_budget: 100 }, no('thinking_budget')],
    [
      GEMINI,
      'gemini-3-pro-preview',
      'strict',
      { reasoning_effort: 'low', thinking_budget: 500 },
      no('reasoning_effort'),
    ],
    [GEMINI, 'gemini-3-pro-preview', 'strict', { reasoning_effort: 'medium' }, no('reasoning_effort')],
    [
      GEMINI,
      'gemini-3.1-pro-preview',
      'strict',
      { reasoning_effort: 'medium' },
      { thinkingConfig: { thinkingLevel: 'MEDIUM' } },
    ],
    [GEMINI, 'gemini-3-flash-preview', 'strict', { reasoning_effort: 'none' }, no('reasoning_effort')],
    [
      GEMINI,
      'gemini-3-flash-preview',
      'adjust',
      { reasoning_effort: 'none' },
      { thinkingConfig: { thinkingLevel: 'MINIMAL' } },
    ],
    [
      GEMINI,
      'gemini-3.8-flash',
      'adjust',
      { reasoning_effort: 'minimal' },
      { thinkingConfig: { thinkingLevel: 'LOW' } },
    ],
    [GEMINI, 'gemini-3-flash-preview', 'strict', { temperature: 0.2 }, { temperature: 0.2 }],
    [GEMINI, 'gemini-3-flash-preview', 'adjust', { temperature: 0.2 }, { temperature: 1 }],
    [GEMINI, 'gemini-4-pro', 'adjust', { temperature: 0.2 }, { temperature: 1 }],
    [GEMINI, 'gemini-2.5-pro', 'strict', { response_format: JSON_SCHEMA, tools: TOOLS }, no('response_format')],
    [
      GEMINI,
      'gemini-2.5-pro',
      'strict',
      { response_format: JSON_SCHEMA },
      { responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
    ],
    [GEMINI, 'gemini-2.5-pro', 'strict', { topP: 3, safetySettings: [] }, { topP: 3, safetySettings: [] }],
    [VERTEX, 'gemini-2.5-pro', 'strict', { service_tier: 'flex' }, no('service_tier')],
    [GEMINI, 'gemini-2.5-pro', 'pass', { top_p: 0.9, max_tokens: 9 }, { top_p: 0.9, maxOutputTokens: 9 }],
  ],
  Bedrock: [
    [
      BEDROCK,
      'amazon.nova-pro-v1:0',
      'strict',
      { temperature: 1, top_p: 0.5, stop: ['x'], max_tokens: 9 },
      { temperature: 1, topP: 0.5, stopSequences: ['x'], maxTokens: 9 },
    ],
    [BEDROCK, 'amazon.nova-pro-v1:0', 'adjust', { temperature: 1.5 }, { temperature: 1 }],
    [
      BEDROCK,
      'amazon.nova-pro-v1:0',
      'strict',
      { top_k: 5 },
      { additionalModelRequestFields: { inferenceConfig: { topK: 5 } } },
    ],
    [BEDROCK, 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'strict', { top_k: 5 }, { top_k: 5 }],
    [BEDROCK, 'meta.llama3-1-70b-instruct-v1:0', 'strict', { top_k: 5 }, no('top_k')],
    [BEDROCK, 'amazon.nova-pro-v1:0', 'strict', { seed: 1, presence_penalty: 1, n: 2 }, no('seed presence_penalty n')],
    [
      BEDROCK,
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'strict',
      { thinking_budget: 2_000 },
      { thinking: { type: 'enabled', budget_tokens: 2_000 } },
    ],
  ],
  Mistral: [
    [MISTRAL, 'mistral-large-latest', 'strict', { seed: 5, max_tokens: 9 }, { random_seed: 5, max_tokens: 9 }],
    [MISTRAL, 'mistral-large-latest', 'strict', { max_completion_tokens: 9 }, { max_tokens: 9 }],
    [MISTRAL, 'mistral-large-latest', 'strict', { temperature: 1.6 }, no('temperature')],
    [MISTRAL, 'mistral-large-latest', 'adjust', { temperature: 1.6 }, { temperature: 1.5 }],
    [MISTRAL, 'mistral-large-latest', 'strict', { top_k: 4 }, no('top_k')],
    [
      MISTRAL,
      'mistral-large-latest',
      'strict',
      { tools: TOOLS, tool_choice: 'required' },
      { tools: TOOLS, tool_choice: 'any' },
    ],
    [MISTRAL, 'mistral-large-latest', 'strict', { safe_prompt: true }, { safe_prompt: true }],
    [MISTRAL, 'mistral-small-latest', 'adjust', { reasoning_effort: 'low' }, { reasoning_effort: 'high' }],
  ],
  Groq: [
    [GROQ, 'llama-3.3-70b-versatile', 'strict', { n: 2 }, no('n')],
    [GROQ, 'llama-3.3-70b-versatile', 'adjust', { n: 2, max_tokens: 9 }, { n: 1, max_completion_tokens: 9 }],
    [
      GROQ,
      'llama-3.3-70b-versatile',
      'strict',
      { logprobs: true, logit_bias: {}, top_logprobs: 1 },
      no('logprobs logit_bias top_logprobs'),
    ],
    [
      GROQ,
      'openai/gpt-oss-120b',
      'strict',
      { temperature: 0.2, reasoning_effort: 'low' },
      { temperature: 0.2, reasoning_effort: 'low' },
    ],
    [GROQ, 'qwen/qwen3-32b', 'strict', { reasoning_format: 'raw', response_format: JSON_MODE }, no('reasoning_format')],
    [GROQ, 'qwen/qwen3-32b', 'strict', { reasoning_format: 'raw', tools: TOOLS }, no('reasoning_format')],
    [
      GROQ,
      'qwen/qwen3-32b',
      'strict',
      { reasoning_format: 'parsed', include_reasoning: true },
      no('include_reasoning'),
    ],
    [GROQ, 'llama-3.3-70b-versatile', 'strict', { service_tier: 'priority' }, no('service_tier')],
  ],
  DeepSeek: [
    [DEEPSEEK, 'deepseek-chat', 'strict', { temperature: 1.5, max_tokens: 9 }, { temperature: 1.5, max_tokens: 9 }],
    [DEEPSEEK, 'deepseek-v4-pro', 'strict', { temperature: 0.5 }, { temperature: 0.5 }],
    [DEEPSEEK, 'deepseek-chat', 'strict', { top_k: 5, seed: 1 }, no('top_k seed')],
    [DEEPSEEK, 'deepseek-chat', 'strict', { stop: new Array<string>(17).fill('x') }, no('stop')],
    [DEEPSEEK, 'deepseek-reasoner', 'strict', { logprobs: true }, no('logprobs')],
    [DEEPSEEK, 'deepseek-chat', 'strict', { logprobs: true }, { logprobs: true }],
    [DEEPSEEK, 'deepseek-v4-pro', 'strict', { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    [DEEPSEEK, 'deepseek-v4-pro', 'strict', { reasoning_effort: 'max' }, { reasoning_effort: 'max' }],
    [DEEPSEEK, 'deepseek-chat', 'strict', { response_format: JSON_SCHEMA }, no('response_format')],
  ],
  xAI: [
    [XAI, 'grok-4.3', 'strict', { max_tokens: 2_000, seed: 1 }, { max_completion_tokens: 2_000, seed: 1 }],
    [XAI, 'grok-4.3', 'strict', { stop: 'x', presence_penalty: 1 }, no('stop presence_penalty')],
    [XAI, 'grok-4.20-non-reasoning', 'strict', { stop: 'x', presence_penalty: 1 }, { stop: 'x', presence_penalty: 1 }],
    [XAI, 'grok-4.20-0309-reasoning', 'strict', { reasoning_effort: 'low' }, no('reasoning_effort')],
    [XAI, 'grok-4', 'adjust', { reasoning_effort: 'low', top_p: 1 }, { top_p: 1 }],
    [XAI, 'grok-4.6', 'strict', { reasoning_effort: 'xhigh' }, { reasoning_effort: 'xhigh' }],
    [XAI, 'grok-3', 'strict', { top_k: 5 }, no('top_k')],
    [XAI, 'grok-7', 'strict', { frequency_penalty: 1 }, no('frequency_penalty')],
  ],
  'Moonshot and Perplexity': [
    [MOONSHOT, 'moonshot-v1-8k', 'strict', { temperature: 1.1 }, no('temperature')],
    [MOONSHOT, 'moonshot-v1-8k', 'adjust', { temperature: 1.1 }, { temperature: 1 }],
    [MOONSHOT, 'moonshot-v1-8k', 'strict', { temperature: 0.2, n: 2 }, no('n')],
    [MOONSHOT, 'moonshot-v1-8k', 'strict', { temperature: 0.3, n: 2 }, { temperature: 0.3, n: 2 }],
    [MOONSHOT, 'moonshot-v1-8k', 'strict', { tools: TOOLS, tool_choice: 'required' }, no('tool_choice')],
    [MOONSHOT, 'kimi-k3', 'strict', { temperature: 0.6 }, no('temperature')],
    [MOONSHOT, 'kimi-k3', 'adjust', { reasoning_effort: 'medium' }, { reasoning_effort: 'high' }],
    [PERPLEXITY, 'sonar', 'strict', { stop: 'x', seed: 1 }, no('stop seed')],
    [PERPLEXITY, 'sonar', 'adjust', { stop: 'x', seed: 1, tools: TOOLS, top_p: 0.5 }, { top_p: 0.5 }],
  ],
  Cohere: [
    [
      COHERE,
      'command-a-03-2025',
      'strict',
      { temperature: 0.3, top_p: 0.5, top_k: 10, stop: 'x', max_tokens: 9 },
      { temperature: 0.3, p: 0.5, k: 10, stop_sequences: ['x'], max_tokens: 9 },
    ],
    [COHERE, 'command-a-03-2025', 'strict', { top_p: 1 }, no('top_p')],
    [
      COHERE,
      'command-a-03-2025',
      'adjust',
      { top_p: 1, presence_penalty: -1, frequency_penalty: 2 },
      { p: 0.99, presence_penalty: 0, frequency_penalty: 1 },
    ],
    [
      COHERE,
      'command-a-03-2025',
      'strict',
      { tools: TOOLS, tool_choice: 'required' },
      { tools: TOOLS, tool_choice: 'REQUIRED' },
    ],
    [COHERE, 'command-a-03-2025', 'strict', { tools: TOOLS, tool_choice: 'auto' }, no('tool_choice')],
    [
      COHERE,
      'command-a-reasoning-08-2025',
      'strict',
      { thinking_budget: 500 },
      { thinking: { type: 'enabled', token_budget: 500 } },
    ],
    [COHERE, 'command-a-03-2025', 'strict', { safety_mode: 'OFF' }, { safety_mode: 'OFF' }],
  ],
  'servers of open models': [
    [
      VLLM,
      'm',
      'strict',
      { top_k: -1, min_p: 0.1, repetition_penalty: 1.1, min_tokens: 5, ignore_eos: true, max_tokens: 5 },
      { top_k: -1, min_p: 0.1, repetition_penalty: 1.1, min_tokens: 5, ignore_eos: true, max_tokens: 5 },
    ],
    [VLLM, 'm', 'strict', { max_completion_tokens: 5, temperature: 3 }, { max_completion_tokens: 5, temperature: 3 }],
    [VLLM, 'm', 'strict', { top_p: 0 }, no('top_p')],
    [VLLM, 'm', 'adjust', { top_p: 0, min_p: 2 }, { min_p: 1 }],
    [
      VLLM,
      'm',
      'strict',
      { chat_template_kwargs: { enable_thinking: false } },
      { chat_template_kwargs: { enable_thinking: false } },
    ],
    [LM_STUDIO, 'm', 'strict', { top_k: 501 }, no('top_k')],
    [LM_STUDIO, 'm', 'adjust', { top_k: 501, top_p: 0.5 }, { top_k: 500, top_p: 0.5 }],
    [
      OLLAMA,
      'llama3',
      'strict',
      { temperature: 0, max_tokens: 9, top_k: 5, repetition_penalty: 1.2, stop: 'x', num_ctx: 8_192 },
      { temperature: 0, num_predict: 9, top_k: 5, repeat_penalty: 1.2, stop: ['x'], num_ctx: 8_192 },
    ],
    [OLLAMA, 'llama3', 'strict', { n: 2, logit_bias: {}, tool_choice: 'auto' }, no('n logit_bias tool_choice')],
    [
      OLLAMA,
      'qwen3',
      'strict',
      { reasoning_effort: 'none', response_format: JSON_MODE },
      { think: false, format: 'json' },
    ],
    [
      LLAMACPP,
      'm',
      'strict',
      { max_tokens: 9, top_logprobs: 3, ignore_eos: true },
      { n_predict: 9, n_probs: 3, ignore_eos: true },
    ],
    [
      LLAMACPP,
      'm',
      'strict',
      { response_format: JSON_SCHEMA, cache_prompt: false },
      { json_schema: SCHEMA, cache_prompt: false },
    ],
    [TGI, 'm', 'strict', { temperature: 0 }, no('temperature')],
    [TGI, 'm', 'adjust', { temperature: 0, top_p: 1, max_tokens: 9 }, { max_new_tokens: 9 }],
    [TGI, 'm', 'strict', { top_p: 0.9, top_k: 3, seed: 1, stop: 'x' }, { top_p: 0.9, top_k: 3, seed: 1, stop: ['x'] }],
    [TGI, 'm', 'strict', { presence_penalty: 1 }, no('presence_penalty')],
  ],
  'everything else': [
    [
      OPENROUTER,
      'anthropic/claude-opus-4.8',
      'strict',
      { reasoning_effort: 'high' },
      { reasoning: { effort: 'high' } },
    ],
    [
      OPENROUTER,
      'qwen/qwen3',
      'strict',
      { thinking_budget: 500, top_k: 4 },
      { reasoning: { max_tokens: 500 }, top_k: 4 },
    ],
    [OPENROUTER, 'openai/gpt-4o', 'strict', { n: 2 }, no('n')],
    [POE, 'Some-Bot', 'strict', { max_completion_tokens: 9 }, { max_tokens: 9 }],
    [
      TOGETHER,
      'meta-llama/Llama-3',
      'strict',
      { top_k: 4, repetition_penalty: 1.1, max_tokens: 9 },
      { top_k: 4, repetition_penalty: 1.1, max_tokens: 9 },
    ],
    [TOGETHER, 'meta-llama/Llama-3', 'strict', { max_completion_tokens: 9 }, { max_completion_tokens: 9 }],
    [
      BARE,
      'qwen',
      'strict',
      { top_k: 4, temperature: 0.5, anything: [1] },
      { top_k: 4, temperature: 0.5, anything: [1] },
    ],
    [BARE, 'qwen', 'strict', { temperature: 2.5 }, no('temperature')],
    [BARE, 'qwen', 'adjust', { temperature: 2.5, top_p: -0.1 }, { temperature: 2, top_p: 0 }],
    [BARE, 'qwen', 'pass', { temperature: 2.5, top_p: -0.1 }, { temperature: 2.5, top_p: -0.1 }],
    [BARE, 'qwen', 'strict', { max_tokens: 5, max_completion_tokens: 6 }, no('max_completion_tokens')],
    [BARE, 'qwen', 'adjust', { max_completion_tokens: 6, max_tokens: 5 }, { max_tokens: 5 }],
    [BARE, 'qwen', 'pass', { max_completion_tokens: 6, max_tokens: 5 }, { max_completion_tokens: 6, max_tokens: 5 }],
    [BARE, 'qwen', 'strict', { temperature: 'hot' }, no('temperature')],
    [BARE, 'qwen', 'adjust', { temperature: 'hot', seed: 1.5 }, {}],
    [BARE, 'qwen', 'pass', { temperature: 'hot' }, { temperature: 'hot' }],
    [BARE, 'qwen', 'strict', { temperature: null, custom: null }, { custom: null }],
    [BARE, 'qwen', 'strict', {}, {}],
  ],
};

testRows(ROWS);
