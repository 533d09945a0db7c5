import type { FamilyId } from './family.ts';
import { matches, type Target } from './matching.ts';
import type { ParameterName } from './parameter.ts';
import {
  named,
  type Spelling,
  spelt,
  toAnthropicChoice,
  toAnthropicFormat,
  toBedrockChoice,
  toCohereChoice,
  toCohereFormat,
  toGeminiChoice,
  toGeminiFormat,
  toGrammar,
  together,
  toJsonSchema,
  toList,
  toMistralChoice,
  toOllamaFormat,
  toResponsesChoice,
  toResponsesFormat,
} from './spelling.ts';

/** How some targets spell some parameters. What no row names is written as it is. */
export interface NativeRow {
  readonly dialects: readonly string[];
  readonly families?: readonly FamilyId[];
  /** A pattern of base models. */
  readonly models?: string;
  readonly names: Readonly<Partial<Record<ParameterName, Spelling>>>;
}

const OPENAI_SHAPED = ['openai-chat', 'sagemaker-chat', 'watsonx'];
const ANTHROPIC = ['anthropic-messages', 'bedrock-invoke'];

/** Claude thinks by effort from 4.6 on. */
const EFFORT: Spelling = together('output_config.effort', (value) =>
  value === 'none' ? { 'thinking.type': 'disabled' } : { 'thinking.type': 'adaptive', 'output_config.effort': value },
);

const BUDGET: Spelling = together('thinking.budget_tokens', (value) =>
  value === 0 ? { 'thinking.type': 'disabled' } : { 'thinking.type': 'enabled', 'thinking.budget_tokens': value },
);

/** The dialect's own place of a member is the encoder's business: `topP` of Gemini lands in `generationConfig`. The first row counts. */
export const NATIVE_ROWS: readonly NativeRow[] = [
  {
    dialects: OPENAI_SHAPED,
    families: ['mistral'],
    names: { seed: named('random_seed'), tool_choice: spelt('tool_choice', toMistralChoice) },
  },
  {
    dialects: OPENAI_SHAPED,
    families: ['openrouter'],
    names: { reasoning_effort: named('reasoning.effort'), thinking_budget: named('reasoning.max_tokens') },
  },
  {
    dialects: OPENAI_SHAPED,
    families: ['deepseek'],
    names: {
      reasoning_effort: together('reasoning_effort', (value) =>
        value === 'none' ? { 'thinking.type': 'disabled' } : { reasoning_effort: value },
      ),
    },
  },
  { dialects: OPENAI_SHAPED, families: ['moonshot'], names: { thinking_budget: BUDGET } },
  {
    dialects: ['openai-responses'],
    names: {
      reasoning_effort: named('reasoning.effort'),
      verbosity: named('text.verbosity'),
      response_format: spelt('text.format', toResponsesFormat),
      tool_choice: spelt('tool_choice', toResponsesChoice),
      logprobs: spelt('include', (value) => (value === true ? ['message.output_text.logprobs'] : undefined)),
    },
  },
  {
    dialects: ANTHROPIC,
    names: {
      stop: spelt('stop_sequences', toList),
      reasoning_effort: EFFORT,
      thinking_budget: BUDGET,
      response_format: spelt('output_config.format', toAnthropicFormat),
      tool_choice: spelt('tool_choice', toAnthropicChoice),
      parallel_tool_calls: together('tool_choice.disable_parallel_tool_use', (value) => ({
        'tool_choice.type': 'auto',
        'tool_choice.disable_parallel_tool_use': value === false,
      })),
    },
  },
  {
    dialects: ['gemini'],
    names: {
      top_p: named('topP'),
      top_k: named('topK'),
      presence_penalty: named('presencePenalty'),
      frequency_penalty: named('frequencyPenalty'),
      stop: spelt('stopSequences', toList),
      n: named('candidateCount'),
      logprobs: named('responseLogprobs'),
      top_logprobs: named('logprobs'),
      thinking_budget: named('thinkingConfig.thinkingBudget'),
      reasoning_effort: spelt('thinkingConfig.thinkingLevel', (value) => String(value).toUpperCase()),
      response_format: together('responseMimeType', toGeminiFormat),
      tool_choice: spelt('toolConfig', toGeminiChoice),
      service_tier: named('serviceTier'),
    },
  },
  {
    dialects: ['bedrock-converse'],
    models: 'anthropic|claude',
    names: { reasoning_effort: EFFORT, thinking_budget: BUDGET },
  },
  {
    dialects: ['bedrock-converse'],
    models: 'amazon\\.nova|nova-',
    names: {
      top_k: named('additionalModelRequestFields.inferenceConfig.topK'),
      reasoning_effort: together('reasoningConfig.maxReasoningEffort', (value) =>
        value === 'none'
          ? { 'reasoningConfig.type': 'disabled' }
          : { 'reasoningConfig.type': 'enabled', 'reasoningConfig.maxReasoningEffort': value },
      ),
    },
  },
  { dialects: ['bedrock-converse'], models: '(^|\\.)cohere\\.', names: { top_k: named('k') } },
  {
    dialects: ['bedrock-converse'],
    names: {
      top_p: named('topP'),
      stop: spelt('stopSequences', toList),
      tool_choice: spelt('toolConfig.toolChoice', toBedrockChoice),
      service_tier: spelt('serviceTier', (value) => ({ type: value })),
    },
  },
  {
    dialects: ['ollama'],
    names: {
      stop: spelt('stop', toList),
      repetition_penalty: named('repeat_penalty'),
      response_format: spelt('format', toOllamaFormat),
      reasoning_effort: spelt('think', (value) => (value === 'none' ? false : value)),
    },
  },
  {
    dialects: ['cohere'],
    names: {
      top_p: named('p'),
      top_k: named('k'),
      stop: spelt('stop_sequences', toList),
      thinking_budget: together('thinking.token_budget', (value) => ({
        'thinking.type': 'enabled',
        'thinking.token_budget': value,
      })),
      reasoning_effort: spelt('thinking.type', (value) => (value === 'none' ? 'disabled' : undefined)),
      response_format: spelt('response_format', toCohereFormat),
      tool_choice: spelt('tool_choice', toCohereChoice),
    },
  },
  {
    dialects: ['tgi', 'sagemaker-tgi'],
    names: {
      stop: spelt('stop', toList),
      top_logprobs: named('top_n_tokens'),
      response_format: spelt('grammar', toGrammar),
    },
  },
  {
    dialects: ['llamacpp'],
    names: {
      stop: spelt('stop', toList),
      repetition_penalty: named('repeat_penalty'),
      top_logprobs: named('n_probs'),
      response_format: spelt('json_schema', toJsonSchema),
    },
  },
];

/** Names of the length limit where the dialect decides. */
const MAX_TOKENS: Readonly<Record<string, string>> = {
  'openai-completions': 'max_tokens',
  'openai-responses': 'max_output_tokens',
  'anthropic-messages': 'max_tokens',
  'bedrock-invoke': 'max_tokens',
  gemini: 'maxOutputTokens',
  ollama: 'num_predict',
  cohere: 'max_tokens',
  tgi: 'max_new_tokens',
  'sagemaker-tgi': 'max_new_tokens',
  llamacpp: 'n_predict',
  'bedrock-converse': 'maxTokens',
  triton: 'max_tokens',
  replicate: 'max_tokens',
  watsonx: 'max_tokens',
  'custom-rest': 'max_tokens',
};

/** The dialect's own name of the length limit; undefined: it is the endpoint's to choose. */
export function maxTokensOf(dialect: string): string | undefined {
  return MAX_TOKENS[dialect];
}

/** How a target spells a parameter. */
export function spellingOf(name: ParameterName, target: Target): Spelling {
  for (const row of NATIVE_ROWS) {
    const spelling = row.names[name];
    if (spelling !== undefined && matches(row, target)) return spelling;
  }
  return named(name);
}
