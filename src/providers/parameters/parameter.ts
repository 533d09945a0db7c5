import type { JsonValue } from '../../model/units.ts';
import { between, from, type Limits, NO_LIMITS } from './limits.ts';

/** Parameters that are known by name, as OpenAI and LiteLLM spell them. All others are passed through. */
export const PARAMETER_NAMES = [
  'temperature',
  'max_tokens',
  'stop',
  'top_p',
  'top_k',
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'seed',
  'thinking_budget',
  'reasoning_effort',
  'verbosity',
  'n',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'response_format',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'service_tier',
  'min_tokens',
  'ignore_eos',
] as const;

export type ParameterName = (typeof PARAMETER_NAMES)[number];

/** What a value may be in JSON. `texts`: one text or a list of them; `choice`: a text or an object that names something. */
export type ParameterKind = 'number' | 'integer' | 'flag' | 'text' | 'texts' | 'object' | 'list' | 'choice' | 'any';

export interface ParameterEntry {
  readonly name: ParameterName;
  /** `universal`: every endpoint has it in some form; `common`: many have. */
  readonly tier: 'universal' | 'common';
  readonly kind: ParameterKind;
  /** What holds everywhere, because of what the parameter means. */
  readonly limits: Limits;
  /** Other names that users type for the same. */
  readonly aliases: readonly string[];
  readonly meaning: string;
}

function entry(
  name: ParameterName,
  kind: ParameterKind,
  { limits = NO_LIMITS, aliases = [], meaning }: Partial<ParameterEntry> & Pick<ParameterEntry, 'meaning'>,
): ParameterEntry {
  const tier = name === 'temperature' || name === 'max_tokens' || name === 'stop' ? 'universal' : 'common';
  return { name, tier, kind, limits, aliases, meaning };
}

/** https://platform.openai.com/docs/api-reference/chat/create, and vLLM's for what OpenAI lacks. */
export const PARAMETERS: readonly ParameterEntry[] = [
  entry('temperature', 'number', { limits: from(0), meaning: 'randomness of sampling; 0 takes the likeliest token' }),
  entry('max_tokens', 'integer', {
    limits: from(1),
    aliases: ['max_completion_tokens'],
    meaning: 'limit of output tokens; most providers count reasoning too',
  }),
  entry('stop', 'texts', { meaning: 'texts that end the answer' }),
  entry('top_p', 'number', { limits: between(0, 1), meaning: 'sample from the likeliest tokens that hold this share' }),
  entry('top_k', 'integer', { limits: from(-1), meaning: 'sample from this many of the likeliest tokens' }),
  entry('min_p', 'number', { limits: between(0, 1), meaning: 'leave out tokens below this share of the likeliest' }),
  entry('presence_penalty', 'number', { meaning: 'against tokens that were there already' }),
  entry('frequency_penalty', 'number', { meaning: 'against tokens, the more often they were there' }),
  entry('repetition_penalty', 'number', {
    limits: from(0),
    aliases: ['repeat_penalty'],
    meaning: 'divides the odds of tokens that were there already; 1 is none',
  }),
  entry('seed', 'integer', { meaning: 'repeat the same sampling, as far as the provider can' }),
  entry('reasoning_effort', 'text', { meaning: 'how much a reasoning model thinks' }),
  entry('thinking_budget', 'integer', {
    limits: from(-1),
    aliases: ['reasoning_budget'],
    meaning: 'limit of reasoning tokens; 0 is none, -1 lets the model decide, where that is known',
  }),
  entry('verbosity', 'text', { meaning: 'how long answers are' }),
  entry('n', 'integer', { limits: from(1), meaning: 'answers per request' }),
  entry('logprobs', 'any', { meaning: 'probabilities of the tokens that were chosen' }),
  entry('top_logprobs', 'integer', { limits: from(0), meaning: 'probabilities of this many tokens at each place' }),
  entry('logit_bias', 'object', { limits: between(-100, 100), meaning: 'makes single tokens more or less likely' }),
  entry('response_format', 'object', { meaning: 'text, JSON, or JSON after a schema' }),
  entry('tools', 'list', { meaning: 'functions that the model may call' }),
  entry('tool_choice', 'choice', { meaning: 'whether and which function is called' }),
  entry('parallel_tool_calls', 'flag', { meaning: 'several calls in one answer' }),
  entry('service_tier', 'text', { meaning: 'class of service, with a price of its own' }),
  entry('min_tokens', 'integer', { limits: from(0), meaning: 'no end before this many tokens' }),
  entry('ignore_eos', 'flag', { meaning: 'go on to the limit, whatever the model wants' }),
];

const BY_NAME = new Map<string, ParameterEntry>(
  PARAMETERS.flatMap((known) => [known.name, ...known.aliases].map((name) => [name, known] as const)),
);

/** The parameter that a user means by a name; undefined: one that is passed through. */
export function findParameter(name: string): ParameterEntry | undefined {
  return BY_NAME.get(name);
}

/** What is wrong with the type of a value, as the end of a sentence; undefined when nothing is. */
export function misfitOf(value: JsonValue, kind: ParameterKind): string | undefined {
  switch (kind) {
    case 'number':
      return typeof value === 'number' ? undefined : 'must be a number';
    case 'integer':
      return Number.isInteger(value) ? undefined : 'must be a whole number';
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'text':
      return typeof value === 'string' ? undefined : 'must be a text';
    case 'texts':
      return [value].flat().every((text) => typeof text === 'string') ? undefined : 'must be a text or a list of texts';
    case 'object':
      return isObject(value) ? undefined : 'must be a JSON object';
    case 'list':
      return Array.isArray(value) ? undefined : 'must be a JSON list';
    case 'choice':
      return typeof value === 'string' || isObject(value) ? undefined : 'must be a text or a JSON object';
    case 'any':
      return undefined;
  }
}

export function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
